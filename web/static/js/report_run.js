// Follows one long run and opens its result.
import { duration } from "./clock.js";

const place = document.querySelector("[data-run]");
const bar = document.querySelector("[data-run-bar]");
const said = document.querySelector("[data-run-said]");

async function look() {
  let now;
  try {
    const answer = await fetch(place.dataset.run, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error();
    now = await answer.json();
  } catch {
    said.textContent = "No connection to Callcenter; looking again.";
    setTimeout(look, 3000);
    return;
  }
  if (now.state === "done") {
    location.replace(now.address);
    // A file is saved and leaves this page as it is.
    said.textContent = "Done.";
    bar.value = 1;
    document.querySelector("form button.danger")?.remove();
    return;
  }
  if (now.state !== "running") {
    location.reload();
    return;
  }
  if (now.share === null) bar.removeAttribute("value");
  else bar.value = now.share;
  const like = now.expected_seconds === null ? "" : `; the like of it took about ${duration(now.expected_seconds)}`;
  said.textContent = `${duration(now.seconds)} so far${like}.`;
  setTimeout(look, 700);
}

look();
