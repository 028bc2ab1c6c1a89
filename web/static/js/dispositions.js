// What the agent's calls came to. D goes to the oldest open question, 1 to 9 answer it.
import { post, say } from "./api.js";

const card = document.querySelector("[data-dispositions]");
const list = card.querySelector("[data-disposition-list]");
const SHOWN_AFTER_ANSWER_MS = 8000;
const LEDGER_DELAYS_MS = [300, 1500, 4000]; // the books know a call within a second or two
const answered = new Map(); // call → when, so that an answer can be corrected for a moment
let shownAs = "";

function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function question(call) {
  const group = element("fieldset", "", { "data-question": call.call });
  const time = new Date(call.at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
  const who = [call.name, call.number || "number withheld"].filter(Boolean).join(" · ");
  group.append(element("legend", `${time} · ${who} · ${call.queue}`));
  const row = element("div", "", { class: "row" });
  call.choices.forEach((choice, index) => {
    const button = element("button", choice.title, { type: "button", "aria-pressed": String(choice.value === call.chosen) });
    if (index < 9) button.append(" ", element("kbd", String(index + 1)));
    button.addEventListener("click", () => (choice.asks_time ? askTime(call, choice, group) : answer(call, choice.value, button)));
    row.append(button);
  });
  group.append(row);
  return group;
}

// A callback needs a time, by the clock of whom is called.
function askTime(call, choice, group) {
  group.querySelector("[data-when]")?.remove();
  const row = element("div", "", { class: "row", "data-when": "" });
  const label = element("label", "Call back at (their time) ");
  const field = element("input", "", { type: "datetime-local", required: "" });
  const tomorrow = new Date(Date.now() + 86400000);
  field.value = `${tomorrow.getFullYear()}-${String(tomorrow.getMonth() + 1).padStart(2, "0")}-${String(tomorrow.getDate()).padStart(2, "0")}T10:00`;
  const promise = element("button", "Promise", { type: "button", class: "primary" });
  promise.addEventListener("click", () => answer(call, choice.value, promise, field.value));
  label.append(field);
  row.append(label, promise);
  group.append(row);
  field.focus();
}

async function answer(call, disposition, button, when) {
  button.disabled = true;
  try {
    await post("/api/me/dispositions", { node: call.node, call: call.call, disposition, ...(when ? { when } : {}) });
    answered.set(call.call, Date.now());
    setTimeout(look, SHOWN_AFTER_ANSWER_MS + 100);
    await look();
  } catch (error) {
    say(error.message, "bad");
    button.disabled = false;
  }
}

function show(calls) {
  const open = calls.filter((call) => !call.chosen || Date.now() - (answered.get(call.call) ?? 0) < SHOWN_AFTER_ANSWER_MS);
  const as = JSON.stringify(open);
  if (as === shownAs) return; // keeps the focus where it is
  shownAs = as;
  const focused = list.contains(document.activeElement);
  list.replaceChildren(...open.map(question));
  card.hidden = open.length === 0;
  if (focused) list.querySelector("button")?.focus();
}

async function look() {
  try {
    const found = await fetch("/api/me/dispositions", { headers: { Accept: "application/json" } });
    if (found.ok) show((await found.json()).calls);
  } catch {
    // The page says elsewhere that there is no connection.
  }
}

// Called when the agent's call changed.
export function lookForDispositions() {
  for (const delay of LEDGER_DELAYS_MS) setTimeout(look, delay);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input, select, textarea")) return;
  if (event.key.toLowerCase() === "d" && !card.hidden) {
    [...list.querySelectorAll("fieldset")].at(-1)?.querySelector("button")?.focus();
    event.stopImmediatePropagation();
    return;
  }
  const group = event.target.closest("[data-question]");
  if (group && /^[1-9]$/.test(event.key)) {
    // Here a number is an answer, elsewhere on the page it is a pause.
    event.stopImmediatePropagation();
    group.querySelectorAll("button")[Number(event.key) - 1]?.click();
  }
}, true);

look();
setInterval(look, 60000);
