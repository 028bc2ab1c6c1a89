// The report page works without this; with it, columns are chosen and remembered a report.
const report = document.querySelector("[data-report]");
const key = `report-columns-${report.dataset.report}`;

function hidden() {
  try {
    const found = JSON.parse(localStorage.getItem(key) || "[]");
    return new Set(Array.isArray(found) ? found : []);
  } catch {
    return new Set();
  }
}

const choice = document.querySelector("[data-columns]");
if (choice) {
  const boxes = [...choice.querySelectorAll("input")];
  const show = () => {
    const gone = hidden();
    for (const cell of document.querySelectorAll("[data-column]")) cell.hidden = gone.has(cell.dataset.column);
    for (const box of boxes) box.checked = !gone.has(box.value);
  };
  choice.hidden = false;
  choice.addEventListener("change", () => {
    const gone = boxes.filter((box) => !box.checked).map((box) => box.value);
    if (gone.length < boxes.length) localStorage.setItem(key, JSON.stringify(gone));
    show();
  });
  show();
}

const period = document.querySelector("[name=period]");
const days = [...document.querySelectorAll("[data-days]")];
const showDays = () => {
  for (const field of days) field.hidden = period.value !== "days";
};
period.addEventListener("change", showDays);
showDays();

document.querySelector("[data-report-choice]").addEventListener("change", (event) => {
  location.href = event.target.value;
});
const print = document.querySelector("[data-print]");
print.hidden = false;
print.addEventListener("click", () => window.print());
