// Rows of a form: add and take out without a round trip. Without this script the add button submits.
for (const rows of document.querySelectorAll("[data-rows]")) {
  const lines = rows.querySelector(".row-lines");
  const template = rows.querySelector("template");
  const highest = () => {
    const numbers = [...lines.querySelectorAll("[name]")].map((each) => Number(each.name.split("-")[1]));
    return Math.max(-1, ...numbers);
  };
  const add = () => {
    const number = highest() + 1;
    const line = template.content.firstElementChild.cloneNode(true);
    for (const each of line.querySelectorAll("[name], [for], [id]")) {
      for (const attribute of ["name", "id", "for"]) {
        const value = each.getAttribute(attribute);
        if (value) each.setAttribute(attribute, value.replace("-NEW-", `-${number}-`));
      }
    }
    lines.append(line);
    line.querySelector("input, select")?.focus();
  };
  rows.querySelector("[name=add_row]").addEventListener("click", (event) => {
    event.preventDefault();
    add();
  });
  lines.addEventListener("click", (event) => {
    event.target.closest("[data-remove-row]")?.closest(".row-line").remove();
  });
}

// Parts that are about some choices only. Without this script all of them show.
for (const part of document.querySelectorAll("[data-only-for]")) {
  const choice = document.getElementById(part.dataset.onlyFor);
  const show = () => { part.hidden = !part.dataset.choices.split(" ").includes(choice.value); };
  choice.addEventListener("change", show);
  show();
}

// Leaving with unsaved answers asks first.
const form = document.querySelector(".site-form");
let touched = false;
form?.addEventListener("input", () => { touched = true; });
form?.addEventListener("submit", () => { touched = false; });
addEventListener("beforeunload", (event) => { if (touched) event.preventDefault(); });
document.querySelector("[aria-invalid]")?.focus();
