// Signing out of the admin ends drafts too, as site.js does on the other pages.

const DRAFTS = "draft ";

document.getElementById("logout-form")?.addEventListener("submit", () => {
  try {
    for (const storage of [sessionStorage, localStorage]) {
      const names = Object.keys(storage).filter((name) => name.startsWith(DRAFTS));
      for (const name of names) storage.removeItem(name);
    }
  } catch {
    // The browser does not store anything.
  }
});
