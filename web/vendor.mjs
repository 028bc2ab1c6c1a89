// Copies what pages use from node_modules to static/vendor (never committed). Run: npm run vendor
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

const FOLDER = "static/vendor";
const LUCIDE = "node_modules/lucide-static";

// name in templates → Lucide icon. Add a line to use one more: {{ icon("name") }}
const ICONS = {
  brand: "headset", gauge: "gauge", headphones: "headphones", users: "users", user: "user",
  phone: "phone", settings: "settings", "scroll-text": "scroll-text", contrast: "sun-moon",
  "triangle-alert": "triangle-alert", "circle-check": "circle-check", "circle-x": "circle-x",
  inbox: "inbox", search: "search", filter: "funnel", ear: "ear", whisper: "message-circle",
  barge: "users-round", "phone-off": "phone-off", "phone-incoming": "phone-incoming",
  "phone-outgoing": "phone-outgoing", "phone-missed": "phone-missed", pause: "pause",
  play: "play", "log-out": "log-out", "log-in": "log-in", maximize: "maximize",
  minimize: "minimize", plus: "plus", trash: "trash-2", pencil: "pencil", download: "download",
  upload: "upload", clock: "clock", voicemail: "voicemail", "list-tree": "list-tree",
  "arrow-up": "arrow-up", "arrow-down": "arrow-down", "chevron-left": "chevron-left",
  "chevron-right": "chevron-right", x: "x", check: "check", "volume-2": "volume-2",
  hash: "hash", "calendar-days": "calendar-days", route: "route", unplug: "unplug", coffee: "coffee",
  cable: "cable", "audio-lines": "audio-lines", "list-ordered": "list-ordered", megaphone: "megaphone",
  "rotate-ccw": "rotate-ccw", "key-round": "key-round",
  "chart": "chart-column", printer: "printer", table: "table", info: "info",
  history: "history", keyboard: "keyboard",
};

const symbols = Object.entries(ICONS).map(([name, file]) => {
  const svg = readFileSync(`${LUCIDE}/icons/${file}.svg`, "utf8");
  const shapes = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s+/g, " ").trim();
  return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
});

mkdirSync(FOLDER, { recursive: true });
writeFileSync(`${FOLDER}/icons.svg`, `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);
copyFileSync(`${LUCIDE}/LICENSE`, `${FOLDER}/icons-license.txt`);
