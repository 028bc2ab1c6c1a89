import { post, say } from "./api.js";
import { fill } from "./bind.js";
import { duration } from "./clock.js";
import { lookForDispositions } from "./dispositions.js";
import { follow } from "./live.js";
import { shownAgent, shownCall, shownQueue } from "./views.js";

const one = (selector) => document.querySelector(selector);
const desk = one("[data-desk]");
const number = desk.dataset.agent;
const phone = one("[data-phone]");
const UNKNOWN = { number, name: "", state: "signed_out", since: null, queues: [] };

phone.value = localStorage.getItem("my-desk-phone") || phone.dataset.fromAccount || "";
phone.addEventListener("change", () => localStorage.setItem("my-desk-phone", phone.value));

const floor = follow("/live/stream", (_floor, kinds) => {
  if (kinds.has("agents")) showMe();
  if (kinds.has("calls") || kinds.has("agents")) showCall();
  if (kinds.has("queues")) showQueues();
});

function me() {
  return floor.agents[number] || UNKNOWN;
}

let lastCall = null;

function showMe() {
  const agent = shownAgent(me());
  if (me().call !== lastCall) {
    lastCall = me().call;
    lookForDispositions();
  }
  fill(one("[data-me]"), { ...agent, ...pausing(agent), signed_out: agent.state === "signed_out", signed_in: agent.state !== "signed_out" });
  document.title = `${agent.state_word} · Callcenter`;
}

function pausing(agent) {
  const waits = agent.pausing === "after-call-on-its-way";
  const after = waits ? "the call on its way" : agent.state === "wrap_up" ? "the wrap-up" : "this call";
  return {
    pausing_text: agent.pausing ? `${agent.pause_reason || "Pause"} after ${after}` : "",
    pause_waits: waits,
    can_choose_pause: agent.can_pause && !agent.pausing,
    unpause_by_key: agent.can_unpause && !waits,
  };
}

function showCall() {
  const id = me().call;
  const call = floor.calls[id] || Object.values(floor.calls).find((each) => each.agent === number || each.rings?.includes(number));
  one("[data-call]").hidden = !call;
  one("[data-no-call]").hidden = Boolean(call);
  if (!call) return;
  const shown = shownCall(call, floor.agents, floor.queues);
  const party = otherParty(call);
  const rings = !call.answered_at && call.waiting_since;
  fill(one("[data-call]"), {
    ...shown,
    ...(party === call.caller_number ? {} : { who: party, number: "" }),
    // While it rings here the call itself still waits.
    state_word: rings ? "Ringing" : shown.state_word,
    state_tone: rings ? "info" : shown.state_tone,
    wait_since: call.waiting_since,
    waited_text: call.queue ? duration(call.waited_seconds ?? 0) : "–",
    waits: Boolean(call.waiting_since),
    waited: !call.waiting_since,
    priority_text: call.priority > 0 ? `High (${call.priority})` : "Normal",
    // A call out is of no queue: it began at this very phone.
    queue_shown: Boolean(call.queue) || call.direction !== "outbound",
    history_shown: Boolean(desk.dataset.history && party),
    history_href: `/calls/?${new URLSearchParams({ number: party || "" })}`,
  });
}

// Who is called, when it is a call out: its caller is this phone, or nobody yet.
function otherParty(call) {
  return call.direction === "outbound" && call.dialed ? call.dialed : call.caller_number;
}

function showQueues() {
  for (const row of document.querySelectorAll("[data-my-queues] > li")) {
    const queue = floor.queues[row.dataset.key];
    if (queue) fill(row, shownQueue(queue));
  }
}

const ACTS = {
  async "sign-in"() {
    if (!phone.value) {
      phone.focus();
      throw new Error("Choose the phone in front of you first; calls will ring there.");
    }
    await post("/api/me/sign-in", { phone: phone.value });
  },
  "sign-out": () => post("/api/me/sign-out"),
  pause: (button) => post("/api/me/pause", { reason: button.dataset.reason }),
  "pause-now": () => post("/api/me/pause", { reason: me().pause_reason || "Pause", at_once: true }),
  unpause: () => post("/api/me/unpause"),
};

async function act(button) {
  button.disabled = true;
  try {
    await ACTS[button.dataset.act](button);
    one("[data-toast]").hidden = true;
  } catch (error) {
    say(error.message, "bad");
  } finally {
    button.disabled = false;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button) act(button);
});

// Only keys whose button is on the screen do something.
function buttonFor(key) {
  const visible = (selector) => [...document.querySelectorAll(selector)].filter((each) => each.offsetParent);
  if (key === "s") return visible('[data-act="sign-in"], [data-act="sign-out"]')[0];
  if (key === "p") return visible('[data-act="pause-now"], [data-act="unpause"], [data-act="pause"]')[0];
  return /^[1-9]$/.test(key) ? visible('[data-act="pause"]')[Number(key) - 1] : undefined;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input, select, textarea")) return;
  const button = buttonFor(event.key.toLowerCase());
  if (button && !button.disabled) act(button);
});
