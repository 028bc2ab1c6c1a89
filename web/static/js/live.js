// The live floor in this page: follows /live/stream, reconnects by itself, and says so when what
// is shown may be old because the link to the web, the controller or Asterisk is gone.
import { duration, now, setServerNow } from "./clock.js";

const SILENT_SECONDS = 15; // three missed beats
const RETRY_MILLISECONDS = 1500;
const KINDS = ["calls", "agents", "queues", "trunks"];

export function follow(url, changed) {
  const floor = { calls: {}, agents: {}, queues: {}, trunks: {}, pbx: {}, link: {}, version: 0 };
  let heardAt = now();
  let webLostAt = null;
  let source = null;

  function open() {
    source = new EventSource(url);
    source.addEventListener("snapshot", (event) => heard(event, replace));
    source.addEventListener("delta", (event) => heard(event, apply));
    source.addEventListener("link", (event) => heard(event, (link) => { floor.link = link; }));
    source.addEventListener("beat", (event) => heard(event, () => {}));
    source.onerror = () => {
      webLostAt ??= now();
      showStaleness();
      if (source.readyState === EventSource.CLOSED) retry();
    };
  }

  // A refused stream (signed out, or the web just starting) is not tried again by the browser.
  async function retry() {
    source.close();
    try {
      const answer = await fetch("/live/snapshot", { headers: { Accept: "application/json" } });
      if (answer.status === 401) {
        location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
        return;
      }
    } catch { /* the web is away: try again */ }
    setTimeout(open, RETRY_MILLISECONDS);
  }

  function heard(event, act) {
    const message = JSON.parse(event.data);
    heardAt = now();
    webLostAt = null;
    if (message.now) {
      setServerNow(message.now);
      heardAt = now();
    }
    act(message);
    showStaleness();
  }

  function replace(snapshot) {
    for (const kind of KINDS) floor[kind] = snapshot[kind] || {};
    floor.pbx = snapshot.pbx || {};
    floor.link = snapshot.link || {};
    floor.version = snapshot.version;
    changed(floor, new Set(KINDS));
    document.documentElement.dataset.live = "yes"; // from here on each change comes as a delta
  }

  function apply(delta) {
    if (delta.version !== floor.version + 1) {
      source.close();
      open(); // a gap: start from a fresh snapshot
      return;
    }
    const kinds = new Set();
    for (const [kind, values] of Object.entries(delta.set || {})) {
      Object.assign(floor[kind], values);
      kinds.add(kind);
    }
    for (const [kind, ids] of Object.entries(delta.remove || {})) {
      for (const id of ids) delete floor[kind][id];
      kinds.add(kind);
    }
    floor.version = delta.version;
    changed(floor, kinds);
    document.dispatchEvent(new CustomEvent("live-applied", { detail: delta }));
  }

  function staleness() {
    if (webLostAt === null && now() - heardAt > SILENT_SECONDS) webLostAt = heardAt;
    if (webLostAt !== null) return [webLostAt, "no connection to Callcenter; trying again"];
    if (floor.link.controller === false) return [floor.link.since, "the controller is not running; calls go on"];
    if (floor.pbx.connected === false) return [floor.pbx.since, "Asterisk does not answer the controller"];
    return null;
  }

  function showStaleness() {
    const stale = staleness();
    document.body.classList.toggle("stale", stale !== null);
    for (const banner of document.querySelectorAll("[data-stale]")) {
      banner.hidden = stale === null;
      if (stale === null) continue;
      const [since, reason] = stale;
      const text = since ? `Stale since ${duration(now() - since)} – ${reason}.` : `Not live – ${reason}.`;
      const place = banner.querySelector("[data-stale-text]");
      if (place.textContent !== text) place.textContent = text;
    }
  }

  setInterval(showStaleness, 500);
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => { if (event.persisted) open(); });
  open();
  return floor;
}
