// The figures of a file on its way in, until it is done.
const place = document.querySelector("[data-import]");
const address = place?.dataset.import;

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
  if (["waiting", "running"].includes(figures.state)) setTimeout(look, 1000);
  else location.reload();
}
if (address) setTimeout(look, 1000);
