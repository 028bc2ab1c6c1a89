import { fillList } from "./bind.js";
import { follow } from "./live.js";
import { shownAgent, shownQueue } from "./views.js";

const one = (selector) => document.querySelector(selector);
const numerically = (a, b) => a.number.length - b.number.length || (a.number < b.number ? -1 : 1);
const titles = new Intl.Collator();
const CLOSED = { waiting_href: "", offered_href: "", answered_href: "", abandoned_href: "" };

// A number opens for whoever may see the calls behind it.
const opens = one("[data-queues]").dataset.opens !== undefined;
const shown = (queue) => (opens ? shownQueue(queue) : { ...shownQueue(queue), ...CLOSED });

function showQueues(floor) {
  const queues = Object.values(floor.queues).sort((a, b) => titles.compare(a.title, b.title));
  fillList(one("[data-queues]"), one("[data-queue-template]"), queues.map(shown), "name");
  one("[data-no-queues]").hidden = queues.length > 0;
}

function showAgents(floor) {
  const all = Object.values(floor.agents);
  const agents = all.filter((agent) => agent.state !== "signed_out").sort(numerically);
  fillList(one("[data-agents]"), one("[data-agent-template]"), agents.map(shownAgent), "number");
  one("[data-no-agents]").hidden = agents.length > 0;
  setText(one("[data-signed-out]"), `${all.length - agents.length} signed out`);
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

follow("/live/stream?only=board", (floor, kinds) => {
  if (kinds.has("queues")) showQueues(floor);
  if (kinds.has("agents")) showAgents(floor);
  if (kinds.has("trunks")) {
    setText(one("[data-trunks]"), Object.values(floor.trunks).map((t) => `${t.title} ${t.state}`).join(", "));
  }
});

function toggleFullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
}

one("[data-full-screen]").addEventListener("click", toggleFullScreen);
document.addEventListener("keydown", (event) => {
  if (event.key === "f" && !event.ctrlKey && !event.metaKey && !event.altKey) toggleFullScreen();
});
document.addEventListener("fullscreenchange", () => {
  document.body.classList.toggle("full-screen", Boolean(document.fullscreenElement));
});
