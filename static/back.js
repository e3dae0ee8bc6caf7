// Back: a browser can show a page again as it was left. By then its account may have signed out, and
// a form may have been saved. Such a page stays hidden until the server was asked again.

const root = document.documentElement;
const account = document.querySelector(".who")?.textContent;
let wasSent = false;

document.addEventListener("submit", ({ target, defaultPrevented }) => {
  if (target.method === "post" && !defaultPrevented) wasSent = true;
});

/** Text that a reload could lose: nothing was sent yet, or the page itself answers a form. */
function hasText() {
  if ("posted" in root.dataset) return true;
  const fields = [...document.querySelectorAll("form.stack :is(input, textarea)")];
  return !wasSent && fields.some(({ value, defaultValue }) => value !== defaultValue);
}

/** Show the page if its account is signed in, or if nobody can be asked; else get it again. */
function showIfSignedIn() {
  const request = new XMLHttpRequest();
  request.open("GET", "/accounts/");
  request.responseType = "document";
  request.setRequestHeader("Accept", "text/html");
  request.onload = ({ target: { response } }) => {
    if (response?.querySelector(".who")?.textContent === account) root.hidden = false;
    else location.replace(location.pathname + location.search);
  };
  request.onerror = () => (root.hidden = false);
  request.send();
}

addEventListener("pagehide", () => {
  if (account || wasSent) root.hidden = true;
});
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted || !root.hidden) return;
  if (!hasText()) location.reload();
  else if (account) showIfSignedIn();
  else root.hidden = false;
});
