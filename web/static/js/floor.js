import { post, say } from "./api.js";
import { fillList } from "./bind.js";
import { follow } from "./live.js";
import { shownAgent, shownCall } from "./views.js";

const one = (selector) => document.querySelector(selector);
const phoneChoice = one("[data-my-phone]");
// The call whose spy this page asked for, until the floor shows it: {call, spy, mode}.
let asked = null;

const floor = follow("/live/stream", (_floor, kinds) => {
  if (kinds.has("calls") || kinds.has("agents") || kinds.has("queues")) showCalls();
  if (kinds.has("agents")) showAgents();
});

// ---- what is shown

function showCalls() {
  const spying = mySpy();
  const calls = Object.values(floor.calls)
    .sort((a, b) => a.started_at - b.started_at || (a.id < b.id ? -1 : 1))
    .map((call) => ({ ...shownCall(call, floor.agents, floor.queues), ...spyFields(call, spying) }))
    .filter(callFits);
  fillList(one("[data-calls]"), one("[data-call-template]"), calls, "id");
  one("[data-no-calls]").hidden = calls.length > 0;
  setText(one("[data-calls-count]"), String(calls.length));
  showSpying(spying);
}

function showAgents() {
  const agents = Object.values(floor.agents)
    .sort((a, b) => a.number.length - b.number.length || (a.number < b.number ? -1 : 1))
    .map(shownAgent)
    .filter(agentFits);
  fillList(one("[data-agents]"), one("[data-agent-template]"), agents, "number");
  one("[data-no-agents]").hidden = agents.length > 0;
  setText(one("[data-agents-count]"), String(agents.length));
}

function spyFields(call, spying) {
  const mode = spying?.call === call.id ? spying.mode : "";
  return {
    listening: mode === "listen", whispering: mode === "whisper", barging: mode === "barge",
    no_spy: !["talking", "held", "internal"].includes(call.state),
  };
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// ---- filter

const filter = {
  text: one("[data-filter-text]"), queue: one("[data-filter-queue]"), state: one("[data-filter-state]"),
};
const linked = new URLSearchParams(location.search);
filter.text.value = linked.get("find") || "";
filter.queue.value = linked.get("queue") || "";
filter.state.value = linked.get("state") || "";
for (const control of Object.values(filter)) {
  control.addEventListener("input", () => { showCalls(); showAgents(); });
}

function has(values) {
  const wanted = filter.text.value.trim().toLowerCase();
  return !wanted || values.some((value) => String(value ?? "").toLowerCase().includes(wanted));
}

function callFits(call) {
  return (!filter.queue.value || call.queue === filter.queue.value)
    && (!filter.state.value || call.state === filter.state.value)
    && has([call.caller_name, call.caller_number, call.dialed, call.agent, call.agent_text, call.where]);
}

function agentFits(agent) {
  return (!filter.queue.value || (agent.queues || []).includes(filter.queue.value))
    && has([agent.name, agent.number, agent.phone, agent.state_word]);
}

// ---- listen, whisper, barge

phoneChoice.value = localStorage.getItem("my-phone") || phoneChoice.dataset.fromAccount || "";
phoneChoice.addEventListener("change", () => {
  localStorage.setItem("my-phone", phoneChoice.value);
  showCalls();
});

// Mine are those the floor shows with my phone, wherever they were asked for.
function mySpy() {
  for (const call of Object.values(floor.calls)) {
    const mine = (call.spies || []).find((spy) => spy.supervisor === phoneChoice.value || spy.spy === asked?.spy);
    if (mine) {
      if (asked?.spy === mine.spy) asked.seen = true;
      return {
        call: call.id, spy: mine.spy, mode: mine.mode, phone: mine.supervisor,
        connected: mine.connected !== false,
      };
    }
  }
  if (asked && (asked.seen || !floor.calls[asked.call])) asked = null;
  return asked && { ...asked, connected: false };
}

const SPY_WORDS = {
  listen: ["Listening to", "You hear both; nobody hears you."],
  whisper: ["Whispering into", "Only the agent hears you."],
  barge: ["In the call of", "Both hear you."],
};

function showSpying(spying) {
  one("[data-spying]").hidden = !spying;
  if (!spying) return;
  const call = floor.calls[spying.call];
  const who = call ? shownCall(call, floor.agents, floor.queues).who : "";
  const [verb, meaning] = SPY_WORDS[spying.mode];
  setText(one("[data-spying-title]"), spying.connected ? `${verb} ${who}.` : `Your phone ${spying.phone} is ringing…`);
  setText(one("[data-spying-text]"), spying.connected ? meaning : `Answer it: ${verb.toLowerCase()} ${who}.`);
  for (const button of document.querySelectorAll("[data-switch]")) {
    button.setAttribute("aria-pressed", String(button.dataset.switch === spying.mode));
  }
}

async function spy(call, mode) {
  const spying = mySpy();
  if (spying?.call === call) return switchSpy(mode);
  const phone = phoneChoice.value;
  if (!phone) {
    phoneChoice.focus();
    throw new Error("Choose your phone first, at the top of the page: it will ring.");
  }
  if (spying) await stopSpy();
  const wish = { call, mode, phone, spy: null, seen: false };
  asked = wish;
  showCalls();
  try {
    Object.assign(wish, await post("/api/spy", { call, phone, mode }));
  } catch (error) {
    if (asked !== wish) return; // stopped while it rang: no news
    asked = null;
    showCalls();
    throw error;
  }
  showCalls();
}

async function switchSpy(mode) {
  const spying = mySpy();
  if (!spying?.spy || spying.mode === mode) return;
  await post(`/api/spy/${encodeURIComponent(spying.spy)}/switch`, { mode, call: spying.call });
  if (asked) asked.mode = mode;
  const shown = floor.calls[spying.call]?.spies?.find((each) => each.spy === spying.spy);
  if (shown) shown.mode = mode;
  showCalls();
}

async function stopSpy() {
  const spying = mySpy();
  if (!spying?.spy) return;
  asked = null;
  await post(`/api/spy/${encodeURIComponent(spying.spy)}/stop`, { call: spying.call });
  showCalls();
}

// ---- other commands

function confirmed(title, text, yes) {
  const dialog = one("[data-confirm]");
  setText(one("[data-confirm-title]"), title);
  setText(one("[data-confirm-text]"), text);
  setText(one("[data-confirm-yes]"), yes);
  return answered(dialog);
}

function answered(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

async function hangUp(id) {
  const who = shownCall(floor.calls[id], floor.agents, floor.queues).who;
  if (!(await confirmed(`Hang up ${who}?`, "The call ends for everybody in it.", "Hang up"))) return;
  await post(`/api/calls/${encodeURIComponent(id)}/hang-up`);
  say(`The call of ${who} was ended.`);
}

async function pause(number) {
  setText(one("[data-pause-who]"), floor.agents[number].name);
  if (!(await answered(one("[data-pause-dialog]")))) return;
  await post(`/api/agents/${number}/pause`, { reason: one("[data-pause-reason]").value });
}

async function signOut(number) {
  const name = floor.agents[number].name;
  if (!(await confirmed(`Sign out ${name}?`, "They get no more calls from queues until they sign in again.", "Sign out"))) return;
  await post(`/api/agents/${number}/sign-out`);
}

const ACTIONS = [
  ["[data-spy]", (button, key) => spy(key, button.dataset.spy)],
  ["[data-hang-up]", (_button, key) => hangUp(key)],
  ["[data-pause]", (_button, key) => pause(key)],
  ["[data-unpause]", (_button, key) => post(`/api/agents/${key}/unpause`)],
  ["[data-sign-out]", (_button, key) => signOut(key)],
  ["[data-switch]", (button) => switchSpy(button.dataset.switch)],
  ["[data-stop-spy]", () => stopSpy()],
];

document.addEventListener("click", async (event) => {
  for (const [selector, act] of ACTIONS) {
    const button = event.target.closest(selector);
    if (!button) continue;
    one("[data-toast]").hidden = true; // what was said of the command before
    try {
      await act(button, button.closest("[data-key]")?.dataset.key);
    } catch (error) {
      say(error.message, "bad");
    }
  }
});
