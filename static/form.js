// The item form: it warns before text is lost, brings it back, is sent only once, and shows similar
// items.

import { Draft } from "./draft.js";
import { exact } from "./times.js";

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
  if (!target.closest("[data-discards]")) return;
  window.removeEventListener("beforeunload", ask);
  draft.forget();
});

// Drafts

const draft = new Draft(form);
const said = document.getElementById("form-said");
const offer = document.getElementById("draft");

function bringBack(found) {
  draft.restore(found);
  watch();
  said.textContent = said.dataset.restored;
}

function offerDraft(found) {
  offer.querySelector("span").textContent = exact.format(new Date(found.at));
  offer.hidden = false;
  offer.addEventListener("click", ({ target }) => {
    if (target.type !== "button") return;
    if ("restores" in target.dataset) bringBack(found);
    else draft.forget(found.id);
    offer.hidden = true;
    form.elements.name.focus();
  });
}

function startDrafts() {
  const { mine, offered } = draft.find();
  if (mine) bringBack(mine);
  else if (offered) offerDraft(offered);
  form.addEventListener("input", () => {
    offer.hidden = true; // the text that was offered is replaced
    try {
      draft.keep();
      said.textContent = said.dataset.kept;
    } catch {
      said.textContent = ""; // there is no more room for it
    }
  });
  document.addEventListener("submit", ({ target }) => {
    if (!target.matches("[action='/language/']") || !isUnsaved()) return;
    draft.keepForNextPage();
    window.removeEventListener("beforeunload", ask);
  });
}

try {
  startDrafts();
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
  if (!navigator.onLine) {
    event.preventDefault();
    said.textContent = said.dataset.offline;
    said.className = "notice";
    said.scrollIntoView({ block: "nearest" }); // on a phone it is below the buttons
    return;
  }
  isSent = true;
  said.className = "hint";
  event.submitter?.setAttribute("aria-busy", "true"); // not disabled: its name would not be sent
  setTimeout(release, HELD_MS);
});
window.addEventListener("pageshow", release); // also for a page from the browser's cache
form.addEventListener("keydown", ({ key, ctrlKey, metaKey }) => {
  if (key === "Enter" && (ctrlKey || metaKey)) form.requestSubmit(form.querySelector(".button"));
});

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
