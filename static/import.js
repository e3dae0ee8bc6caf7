// The import: drop a file anywhere on the page or paste cells there; go on when the work is done.

const form = document.querySelector("[data-import]");
const file = document.getElementById("file");
const cells = document.getElementById("cells");

// The form

function isFiles(event) {
  return event.dataTransfer?.types.includes("Files");
}

function mark(event) {
  if (!isFiles(event)) return;
  event.preventDefault(); // otherwise the browser would open the file
  form.classList.toggle("over", event.type === "dragover");
}

function take(files) {
  file.files = files;
  form.requestSubmit();
}

if (form) {
  for (const name of ["dragover", "dragleave", "drop"]) document.addEventListener(name, mark);
  document.addEventListener("drop", (event) => {
    if (isFiles(event)) take(event.dataTransfer.files);
  });
  document.addEventListener("paste", ({ target, clipboardData }) => {
    if (target === cells) return;
    const text = clipboardData.getData("text/plain");
    if (text) cells.value = text;
    // Excel also puts a picture of the cells into the clipboard.
    else if (clipboardData.files.length) take(clipboardData.files);
  });
  // Sent twice, a file would be read twice.
  form.addEventListener("submit", (event) => {
    const [button] = form.querySelectorAll("button");
    if (button.getAttribute("aria-busy") === "true") event.preventDefault();
    button.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", () => form.querySelector("button").removeAttribute("aria-busy"));
}

// The progress: this runs when the whole page has come

const next = document.querySelector(".steps [data-next]");
if (next) location.replace(next.href);
