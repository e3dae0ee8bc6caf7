// Drafts: the text of a form is kept in the browser until the server has saved it.
//
// What this tab keeps comes back by itself on Back and Reload. What the browser keeps is offered when
// the form is opened again, for example after the connection was lost. A draft has the version or the
// key of its form, so that it never overwrites what somebody else saved.

import { DRAFTS, removeDrafts } from "./site.js";

const AGE_MAX_MS = 7 * 24 * 3600 * 1000;

const read = (storage, name) => JSON.parse(storage.getItem(name));

/** The draft of one form. */
export class Draft {
  constructor(form) {
    this.form = form;
    this.name = `${DRAFTS}${form.dataset.account} ${location.pathname}`;
  }

  get #fields() {
    const isOurs = (field) => "defaultValue" in field && field.name !== "csrfmiddlewaretoken";
    return [...this.form.elements].filter(isOurs);
  }

  get #id() {
    const { version, key } = this.form.elements;
    return `${location.pathname} ${(version ?? key).value}`;
  }

  keep() {
    const texts = Object.fromEntries(this.#fields.map(({ name, value }) => [name, value]));
    const draft = { id: this.#id, at: Date.now(), texts };
    for (const storage of [sessionStorage, localStorage]) {
      storage.setItem(this.name, JSON.stringify(draft));
    }
  }

  /** Let the page that comes next, in another language, bring the text back by itself. */
  keepForNextPage() {
    this.keep();
    sessionStorage.setItem("restore", location.pathname);
  }

  /** Return the draft that comes back by itself, and the one to be offered; each can be missing. */
  find() {
    removeDrafts(({ at }) => Date.now() - at > AGE_MAX_MS);
    const [{ type }] = performance.getEntriesByType("navigation");
    const isAsked = sessionStorage.getItem("restore") === location.pathname;
    sessionStorage.removeItem("restore");
    const mine = this.#unlessSaved(read(sessionStorage, this.name));
    if (mine && (type !== "navigate" || isAsked)) return { mine };
    if (type === "navigate") sessionStorage.removeItem(this.name);
    return { offered: this.#unlessSaved(read(localStorage, this.name)) };
  }

  restore({ texts }) {
    for (const field of this.#fields) field.value = texts[field.name] ?? field.value;
  }

  forget(forgotten = this.#id) {
    removeDrafts(({ id }) => id === forgotten);
  }

  /** Return a draft only if its text differs from what the page has. */
  #unlessSaved(draft) {
    const differs = ({ type, name, defaultValue }) =>
      type !== "hidden" && name in draft.texts && draft.texts[name] !== defaultValue;
    return draft && this.#fields.some(differs) ? draft : undefined;
  }
}
