// Floor objects → the values that pages show. web/live/shown.py is the same for the first paint;
// tests/web/test_live.py holds that both agree.
export const STATE_WORDS = {
  signed_out: "Signed out", ready: "Ready", ringing: "Ringing", talking: "Talking", hold: "On hold",
  wrap_up: "Wrap-up", paused: "Paused", connecting: "Connecting",
  unreachable: "Unreachable", busy: "Busy",
};
export const STATE_TONES = {
  signed_out: "idle", ready: "good", ringing: "info", talking: "info", hold: "warn",
  wrap_up: "calm", paused: "idle", connecting: "info", unreachable: "bad", busy: "idle",
};
export const CALL_WORDS = {
  ringing: "Ringing", menu: "In menu", waiting: "Waiting", talking: "Talking", held: "On hold",
  voicemail: "Voicemail", internal: "Internal",
};
export const CALL_TONES = {
  ringing: "info", menu: "idle", waiting: "warn", talking: "good", held: "warn",
  voicemail: "idle", internal: "idle",
};
const TARGET = 0.8;
const NEAR = 0.7;

export function shownQueue(queue) {
  const calls = (outcome) =>
    `/calls/?${new URLSearchParams({
      queue: queue.name, counted: "visits", from: "today",
      ...(outcome ? { visit_outcome: outcome } : {}),
    })}`;
  return {
    ...queue,
    ...shownServiceLevel(queue.service_level),
    service_rule: `within ${queue.service_level_seconds} s`,
    offered_href: calls(""),
    answered_href: calls("answered"),
    abandoned_href: calls("abandoned"),
    waiting_href: `/floor?${new URLSearchParams({ queue: queue.name, state: "waiting" })}`,
  };
}

function shownServiceLevel(share) {
  if (share === null || share === undefined) {
    return { service_text: "–", service_tone: "idle", service_word: "No calls yet" };
  }
  const [tone, word] =
    share >= TARGET ? ["good", "On target"] : share >= NEAR ? ["warn", "Just below"] : ["bad", "Too low"];
  return { service_text: `${Math.round(share * 100)} %`, service_tone: tone, service_word: word };
}

export function shownAgent(agent) {
  const word = STATE_WORDS[agent.state] || agent.state;
  const reason = agent.state === "paused" && agent.pause_reason;
  return {
    ...agent,
    state_word: agent.pausing ? `${word}, pausing` : reason || word,
    state_tone: agent.pausing === "after-call-on-its-way" ? "warn" : STATE_TONES[agent.state] || "idle",
    phone_text: agent.phone ? `phone ${agent.phone}` : "no phone",
    queues_text: (agent.queues || []).join(", "),
    can_pause: !["signed_out", "paused"].includes(agent.state),
    can_unpause: agent.state === "paused" || Boolean(agent.pausing),
    can_sign_out: agent.state !== "signed_out",
  };
}

export function shownCall(call, agents, queues) {
  const agent = agents[call.agent];
  const queue = queues[call.queue];
  return {
    ...call,
    who: call.caller_name || call.caller_number || (call.direction === "outbound" && (call.dialed || "Call out")) || "Withheld",
    number: call.caller_name ? call.caller_number : "",
    where: queue ? queue.title : stepText(call.step),
    agent_text: agent ? agent.name : call.agent || (call.phone ? `phone ${call.phone}` : ""),
    state_word: CALL_WORDS[call.state] || call.state,
    state_tone: CALL_TONES[call.state] || "idle",
    wait_since: call.state === "waiting" ? call.waiting_since : null,
    talk_since: call.answered_at && ["talking", "held"].includes(call.state) ? call.answered_at : null,
    href: `/calls/${encodeURIComponent(call.id)}`,
  };
}

// The site's own titles of menus, hours, phones …, on pages that show where calls are.
const places = JSON.parse(document.querySelector("[data-places]")?.dataset.places || "{}");

function stepText(step) {
  const [kind, name] = (step || "").split(":");
  return places[`${kind}:${name}`] || (name ? `${kind} ${name}` : kind || "");
}

export function byText(field) {
  return (a, b) => String(a[field]).localeCompare(String(b[field]), undefined, { numeric: true });
}
