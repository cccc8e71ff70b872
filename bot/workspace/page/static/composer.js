import { explain } from "./api.js";
import { add, el, replace } from "./dom.js";
import { CommandHistory, loadDraft, saveDraft } from "./drafts.js";
import { icon } from "./icons.js";
import { SuggestionList, suggest } from "./suggestions.js";

const TALLEST_PX = 320;

/** The box that messages and commands are written in. */
export class Composer {
  /**
   * @param {{id: string, label: string, placeholder: string, draft: string, workspace: object,
   *   send: (text: string) => Promise<void>}} options `draft`: the key its unsent text is kept under
   */
  constructor({ id, label, placeholder, draft, workspace, send }) {
    this.draft = draft;
    this.workspace = workspace;
    this.deliver = send;
    this.history = new CommandHistory(workspace.me.id);
    this.box = el("textarea.box", { id, rows: "1", placeholder, "aria-label": label, role: "combobox",
      "aria-autocomplete": "list", "aria-haspopup": "listbox", autocomplete: "off", spellcheck: "false" });
    this.suggestions = new SuggestionList(this.box, `${id}-suggestions`, (option) => this.#complete(option));
    this.usage = el("div.usage", { hidden: true });
    this.problem = el("div.problem", { role: "alert", hidden: true });
    this.sendButton = el("button.send", { type: "submit", "aria-label": "Send", title: "Send (Enter)" }, icon("send"));
    this.node = el("form.composer", { on: { submit: (event) => { event.preventDefault(); this.send(); } } },
      this.problem, this.usage, this.suggestions.list,
      el("div.box-row", {}, this.box, this.sendButton),
      el("p.keys", {}, el("kbd", {}, "Enter"), " sends  ", el("kbd", {}, "Shift Enter"), " new line  ", el("kbd", {}, "/"), " commands  ",
        el("kbd", {}, /^Mac/.test(navigator.platform) ? "⌃⌥A" : "Alt A"), " what needs you"));
    this.#listen();
    this.#fill(loadDraft(draft));
  }

  focus() {
    this.box.focus();
  }

  /** Put text in the box, ready to be sent. */
  suggestText(text) {
    this.#fill(text);
    this.focus();
  }

  async send() {
    const text = this.box.value.trim();
    if (!text) return;
    this.#fill("");
    this.problem.hidden = true;
    this.node.setAttribute("aria-busy", "true");
    // Kept until it has arrived: a page closed meanwhile loses nothing.
    saveDraft(this.draft, text);
    try {
      await this.deliver(text);
      this.history.remember(text);
      if (!this.box.value) saveDraft(this.draft, "");
      else saveDraft(this.draft, this.box.value);
    } catch (error) {
      this.#refused(text, error);
    } finally {
      this.node.removeAttribute("aria-busy");
    }
  }

  #refused(text, error) {
    const what = /^\/\S/.test(text) ? text.split(/\s/, 1)[0] : "The message";
    const words = explain(error, what);
    if (!this.box.value) {
      this.#fill(text);
      replace(this.problem, `${words} Your text is still in the box.`);
    } else {
      const back = el("button.button", { type: "button", on: { click: () => {
        this.suggestText(`${text}\n${this.box.value}`.trim());
        this.problem.hidden = true;
      } } }, "Put it back");
      replace(this.problem, `${words} `, back);
    }
    this.problem.hidden = false;
  }

  #fill(text) {
    this.box.value = text;
    this.#changed();
  }

  #changed() {
    const text = this.box.value;
    saveDraft(this.draft, text);
    this.box.classList.toggle("code", /^\/sql\b|```/.test(text));
    this.sendButton.disabled = !text.trim();
    this.#fit();
    this.#drawUsage(text);
    const caretAtEnd = this.box.selectionStart === this.box.selectionEnd;
    const found = caretAtEnd ? suggest(text.slice(0, this.box.selectionStart), this.workspace) : null;
    this.from = found?.from ?? 0;
    if (found) this.suggestions.show(found.options);
    else this.suggestions.hide();
  }

  #fit() {
    this.box.style.setProperty("height", "auto");
    // Before it is on the page a box has no height; one row is right then.
    const height = Math.min(this.box.scrollHeight, TALLEST_PX);
    if (height) this.box.style.setProperty("height", `${height}px`);
  }

  #drawUsage(text) {
    const name = /^(\/\S+)\s/.exec(text)?.[1];
    const command = name && this.workspace.commands.find((one) => one.command === name);
    this.usage.hidden = !command;
    if (command) replace(this.usage, el("code", {}, `${command.command} ${command.usage_hint ?? ""}`.trim()), " ", command.description ?? "");
  }

  #complete(option) {
    const caret = this.box.selectionStart;
    const before = this.box.value.slice(0, this.from) + option.insert;
    this.box.value = before + this.box.value.slice(caret);
    this.box.setSelectionRange(before.length, before.length);
    this.#changed();
    this.focus();
  }

  #listen() {
    this.box.addEventListener("input", () => this.#changed());
    this.box.addEventListener("blur", () => this.suggestions.hide());
    this.box.addEventListener("keydown", (event) => this.#key(event));
  }

  #key(event) {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const handled = this.suggestions.shown ? this.#keyInList(event) : this.#keyInBox(event);
    if (!handled) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #keyInList(event) {
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp":
        this.suggestions.move(event.key === "ArrowDown" ? 1 : -1);
        return true;
      case "Enter":
      case "Tab":
        if (event.shiftKey) return false;
        this.#complete(this.suggestions.chosen);
        return true;
      case "Escape":
        this.suggestions.hide();
        return true;
      default:
        return false;
    }
  }

  #keyInBox(event) {
    if (event.key === "Enter" && !event.shiftKey) {
      this.send();
      return true;
    }
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return false;
    const text = this.history.step(event.key === "ArrowUp" ? -1 : 1, this.box.value);
    if (text === null) return false;
    this.#fill(text);
    this.suggestions.hide();
    return true;
  }
}

/** What stands in the composer's place where nothing can be written. */
export function closedComposer(...words) {
  return add(el("div.closed"), words);
}
