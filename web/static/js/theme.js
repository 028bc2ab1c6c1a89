// Chosen before the first paint, so that a page never flashes in the other theme.
(() => {
  const root = document.documentElement;
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const prefersLight = matchMedia("(prefers-color-scheme: light)").matches;
    const now = root.dataset.theme || (prefersLight ? "light" : "dark");
    root.dataset.theme = now === "light" ? "dark" : "light";
    localStorage.setItem("theme", root.dataset.theme);
  });
})();
