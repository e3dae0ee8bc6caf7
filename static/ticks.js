// Ticks of the list: all at once, a range with Shift, and how many there are.

const TICKS = "#results tbody .tick input";

let last; // the tick that a range begins at

const ticks = () => [...document.querySelectorAll(TICKS)];

function tell() {
  const all = document.getElementById("tick-all");
  if (!all) return; // nothing to tick, or nobody who may
  const total = ticks().length;
  const ticked = ticks().filter((tick) => tick.checked).length;
  all.checked = ticked === total;
  all.indeterminate = ticked > 0 && ticked < total;
  document.getElementById("ticked").textContent = ticked ? `(${ticked})` : "";
}

function tickRange(to) {
  const places = [ticks().indexOf(last), ticks().indexOf(to)].sort((a, b) => a - b);
  if (places[0] < 0) return; // the row is no longer there
  for (const tick of ticks().slice(...places)) tick.checked = to.checked;
}

document.addEventListener("click", ({ target, shiftKey }) => {
  if (target.id === "tick-all") {
    for (const tick of ticks()) tick.checked = target.checked;
  } else if (target.matches(TICKS)) {
    if (shiftKey) tickRange(target);
    last = target;
  } else {
    return;
  }
  tell();
});
document.addEventListener("results", tell); // find.js put others in their place
window.addEventListener("pageshow", tell); // browsers bring ticks back
