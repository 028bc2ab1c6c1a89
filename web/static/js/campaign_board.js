// The board's moving part is drawn by the server and fetched again every two seconds, but not while
// the page is hidden or somebody selects text in it.
const EVERY_MILLISECONDS = 2000;

async function again() {
  const part = document.querySelector("[data-figures]");
  if (!document.hidden && getSelection().isCollapsed) {
    try {
      const answer = await fetch(part.dataset.figures, { headers: { Accept: "text/html" } });
      if (answer.redirected || answer.status === 401) return location.reload();
      if (answer.ok) replace(part, await answer.text());
    } catch { /* the web is away: try again */ }
  }
  setTimeout(again, EVERY_MILLISECONDS);
}

function replace(part, text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-figures]");
  if (!fresh) return;
  const focused = part.contains(document.activeElement) && document.activeElement.getAttribute("href");
  part.replaceWith(fresh);
  if (focused) fresh.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
}

setTimeout(again, EVERY_MILLISECONDS);

// On a wall: the figures alone, larger (campaign_board.css).
document.querySelector("[data-full-screen]")?.addEventListener("click", () => {
  document.querySelector("[data-wall]").requestFullscreen?.();
});
