// Scripts of every page: keyboard shortcuts, copy buttons, the theme without a reload, and the end of
// drafts.

const TYPED_INTO = "textarea, select, input:not([type=checkbox], [type=radio])";
const ROWS = "#results tbody th a, #results a[rel=next]";

// Keyboard shortcuts. A key clicks the element that has it in its aria-keyshortcuts.

const keysDialog = document.getElementById("keys");
const keysSwitch = document.getElementById("keys-on");

function moveBy(step) {
  const links = [...document.querySelectorAll(ROWS)];
  let at = links.findIndex((link) =>
    (link.closest("tr") ?? link).contains(document.activeElement),
  );
  if (at < 0) at = links.findIndex((link) => link.closest(":target")); // after Back
  links[Math.min(Math.max(at + step, 0), links.length - 1)]?.focus();
}

// Keys of the row that has the focus
const ROW_KEYS = {
  e: (row) => {
    const { pathname, search } = row.querySelector("th a");
    location.assign(`${pathname}edit/${search}`);
  },
  x: (row) => row.querySelector(".tick input")?.click(),
};

function press(element) {
  if (element.matches(TYPED_INTO)) {
    element.focus();
    element.select();
  } else {
    element.click();
  }
}

function isForThePage(event) {
  const { target, ctrlKey, altKey, metaKey, isComposing, defaultPrevented } = event;
  if (ctrlKey || altKey || metaKey || isComposing || defaultPrevented) return false;
  if (target.isContentEditable || target.matches(TYPED_INTO)) return false;
  return keysSwitch.checked && !document.querySelector("dialog[open]");
}

document.addEventListener("keydown", (event) => {
  if (!isForThePage(event)) return;
  const { key } = event;
  if (key === "j" || key === "k") {
    moveBy(key === "j" ? 1 : -1);
  } else if (!event.repeat) {
    const row = document.activeElement.closest("#results tbody tr:has(a)");
    if (row && key in ROW_KEYS) {
      ROW_KEYS[key](row);
      return;
    }
    const element = document.querySelector(`[aria-keyshortcuts="${CSS.escape(key)}"]`);
    if (!element) return;
    event.preventDefault(); // otherwise the field would get the key too
    press(element);
  }
});

// WCAG 2.1.4: shortcuts of one character can be switched off, for users of speech input.
try {
  keysSwitch.checked = localStorage.getItem("keys") !== "off";
} catch {
  // The browser does not store anything: the setting only lasts for this page.
}
keysSwitch.addEventListener("change", () => {
  localStorage.setItem("keys", keysSwitch.checked ? "on" : "off");
});
const keysButton = document.querySelector("[aria-controls=keys]");
keysButton.hidden = false;
keysButton.addEventListener("click", () => keysDialog.showModal());

// Copy buttons

function addCopyButtons() {
  const template = document.getElementById("copy");
  for (const code of document.querySelectorAll("pre > code, code.secret")) {
    if (!code.nextElementSibling) code.after(template.content.cloneNode(true));
  }
}

async function copy(button) {
  const said = button.nextElementSibling;
  const code = button.parentElement.previousElementSibling;
  try {
    await navigator.clipboard.writeText(code.textContent);
    said.textContent = said.dataset.copied;
  } catch {
    // Refused, or a page over plain HTTP, where browsers have no clipboard.
    getSelection().selectAllChildren(code);
    said.textContent = said.dataset.selected;
  }
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest(".copy button");
  if (button) copy(button);
});
document.addEventListener("results", addCopyButtons);
addCopyButtons();

// The theme

function showTheme(form, theme) {
  document.documentElement.dataset.theme = theme;
  document.querySelector("meta[name=color-scheme]").content =
    theme === "system" ? "light dark" : theme;
  for (const button of form.elements) button.setAttribute("aria-pressed", button.value === theme);
}

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (!form.matches(".theme")) return;
  event.preventDefault();
  const before = document.documentElement.dataset.theme;
  showTheme(form, submitter.value);
  const body = new URLSearchParams(new FormData(form, submitter));
  // The answer redirects to this page; only its cookie matters.
  fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() =>
    showTheme(form, before),
  );
});

// Drafts of forms, which draft.js keeps in the tab and in the browser

export const DRAFTS = "draft ";

/** Remove the drafts for which `isOver(draft)` is true, and what is none. */
export function removeDrafts(isOver, storages = [sessionStorage, localStorage]) {
  for (const storage of storages) {
    for (const name of Object.keys(storage)) {
      if (name.startsWith(DRAFTS) && isDone(storage[name], isOver)) storage.removeItem(name);
    }
  }
}

function isDone(draft, isOver) {
  try {
    return isOver(JSON.parse(draft));
  } catch {
    return true; // it would keep all others from being read
  }
}

function removeSaved() {
  const messages = [...document.querySelectorAll("[data-saved]")];
  const saved = new Set(messages.map((message) => message.dataset.saved));
  // The tab's own draft stays for Back: it has the version or the key that belongs to its text.
  if (saved.size) removeDrafts(({ id }) => saved.has(id), [localStorage]);
}

try {
  removeSaved();
  document.addEventListener("submit", ({ target }) => {
    if (target.matches("[action='/accounts/logout/']")) removeDrafts(() => true);
  });
} catch {
  // The browser does not store anything.
}
