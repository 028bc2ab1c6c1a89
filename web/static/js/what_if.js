// While a run goes on, its part of the page is fetched again; the server draws it.
const EVERY_MILLISECONDS = 1000;

async function again(part) {
  try {
    const answer = await fetch(part.dataset.more, { headers: { Accept: "text/html" } });
    if (answer.redirected) return location.reload();
    if (answer.ok) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-outcome]");
      if (fresh) part.replaceWith(fresh);
    }
  } catch { /* the web is away: try again */ }
  watch();
}

function watch() {
  const part = document.querySelector("[data-outcome][data-more]");
  if (part) setTimeout(() => again(part), EVERY_MILLISECONDS);
}

document.querySelector("[data-campaign]")?.addEventListener("change", (event) => {
  const choice = event.target;
  location.assign(`${choice.dataset.campaign}?campaign=${encodeURIComponent(choice.value)}`);
});
watch();
