// The report page works without this; with it, columns are chosen and remembered for the person.
import { post, say } from "./api.js";

const report = document.querySelector("[data-report]");

const choice = document.querySelector("[data-columns]");
if (choice) {
  const boxes = [...choice.querySelectorAll("input")];
  const show = (gone) => {
    for (const cell of document.querySelectorAll("[data-column]")) cell.hidden = gone.has(cell.dataset.column);
    for (const field of document.querySelectorAll("[data-hidden-column]")) field.disabled = !gone.has(field.dataset.hiddenColumn);
  };
  choice.hidden = false;
  choice.addEventListener("change", async (event) => {
    const gone = new Set(boxes.filter((box) => !box.checked).map((box) => box.value));
    if (gone.size === boxes.length) {
      event.target.checked = true; // one column stays
      return;
    }
    show(gone);
    if (report.dataset.template) return; // of a saved report: kept by saving it again
    try {
      await post(`/reports/${report.dataset.report}/columns`, { hidden: [...gone] });
    } catch (error) {
      say(error.message, "bad");
    }
  });
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
