// Times in the reader's own time zone, and how long ago: the server only knows its own.

const TIMES = ":is(.time, .facts, .event) time";
const UNITS = [
  ["minute", 60],
  ["hour", 60 * 60],
  ["day", 24 * 60 * 60],
];
const DAYS_MAX = 7; // older times are shown as dates

const { lang } = document.documentElement;
// British or American, as the reader has it
const language = navigator.languages.find((one) => one.startsWith(lang)) ?? lang;
const exact = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const ago = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

function relative(time) {
  const seconds = (time - Date.now()) / 1000;
  if (seconds > 0 || -seconds > DAYS_MAX * UNITS[2][1]) return exact.format(time);
  const [unit, length] = UNITS.findLast(([, length]) => -seconds >= length) ?? ["second", 60];
  return ago.format(Math.ceil(seconds / length), unit);
}

function showTimes() {
  for (const element of document.querySelectorAll(TIMES)) {
    const time = new Date(element.dateTime);
    element.title = exact.format(time);
    const isFact = element.closest(".facts");
    element.textContent = isFact ? `${exact.format(time)} (${relative(time)})` : relative(time);
  }
  for (const zone of document.querySelectorAll(".zone")) zone.hidden = true; // of the server
}

showTimes();
document.addEventListener("results", showTimes);
