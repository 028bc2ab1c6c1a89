// Values into markup. The server writes an element once, as a page part and as a <template>;
// data-bind="text:title since:longest_wait_since" says which value goes where. Only what
// differs is touched, and values only ever become text or plain attributes, never markup.
import { tick } from "./clock.js";

const SETTERS = {
  text(element, value) {
    const text = value === null || value === undefined ? "" : String(value);
    if (element.textContent !== text) element.textContent = text;
  },
  since(element, value) {
    const since = value ? String(value) : "";
    if (element.dataset.since === since) return;
    element.dataset.since = since;
    tick(element);
  },
  shown(element, value) {
    if (element.hidden === Boolean(value)) element.hidden = !value;
  },
  disabled(element, value) {
    if (element.disabled !== Boolean(value)) element.disabled = Boolean(value);
  },
  pressed: (element, value) => setAttribute(element, "aria-pressed", value ? "true" : "false"),
  tone: (element, value) => setAttribute(element, "data-tone", value ?? ""),
  state: (element, value) => setAttribute(element, "data-state", value ?? ""),
  late: (element, value) => setAttribute(element, "data-late", value ?? ""),
  title: (element, value) => setAttribute(element, "title", value ?? ""),
  label: (element, value) => setAttribute(element, "aria-label", value ?? ""),
  // Only addresses of ours; without one it is no link.
  href(element, value) {
    if (String(value ?? "").startsWith("/")) setAttribute(element, "href", value);
    else element.removeAttribute("href");
  },
};

const bindings = new WeakMap();

function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

function bindingsOf(root) {
  if (!bindings.has(root)) {
    const bound = [...root.querySelectorAll("[data-bind]")];
    if (root.matches("[data-bind]")) bound.push(root);
    bindings.set(root, bound.flatMap((element) =>
      element.dataset.bind.split(" ").map((pair) => [element, ...pair.split(":")])));
  }
  return bindings.get(root);
}

export function fill(root, values) {
  for (const [element, target, name] of bindingsOf(root)) SETTERS[target](element, values[name]);
}

// One child of `container` an item, in order, found again by data-key.
export function fillList(container, template, items, key) {
  const present = new Map();
  for (const child of container.children) {
    if (child.dataset.key !== undefined) present.set(child.dataset.key, child);
  }
  let place = container.firstElementChild;
  for (const item of items) {
    const id = String(item[key]);
    let element = present.get(id);
    present.delete(id);
    if (!element) {
      element = template.content.firstElementChild.cloneNode(true);
      element.dataset.key = id;
    }
    fill(element, item);
    if (element === place) place = place.nextElementSibling;
    else container.insertBefore(element, place);
  }
  // What has the focus goes last, so that nobody loses their place without need.
  for (const element of present.values()) element.remove();
}
