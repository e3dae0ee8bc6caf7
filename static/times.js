// Times in the reader's own time zone, and how long ago: the server only knows its own. On paper they
// stand as they are, since nobody knows when it is read.

const TIMES = "main time:not(.notice time)";
const UNITS = [
  ["minute", 60],
  ["hour", 60 * 60],
  ["day", 24 * 60 * 60],
];
const DAYS_MAX = 7; // older times are shown as dates
const SKEW_SECONDS = 60; // between two clocks
const RENEWED_MS = 60_000;

const { lang } = document.documentElement;
// British or American, as the reader has it
const language = navigator.languages.find((one) => one.startsWith(lang)) ?? lang;
export const exact = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const clock = new Intl.DateTimeFormat(language, { timeStyle: "short" });
const paper = matchMedia("print");
// Not "yesterday": 30 hours ago can be the day before
const ago = new Intl.RelativeTimeFormat(language);
const now = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(0, "second");

function relative(time) {
  const seconds = (time - Date.now()) / 1000;
  if (seconds > SKEW_SECONDS || -seconds > DAYS_MAX * UNITS[2][1]) return exact.format(time);
  const [unit, length] = UNITS.findLast(([, length]) => -seconds >= length) ?? [];
  return unit ? ago.format(Math.ceil(seconds / length), unit) : now;
}

function showTimes() {
  for (const element of document.querySelectorAll(TIMES)) {
    const time = new Date(element.dateTime);
    element.title = exact.format(time);
    const shown = paper.matches ? element.title : relative(time);
    const isShort = element.closest(".facts") && shown !== element.title;
    element.textContent = isShort ? `${element.title} (${shown})` : shown;
  }
  for (const element of document.querySelectorAll(".notice time")) {
    const time = new Date(element.dateTime);
    const isToday = time.toDateString() === new Date().toDateString();
    element.textContent = isToday ? clock.format(time) : exact.format(time);
  }
  for (const zone of document.querySelectorAll(".zone")) zone.hidden = true; // of the server
}

showTimes();
document.addEventListener("results", showTimes);
paper.addEventListener("change", showTimes);
setInterval(showTimes, RENEWED_MS);
