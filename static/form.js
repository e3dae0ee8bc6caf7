// The form of an item: it asks before text is lost, is sent once, and names what is like it.

const PAUSE_MS = 400; // in typing, until the server is asked for like names
const HELD_MS = 3_000; // that a form is held back after it was sent; then it may have been in vain
const CLICK_MS = 100; // from the end of a press until its click was given to a button

const form = document.querySelector("form.stack");
const similar = document.getElementById("similar");

let isSent = false;
let request = new XMLHttpRequest();
let pause;
let named; // what the server was asked for last
let fresh; // its answer, until it is shown
let isPressed = false;

// Unsaved text

function isUnsaved() {
  const fields = [...form.elements].filter((field) => "defaultValue" in field);
  return "unsaved" in form.dataset || fields.some((field) => field.value !== field.defaultValue);
}

function ask(event) {
  if (!isSent) event.preventDefault();
}

/** Ask only while there is something to lose: browsers keep pages that ask out of their cache. */
function watch() {
  window.removeEventListener("beforeunload", ask);
  if (isUnsaved()) window.addEventListener("beforeunload", ask);
}

form.addEventListener("input", watch);
form.addEventListener("click", ({ target }) => {
  if (target.closest("[data-discards]")) window.removeEventListener("beforeunload", ask);
});

// Sending once: the server makes one item of a double click too; this shows that it is under way.

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
  event.submitter?.setAttribute("aria-busy", "true"); // disabled, its name would not be sent
  setTimeout(release, HELD_MS);
});
window.addEventListener("pageshow", release); // also of a page that the browser kept

// Like names

function nameSimilar() {
  clearTimeout(pause);
  const name = form.elements.name.value.trim();
  if (name === named) return;
  named = name;
  request.abort();
  request = new XMLHttpRequest(); // fetch() gives text, and trusted types let no text become HTML
  request.open("GET", `${similar.dataset.url}?${new URLSearchParams({ name })}`);
  request.responseType = "document";
  request.setRequestHeader("Accept", "text/html"); // as of people, in their language
  request.onload = ({ target: { status, response } }) => {
    fresh = status === 200 && response?.getElementById("similar");
    showSimilar();
  };
  request.send(); // it is only a hint: when it fails there is none
}

/** Names that appear move the button below, and a press that began on it would miss it. */
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
