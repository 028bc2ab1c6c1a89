// Commands to the server. Throws an Error whose message is for people.
export async function post(path, values = {}) {
  let answer;
  try {
    answer = await fetch(path, {
      method: "POST",
      headers: {
        Accept: "application/json",
        "Content-Type": "application/json",
        "X-CSRF-Token": document.querySelector('meta[name="csrf-token"]').content,
      },
      body: JSON.stringify(values),
    });
  } catch {
    throw new Error("No connection to Callcenter. Nothing was done; try again in a moment.");
  }
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(sentence(body.error?.message || `the server answered ${answer.status}`));
  return body;
}

function sentence(text) {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}

// A short message at the foot of the page; refusals stay until dismissed or replaced.
export function say(text, tone = "info") {
  const place = document.querySelector("[data-toast]");
  place.querySelector("[data-toast-text]").textContent = text;
  place.dataset.tone = tone;
  place.hidden = false;
  clearTimeout(place.timer);
  if (tone !== "bad") place.timer = setTimeout(() => { place.hidden = true; }, 6000);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-toast-close]")) document.querySelector("[data-toast]").hidden = true;
});
