// The list: search as you type; tick all rows or a range.

// Search. The server renders the list, and its parts replace those of the page.

const PAUSE_MS = 150; // pause in typing before the server is asked
const SLOW_MS = 500; // before the page says that it is loading
const PATIENCE_MS = 15_000; // longer than the server's statement timeout
const PARTS = ["found", "results"];
const ITEM_NUMBER = /^\s*#\d+\s*$/; // leads to that item, but only with Enter
const TICKS = "#results tbody .tick input";

const form = document.querySelector("form.find");
const said = document.getElementById("find-said");
const results = document.getElementById("results");

let shown = location.pathname + location.search; // the URL of the list on the page
let request = new XMLHttpRequest();
let pause, slow;

function wantedAddress() {
  const query = new URLSearchParams(new FormData(form));
  return query.size ? `${form.getAttribute("action")}?${query}` : form.getAttribute("action");
}

function say(text) {
  clearTimeout(slow);
  said.textContent = text;
  said.classList.toggle("notice", text === said.dataset.failed);
}

function settle(text) {
  results.removeAttribute("aria-busy");
  say(text);
}

function show(answer, address) {
  const isCurlOpen = results.querySelector("details")?.open;
  for (const id of PARTS) {
    document.getElementById(id).replaceChildren(...answer.getElementById(id).childNodes);
  }
  if (isCurlOpen) results.querySelector("details")?.setAttribute("open", "");
  for (const select of form.querySelectorAll("select")) {
    const { value, childNodes } = answer.getElementById(select.id);
    select.replaceChildren(...childNodes);
    select.value = value;
  }
  document.title = answer.title;
  shown = address;
  settle("");
}

/** Load and show a list URL, then call `done`. A later call cancels this one. */
function load(address, done) {
  request.abort();
  if (address === shown && said.textContent !== said.dataset.failed) {
    settle("");
    return;
  }
  const failed = () => settle(said.dataset.failed);
  request = new XMLHttpRequest(); // fetch() returns text, which trusted types do not allow as HTML
  request.open("GET", address);
  request.responseType = "document";
  request.timeout = PATIENCE_MS;
  request.setRequestHeader("Accept", "text/html");
  request.onerror = request.ontimeout = failed;
  request.onload = ({ target: { status, response } }) => {
    if (status >= 500) {
      failed();
    } else if (PARTS.every((id) => response?.getElementById(id))) {
      show(response, address);
      done();
      document.dispatchEvent(new Event("results"));
    } else {
      location.assign(address); // not a list, for example the sign-in form: show it
    }
  };
  request.send();
  results.setAttribute("aria-busy", "true");
  clearTimeout(slow);
  slow = setTimeout(() => say(said.dataset.loading), SLOW_MS);
}

function find() {
  clearTimeout(pause);
  if (ITEM_NUMBER.test(form.q.value)) return;
  const address = wantedAddress();
  load(address, () => {
    // Only the first change adds a history entry, so that Back does not go letter by letter.
    const write = history.state?.isFound ? "replaceState" : "pushState";
    history[write]({ isFound: true }, "", address);
  });
}

function findSoon(event) {
  if (event.isComposing) return; // an unfinished character; compositionend follows
  clearTimeout(pause);
  pause = setTimeout(find, PAUSE_MS);
}

function start() {
  form.addEventListener("formdata", ({ formData }) => {
    formData.set("q", formData.get("q").trim());
    for (const [name, value] of [...formData]) {
      if (!value) formData.delete(name); // the default, which URLs leave out
    }
  });
  form.q.addEventListener("input", findSoon);
  form.q.addEventListener("compositionend", findSoon);
  form.addEventListener("change", ({ target }) => target === form.q || find());
  form.addEventListener("submit", (event) => {
    if (ITEM_NUMBER.test(form.q.value)) return;
    event.preventDefault();
    find();
    form.q.select(); // so that the next scanned code replaces this one
  });
  window.addEventListener("popstate", () => {
    clearTimeout(pause);
    form.q.value = new URLSearchParams(location.search).get("q") ?? "";
    load(location.pathname + location.search, () => {});
  });
}

if (form) start(); // an empty list has no search form

// Ticks

let last; // the first tick of a range

const ticks = () => [...document.querySelectorAll(TICKS)];

const tickedOnes = () => ticks().filter((tick) => tick.checked);

/** The history entry has the ticks, by id: the browser would restore them by their place. */
function keepTicks() {
  const ticked = tickedOnes().map((tick) => tick.value);
  history.replaceState({ ...history.state, ticked }, "");
}

function bringTicksBack() {
  const ticked = new Set(history.state?.ticked);
  for (const tick of ticks()) tick.checked ||= ticked.has(tick.value);
}

function tell() {
  const all = document.getElementById("tick-all");
  if (!all) return; // no rows, or no permission
  const total = ticks().length;
  const ticked = tickedOnes().length;
  all.checked = ticked === total;
  all.indeterminate = ticked > 0 && ticked < total;
  const whole = document.querySelector("#results [name=all]");
  if (whole && !whole.checkVisibility()) whole.checked = false;
  const count = whole?.checked ? whole.dataset.total : ticked;
  document.getElementById("ticked").textContent = count ? `(${count})` : "";
}

/** Say it to screen readers, after a change by hand. */
function sayTicks() {
  const said = document.getElementById("ticks-said");
  const ticked = tickedOnes().length;
  const { none, one, many } = said.dataset;
  said.textContent = [none, one][ticked] ?? many.replace("%s", ticked);
}

function tickRange(to) {
  const places = [ticks().indexOf(last), ticks().indexOf(to)].sort((a, b) => a - b);
  if (places[0] < 0) return; // the row is no longer there
  for (const tick of ticks().slice(...places)) tick.checked = to.checked;
}

document.addEventListener("click", ({ target, shiftKey }) => {
  if (target.id === "tick-all") {
    for (const tick of ticks()) tick.checked = target.checked;
  } else if (target.matches("#results [name=all]")) {
    tell();
    return;
  } else if (target.matches(TICKS)) {
    if (shiftKey) tickRange(target);
    last = target;
  } else {
    return;
  }
  tell();
  sayTicks();
  keepTicks();
});
document.addEventListener("results", () => {
  bringTicksBack(); // the rows were replaced
  tell();
});
window.addEventListener("pageshow", tell); // also for a page from the browser's cache
bringTicksBack();

// The whole row leads to its item.

function follow(event) {
  const row = event.target.closest("#results tbody tr:has(a)");
  if (!row || event.target.closest("a, label, input, button")) return;
  if (getSelection().type === "Range") return; // the user selects text
  const { ctrlKey, metaKey, shiftKey, button } = event;
  const click = new MouseEvent("click", { ctrlKey, metaKey, shiftKey, button, cancelable: true });
  row.querySelector("th a").dispatchEvent(click);
}

document.addEventListener("click", follow);
