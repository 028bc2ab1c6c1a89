// An agent's campaign calls: fetched again every two seconds, so that a call that arrives shows by
// itself. What somebody types into a call's form stays: of a call already shown only the line at the
// top is drawn anew.
const EVERY_MILLISECONDS = 2000;
const part = document.querySelector("[data-my-calls]");

async function again() {
  if (!document.hidden) {
    try {
      const answer = await fetch(part.dataset.myCalls, { headers: { Accept: "text/html" } });
      if (answer.redirected || answer.status === 401) return location.reload();
      if (answer.ok) show(await answer.text());
    } catch { /* the web is away: try again */ }
  }
  setTimeout(again, EVERY_MILLISECONDS);
}

function show(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-my-calls]");
  if (!fresh) return;
  let after = part.querySelector(".card-head");
  for (const call of [...fresh.querySelectorAll("[data-attempt]")]) {
    after = placed(call, after);
  }
  part.hidden &&= fresh.hidden;
}

function placed(call, after) {
  const shown = part.querySelector(`[data-attempt="${CSS.escape(call.dataset.attempt)}"]`);
  if (!shown) {
    after.after(call);
    // Unless the agent is at something else already.
    if ([null, document.body, part].includes(document.activeElement)) call.querySelector("summary").focus();
    return call;
  }
  const [line, fresh] = [shown.querySelector("summary"), call.querySelector("summary")];
  if (line.innerHTML !== fresh.innerHTML) line.innerHTML = fresh.innerHTML;
  return shown;
}

// N: the next lead. D: what came of the newest call that nobody has said it of.
const KEYS = {
  n: () => document.querySelector('form button.primary[name="campaign"]')?.click(),
  d() {
    const calls = [...part.querySelectorAll("[data-attempt]")];
    const call = calls.find((each) => each.querySelector("summary .state[data-tone]")) || calls[0];
    if (!call) return;
    call.open = true;
    call.querySelector('button[name="code"]')?.focus();
  },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (!event.target.closest("input, select, textarea")) KEYS[event.key.toLowerCase()]?.();
});

setTimeout(again, EVERY_MILLISECONDS);
