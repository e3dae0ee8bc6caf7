// The item form: it warns before text is lost, brings it back, is sent only once, and shows similar
// items.

const PAUSE_MS = 400; // pause in typing before the server is asked for similar items
const HELD_MS = 3_000; // a sent form cannot be sent again for this time
const CLICK_MS = 100; // between the end of a press and its click event

const form = document.querySelector("form.stack");
const similar = document.getElementById("similar");

let isSent = false;
let request = new XMLHttpRequest();
let pause;
let named; // the name of the last request
let fresh; // its answer, not shown yet
let isPressed = false;

// Unsaved text

const fields = () => [...form.elements].filter((field) => "defaultValue" in field);

function isUnsaved() {
  return "unsaved" in form.dataset || fields().some((field) => field.value !== field.defaultValue);
}

function ask(event) {
  if (!isSent) event.preventDefault();
}

/** Warn only while there is unsaved text: browsers do not cache pages with this listener. */
function watch() {
  window.removeEventListener("beforeunload", ask);
  if (isUnsaved()) window.addEventListener("beforeunload", ask);
}

form.addEventListener("input", watch);
form.addEventListener("click", ({ target }) => {
  if (target.closest("[data-discards]")) window.removeEventListener("beforeunload", ask);
});

// Text for Back and Reload, together with the version or the key that belongs to it. The browser
// itself would put the text alone into a page that it fetched again.

const DRAFT = `draft ${location.pathname}${location.search}`;

const kept = () => fields().filter(({ name }) => name !== "csrfmiddlewaretoken");

function keep() {
  const draft = Object.fromEntries(kept().map(({ name, value }) => [name, value]));
  sessionStorage.setItem(DRAFT, JSON.stringify(draft));
}

function bringBack() {
  const [{ type }] = performance.getEntriesByType("navigation");
  if (type === "navigate") sessionStorage.removeItem(DRAFT);
  const draft = JSON.parse(sessionStorage.getItem(DRAFT)) ?? {};
  const isOther = ({ type, name, defaultValue }) =>
    type !== "hidden" && name in draft && draft[name] !== defaultValue;
  if (!kept().some(isOther)) return; // the text is saved by now, in the version of this page
  for (const field of kept()) field.value = draft[field.name] ?? field.value;
  watch();
}

try {
  bringBack();
  form.addEventListener("input", keep);
} catch {
  // The browser does not store anything: nothing comes back.
}

// Sending once. The server ignores a double click too; this shows that the form is being sent.

function release() {
  isSent = false;
  form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
  watch();
}

form.addEventListener("submit", (event) => {
  if (isSent) {
    event.preventDefault();
    return;
  }
  isSent = true;
  event.submitter?.setAttribute("aria-busy", "true"); // not disabled: its name would not be sent
  setTimeout(release, HELD_MS);
});
window.addEventListener("pageshow", release); // also for a page from the browser's cache

// Similar items

function nameSimilar() {
  clearTimeout(pause);
  const name = form.elements.name.value.trim();
  if (name === named) return;
  named = name;
  request.abort();
  request = new XMLHttpRequest(); // fetch() returns text, which trusted types do not allow as HTML
  request.open("GET", `${similar.dataset.url}?${new URLSearchParams({ name })}`);
  request.responseType = "document";
  request.setRequestHeader("Accept", "text/html"); // the answer is HTML in the user's language
  request.onload = ({ target: { status, response } }) => {
    fresh = status === 200 && response?.getElementById("similar");
    showSimilar();
  };
  request.send(); // only a hint: errors are ignored
}

/** Wait while the pointer is pressed: new lines would move the button away from under it. */
function showSimilar() {
  if (!fresh || isPressed) return;
  similar.replaceChildren(...fresh.childNodes);
  fresh = undefined;
}

function endPress() {
  isPressed = false;
  showSimilar();
}

function startSimilar() {
  addEventListener("pointerdown", () => (isPressed = true));
  for (const end of ["pointerup", "pointercancel"]) {
    addEventListener(end, () => setTimeout(endPress, CLICK_MS));
  }
  form.elements.name.addEventListener("input", (event) => {
    clearTimeout(pause);
    if (!event.isComposing) pause = setTimeout(nameSimilar, PAUSE_MS);
  });
  form.elements.name.addEventListener("change", nameSimilar);
}

if (similar) startSimilar();
