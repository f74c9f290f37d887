// suggest.js — the keys of the search box. htmx brings the suggestions; without this file they are
// plain links, and without htmx the box is a plain form.
// Down and Up choose, Enter opens, Escape closes and keeps the text, Tab leaves and closes.
const input = document.getElementById("q");
const status = document.getElementById("sug-status");
const list = () => document.getElementById("sug");
const options = () => [...list().querySelectorAll("[role=option]")];
const chosen = () => options().find(option => option.ariaSelected === "true");
let dismissed = false; // an answer that comes after Escape or Tab is not wanted any more

function choose(option) {
  for (const each of options()) each.ariaSelected = String(each === option);
  if (!option) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function show() { input.ariaExpanded = String(options().length > 0); }

function close() {
  dismissed = true;
  choose(null);
  list().replaceChildren();
  status.textContent = "";
  show();
}

// Past either end the cursor is back in the text: the place before the first and after the last.
function move(step) {
  const all = options(), places = all.length + 1, now = all.indexOf(chosen()) + 1;
  choose(all[(now + step + places) % places - 1]);
}

function press(event) {
  if (event.isComposing) return;
  const open = options().length > 0, arrow = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (arrow && open) { event.preventDefault(); move(arrow); }
  else if (event.key === "ArrowDown" && input.value.trim()) { event.preventDefault(); dismissed = false; input.dispatchEvent(new Event("reopen")); }
  else if (event.key === "Enter" && chosen()) { event.preventDefault(); chosen().click(); }
  else if (event.key === "Escape") { event.preventDefault(); close(); } // or the browser would empty the field
  else if (event.key === "Tab" || event.key === "Enter") close();
}

if (input) {
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "sug-list" })) input.setAttribute(name, value);
  input.addEventListener("keydown", press);
  input.addEventListener("input", () => { dismissed = false; choose(null); });
  input.form.addEventListener("htmx:beforeSwap", event => { if (dismissed) event.detail.shouldSwap = false; });
  input.form.addEventListener("htmx:afterSwap", show);
  document.addEventListener("pointerdown", event => input.form.contains(event.target) || close());
  addEventListener("pagehide", close);
}
