// A schedule asks for a weekday or a day of the month only where one matters.
for (const form of document.querySelectorAll("[data-schedule]")) {
  const rhythm = form.querySelector("[name=rhythm]");
  const show = () => {
    for (const field of form.querySelectorAll("[data-of]")) field.hidden = field.dataset.of !== rhythm.value;
  };
  rhythm.addEventListener("change", show);
  show();
}
