// Shows the preview beside the form: the page arrives as text and is put into a frame, where it
// has its own styles, its own width and its own ids. Without this the preview opens in a tab.

const frame = document.getElementById("preview-frame");
const report = document.getElementById("preview-report");
const refresh = document.getElementById("preview-now");

const colours = () => getComputedStyle(document.documentElement).colorScheme;

function trim(page) {
  for (const part of page.querySelectorAll("header.site, footer.foot, a.skip, #findings")) part.hidden = true;
  return page;
}

function paint() {
  const root = frame.contentDocument?.documentElement;
  if (root) root.style.colorScheme = colours();
}

// A link inside the frame would load a whole page there: its own anchors scroll, others open a tab.
function follow(event) {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented) return;
  event.preventDefault();
  const address = link.getAttribute("href");
  if (address.startsWith("#")) {
    frame.contentDocument.getElementById(address.slice(1))?.scrollIntoView({ block: "start" });
  } else {
    window.open(link.href, "_blank", "noopener");
  }
}

function open(page) {
  frame.addEventListener("load", () => {
    const inner = frame.contentWindow;
    if (inner.htmx) inner.htmx.config.historyEnabled = false;
    frame.contentDocument.addEventListener("click", follow);
    frame.contentDocument.addEventListener("submit", event => { if (!event.target.matches("[hx-get]")) event.preventDefault(); });
    paint();
  }, { once: true });
  frame.srcdoc = `<!doctype html>${trim(page).documentElement.outerHTML}`;
  frame.hidden = false;
}

// Later pages change the text alone, so that the place, the chosen depth and open answers stay.
function renew(page) {
  const shown = frame.contentDocument;
  const before = shown.getElementById("main");
  const after = shown.adoptNode(trim(page).getElementById("main"));
  for (const input of before.querySelectorAll("input[type=radio][id]:checked")) {
    const same = after.querySelector(`#${CSS.escape(input.id)}`);
    if (same && !same.closest(".calc")) same.checked = true;
  }
  const old = before.querySelectorAll("details");
  after.querySelectorAll("details").forEach((item, number) => { item.open = old[number]?.open ?? item.open; });
  before.replaceWith(after);
  frame.contentWindow.htmx?.process(after);
}

function show() {
  const text = document.getElementById("preview-page")?.value;
  if (!text) return;
  const page = new DOMParser().parseFromString(text, "text/html");
  if (frame.contentDocument?.getElementById("main")) renew(page); else open(page);
}

function say(words) {
  const note = document.createElement("p");
  note.className = "findings__none";
  note.textContent = words;
  report.replaceChildren(note);
}

if (frame && report) {
  refresh.hidden = false;
  report.addEventListener("htmx:afterSwap", show);
  report.addEventListener("htmx:responseError", event => {
    say(`The preview could not be made (${event.detail.xhr.status}). What you typed is still here; save it or try again.`);
  });
  report.addEventListener("htmx:sendError", () => say("The server cannot be reached. What you typed is still here."));
  new MutationObserver(paint).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
}
