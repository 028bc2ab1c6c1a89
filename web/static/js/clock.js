// Durations that tick: <span data-since="1764000000.1"> shows 3:07 and goes on by itself.
// data-late="20" colours it once it is longer than that many seconds, and again at three times.
let offsetSeconds = 0;

export function now() {
  return Date.now() / 1000 + offsetSeconds;
}

// The server's clock counts: a browser's may be minutes off.
export function setServerNow(serverSeconds) {
  offsetSeconds = serverSeconds - Date.now() / 1000;
}

export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

export function tick(element) {
  const since = element.dataset.since;
  const seconds = since ? now() - Number(since) : null;
  const text = seconds === null ? "–" : duration(seconds);
  if (element.textContent !== text) element.textContent = text;
  if (!element.dataset.late) return;
  const late = Number(element.dataset.late);
  const tone = seconds === null || seconds <= late ? "" : seconds > 3 * late ? "bad" : "warn";
  if ((element.dataset.tone || "") !== tone) element.dataset.tone = tone;
}

setInterval(() => document.querySelectorAll("[data-since]").forEach(tick), 250);
