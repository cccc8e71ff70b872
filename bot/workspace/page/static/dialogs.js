import { el } from "./dom.js";
import { mrkdwn, plain } from "./mrkdwn.js";

/** Show a modal dialog; it leaves the page when closed, and the focus goes back to where it was. */
export function showDialog(dialog) {
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
}

/** Ask before a button acts (Block Kit's confirm object). Resolves to whether to go on. */
export function confirmAction(confirm, names) {
  return new Promise((resolve) => {
    const words = (object, otherwise) => object?.text ?? otherwise;
    const text = confirm.text?.type === "mrkdwn" ? mrkdwn(confirm.text.text, names) : plain(words(confirm.text, ""));
    let answer = false;
    const close = (value) => () => {
      answer = value;
      dialog.close();
    };
    const go = el("button.button", { type: "button", class: confirm.style === "danger" ? "danger" : "primary", on: { click: close(true) } },
      plain(words(confirm.confirm, "Yes")));
    const dialog = el("dialog.dialog", { "aria-labelledby": "dialog-title", on: { close: () => resolve(answer) } },
      el("h2", { id: "dialog-title" }, plain(words(confirm.title, "Are you sure?"))),
      el("div.dialog-text", {}, text),
      el("div.dialog-buttons", {},
        el("button.button", { type: "button", on: { click: close(false) } }, plain(words(confirm.deny, "Cancel"))), go));
    showDialog(dialog);
  });
}

/** Ask for a new channel's name. Resolves to {name, private}, or null. */
export function askForChannel() {
  return new Promise((resolve) => {
    let answer = null;
    const name = el("input", { type: "text", id: "channel-name", maxlength: "80", autocomplete: "off", placeholder: "inc-review" });
    const isPrivate = el("input", { type: "checkbox" });
    const form = el("form", { method: "dialog", on: { submit: (event) => {
      event.preventDefault();
      if (!name.value.trim()) return name.focus();
      answer = { name: name.value.trim(), private: isPrivate.checked };
      dialog.close();
    } } },
      el("label.field", { for: "channel-name" }, "Name", name),
      el("p.note", {}, "Lower case letters, digits, - and _, up to 80 characters."),
      el("label.check", {}, isPrivate, "Private: only people who are invited can see it"),
      el("div.dialog-buttons", {},
        el("button.button", { type: "button", on: { click: () => dialog.close() } }, "Cancel"),
        el("button.button.primary", { type: "submit" }, "Create")));
    const dialog = el("dialog.dialog", { "aria-labelledby": "dialog-title", on: { close: () => resolve(answer) } },
      el("h2", { id: "dialog-title" }, "New channel"), form);
    showDialog(dialog);
  });
}
