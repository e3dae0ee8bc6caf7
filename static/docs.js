// The examples of /docs/: runs them from this page, as a script would, without the session.

const SHOWN_BYTES = 20_000; // of an answer
const TEXT = /json|text|csv/;

const key = document.getElementById("run-key");
const dialog = document.getElementById("ask");

/** Ask before an example that changes data; return whether it may run. */
async function isAllowed({ method, path, writes }) {
  if (writes === undefined) return true;
  dialog.querySelector("code").textContent = `${method} ${location.origin}${path}`;
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  return dialog.returnValue === "run";
}

function send({ method, path, headers, body }) {
  const sent = new Headers(JSON.parse(headers));
  const typed = key.value.trim();
  if (typed) sent.set("Authorization", `Bearer ${typed}`);
  return fetch(path, { method, headers: sent, body: body || null, credentials: "omit" });
}

/** Read a text as far as it is shown; count the bytes of everything else. */
async function read(response) {
  const isText = TEXT.test(response.headers.get("Content-Type"));
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  while (reader && !(isText && size > SHOWN_BYTES)) {
    const { done, value } = await reader.read();
    if (done) return { isText, text, size, isCut: false };
    if (isText) text += decoder.decode(value.subarray(0, SHOWN_BYTES - size), { stream: true });
    size += value.length;
  }
  reader?.cancel();
  return { isText, text, size, isCut: size > SHOWN_BYTES };
}

function sizeOf({ size, isCut }, { bytes, more }) {
  const number = Math.min(size, isCut ? SHOWN_BYTES : size);
  return `${isCut ? `${more} ` : ""}${number.toLocaleString(document.documentElement.lang)} ${bytes}`;
}

function show(answer, response, { isText, text, size, isCut }) {
  const [body, headers] = answer.querySelectorAll("pre");
  const { cut, file, empty } = body.dataset;
  const said = isText ? text.trimEnd() : file;
  body.textContent = size ? said + (isCut ? `\n\n${cut}` : "") : empty;
  headers.textContent = [...response.headers].map((header) => header.join(": ")).join("\n");
  answer.querySelector("details").open = !size;
  answer.hidden = false;
}

async function run(call) {
  const said = call.querySelector(".run [role=status]");
  const answer = call.querySelector(".answer");
  said.textContent = said.dataset.running;
  try {
    const response = await send(call.dataset);
    const body = await read(response);
    show(answer, response, body);
    said.textContent = `${response.status} ${response.statusText}, ${sizeOf(body, said.dataset)}`;
  } catch (error) {
    answer.hidden = true;
    said.textContent = `${said.dataset.failed} ${error.message}`;
  }
}

function addButton(call) {
  const { method, path } = call.dataset;
  call.append(document.getElementById("run").content.cloneNode(true));
  const button = call.querySelector(".run button");
  button.setAttribute("aria-label", `${button.textContent}: ${method} ${path}`);
  button.addEventListener("click", async () => {
    if (button.ariaBusy || !(await isAllowed(call.dataset))) return;
    button.ariaBusy = "true";
    await run(call);
    button.ariaBusy = null;
  });
}

document.querySelectorAll(".call").forEach(addButton);
document.getElementById("run-with").hidden = false;
addEventListener("pagehide", () => (key.value = "")); // a page that Back restores knows no key
