// The figures of a file on its way in, until it is done.
const place = document.querySelector("[data-import]");
const address = place?.dataset.import;

let first;

// At the pace seen since this page looks on: "About 1:20 left."
function left({ rows_done: done, rows_total: total }) {
  first ??= { done, at: Date.now() };
  const pace = (done - first.done) / (Date.now() - first.at);
  if (!total || !(pace > 0)) return "";
  const seconds = Math.round((total - done) / pace / 1000);
  return `About ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} left.`;
}

async function look() {
  let figures;
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error();
    figures = await answer.json();
  } catch {
    setTimeout(look, 5000);
    return;
  }
  for (const each of place.querySelectorAll("[data-figure]")) each.textContent = figures[each.dataset.figure]?.toLocaleString("en") ?? "…";
  const bar = place.querySelector("[data-progress]");
  bar.max = figures.rows_total || 1;
  bar.value = figures.rows_done;
  place.querySelector(".state").textContent = figures.state;
  if (figures.state === "running") place.querySelector("[data-left]").textContent = left(figures);
  if (["waiting", "running"].includes(figures.state)) setTimeout(look, 1000);
  else location.reload();
}
if (address) setTimeout(look, 1000);
