// Makes the page quicker; everything works without it.
// 1. a slider and its number field show the same value at once, on a log or linear scale
// 2. a preset fills its inputs in place instead of loading the page again
// 3. a gesture asks once: what the form has asked already is not asked again by a field
// 4. an error is marked after a pause, and a card says that it is busy when an answer is late
// 5. a model that is chosen from the catalogue is used at once
// 6. "/" goes to the search box; the chosen appearance and depth are remembered on this device

const PAUSE = 480, LATE = 250;
const significant = (x, digits) => Number(x.toPrecision(digits));
const onlyDigits = text => text.trim() ? Number(text.replaceAll(",", "").replace("−", "-")) : NaN;
const store = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode */ } };
const stored = key => { try { return localStorage.getItem(key); } catch { return null; } };
const ranges = () => document.querySelectorAll("input[type=range][data-pair]");

function say(range, text) {
  range.setAttribute("aria-valuetext", `${text} ${range.dataset.say || ""}`.trim());
}

function pair(range) {
  const field = document.getElementById(range.dataset.pair);
  if (!field || range.dataset.paired) return;
  range.dataset.paired = "yes";
  const log = range.dataset.scale === "log";
  const unit = Number(range.dataset.unit || 1);
  const toField = position => log ? significant(10 ** position / unit, 3) : significant(position, 6);
  const toPosition = value => log ? Math.log10(value * unit) : value;
  range.addEventListener("input", () => {
    const value = toField(Number(range.value));
    field.value = unit === 1 && log ? Math.round(value) : value;
    say(range, field.value);
  });
  field.addEventListener("input", () => {
    const value = onlyDigits(field.value);
    if (Number.isFinite(value) && (!log || value > 0)) { range.value = toPosition(value); say(range, field.value); }
  });
}

// Only the server reads "7B" or "70 billion": its answer says where the slider belongs.
function followWords() {
  for (const range of ranges()) {
    const told = document.getElementById(`${range.dataset.pair}-err`)?.dataset ?? {};
    const field = document.getElementById(range.dataset.pair);
    if (told.position && !Number.isFinite(onlyDigits(field.value))) { range.value = told.position; say(range, told.answer); }
  }
}

function set(form, name, value) {
  const input = form.elements[name];
  if (!input) return;
  if (input instanceof RadioNodeList) {
    input.value = value;
  } else {
    input.value = value;
    input.dispatchEvent(new Event("input"));
  }
}

function markPresets(form) {
  const card = form.closest(".calc");
  for (const link of card.querySelectorAll("a[data-settings]")) {
    const same = [...new URLSearchParams(link.dataset.settings)]
      .every(([name, value]) => form.elements[name]?.value === value);
    if (same) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
  }
}

function press(event) {
  const link = event.target.closest("a[data-settings]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const form = link.closest("form");
  event.preventDefault();
  for (const [name, value] of new URLSearchParams(link.dataset.settings)) set(form, name, value);
  markPresets(form);
  form.requestSubmit();
}

// Enter sends the form at once, and the delayed requests of its fields would come behind it.
// A request that waited its turn is confirmed a second time: it is known by its event.
let asked = {};
function once(event) {
  const { elt, triggeringEvent } = event.detail;
  const form = elt.closest(".calc form");
  if (!form) return;
  const query = new URLSearchParams(new FormData(form)).toString();
  const again = query === asked.query && triggeringEvent !== asked.event;
  if (again && (elt !== form || asked.elt === form)) event.preventDefault();
  else asked = { query, elt, event: triggeringEvent };
}

const choose = event => { if (event.target.id === "choose-model" && event.target.value) event.target.form.requestSubmit(); };

let late;
function busy(event) {
  const card = event.target.closest?.(".calc");
  if (card) { clearTimeout(late); late = setTimeout(() => card.setAttribute("aria-busy", "true"), LATE); }
}
function answered(event) {
  clearTimeout(late);
  for (const card of document.querySelectorAll(".calc[aria-busy]")) card.removeAttribute("aria-busy");
  if (!event.detail.successful) asked = {};
}

let pause;
function markErrors() {
  clearTimeout(pause);
  const wrong = [];
  for (const message of document.querySelectorAll("p.err[id$='-err']")) {
    const input = document.getElementById(message.id.slice(0, -4));
    if (input?.tagName !== "INPUT") continue;
    if (message.textContent.trim()) wrong.push(input); else input.removeAttribute("aria-invalid");
  }
  pause = setTimeout(() => wrong.forEach(input => input.setAttribute("aria-invalid", "true")), PAUSE);
}

function remember(name) {
  const kept = stored(`legible-${name}`);
  for (const input of document.querySelectorAll(`input[name="${name}"]`)) {
    if (input.value === kept) input.checked = true;
    input.addEventListener("change", () => store(`legible-${name}`, input.value));
  }
}

function wire() {
  asked = {};
  ranges().forEach(pair);
  remember("depth");
}

const slash = document.getElementById("slash");
if (stored("legible-slash") === "off") slash.checked = false;
slash.addEventListener("change", () => store("legible-slash", slash.checked ? "on" : "off"));
remember("theme");
wire();
document.addEventListener("click", press);
document.addEventListener("change", choose);
document.addEventListener("input", event => { const form = event.target.form; if (form?.closest(".calc")) markPresets(form); });
document.addEventListener("htmx:confirm", once);
document.addEventListener("htmx:beforeRequest", busy);
document.addEventListener("htmx:afterRequest", answered);
document.addEventListener("htmx:afterSettle", () => { markErrors(); followWords(); });
document.addEventListener("htmx:historyRestore", wire);
document.addEventListener("keydown", event => {
  if (event.key !== "/" || !slash.checked || event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) return;
  event.preventDefault();
  document.getElementById("q")?.focus();
});
