// The import: drop a file anywhere on the page, or paste cells there; a bar while it is sent.

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
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [chosen] = file.files;
    if (chosen?.size > sending.dataset.most) refuse(sending.dataset.tooLarge);
    else if (sending.hidden) send(); // a second click would send it twice
  });
  window.addEventListener("pageshow", () => show(""));
}

// Sending it. What is refused leaves the form as it is, with the file.

const sending = document.getElementById("sending");
const refused = document.getElementById("refused");

function show(text, sent) {
  sending.hidden = !text;
  const [bar, said] = sending.firstElementChild.children;
  said.textContent = text;
  if (sent < 1) bar.value = sent;
  else bar.removeAttribute("value");
}

function refuse(text) {
  show("");
  refused.textContent = text;
  refused.hidden = false;
  refused.focus();
}

function send() {
  refused.hidden = true;
  document.getElementById("error")?.remove();
  const request = new XMLHttpRequest(); // fetch() does not tell how much was sent
  request.open("POST", form.action);
  request.responseType = "document";
  request.setRequestHeader("Accept", "text/html");
  request.upload.onprogress = ({ loaded, total }) =>
    show(loaded < total ? sending.dataset.sending : sending.dataset.reading, loaded / total);
  request.onerror = () => refuse(sending.dataset.failed);
  request.onload = ({ target: { response, responseURL } }) => {
    const next = response?.querySelector("[data-next]");
    const reason = response?.querySelector("#error, .steps .notice");
    if (next) location.assign(next.href);
    else if (responseURL !== form.action) location.assign(responseURL);
    else refuse((reason ?? response?.querySelector("h1 + p"))?.textContent ?? sending.dataset.failed);
  };
  show(sending.dataset.sending, 0);
  request.send(new FormData(form));
}

// The preview: how many rows its button imports; links to other rows keep what was chosen

const choices = document.getElementById("import");

choices?.addEventListener("change", () => {
  const [button] = document.querySelectorAll("[data-ready]");
  const { ready, one, many } = button.dataset;
  const chosen = [...choices.querySelectorAll(":checked")];
  const count = chosen.reduce((sum, { dataset }) => sum + Number(dataset.rows), Number(ready));
  const number = count.toLocaleString(document.documentElement.lang);
  button.textContent = (count === 1 ? one : many).replace("#", number);
  for (const link of document.querySelectorAll(".counts a, .pages a")) {
    const address = new URL(link.href);
    for (const { name, value } of chosen) address.searchParams.set(name, value);
    link.href = address.href;
  }
});

// The progress: this runs when the whole page has come

const next = document.querySelector(".steps [data-next]");
if (next) location.replace(next.href);
