import { el, replace } from "./dom.js";
import { emojiByName, emojiNames } from "./emoji.js";
import { icon } from "./icons.js";
import { avatar } from "./people.js";

const SHOWN = 8;

/**
 * What could be meant at the caret.
 *
 * @param {string} text the box's text up to the caret
 * @param {object} workspace
 * @returns {{from: number, options: {insert: string, title: string, note: string, picture: Node|null}[]}|null}
 *   `from`: where the piece that an option replaces begins
 */
export function suggest(text, workspace) {
  const command = /^\/(\S*)$/.exec(text);
  if (command) return found(0, commands(command[1], workspace));
  const piece = /(?:^|[\s(])([@#:])([\p{L}\p{N}._+-]*)$/u.exec(text);
  if (!piece) return null;
  const [, sign, typed] = piece;
  const from = text.length - typed.length - 1;
  if (sign === "@") return found(from, people(typed.toLowerCase(), workspace));
  if (sign === "#") return found(from, channels(typed.toLowerCase(), workspace));
  return typed.length >= 2 ? found(from, emojis(typed.toLowerCase())) : null;
}

const found = (from, options) => (options.length ? { from, options: options.slice(0, SHOWN) } : null);

function commands(typed, workspace) {
  return workspace.commands
    .filter(({ command }) => command.startsWith(`/${typed}`))
    .map(({ command, description, usage_hint: usage }) => ({
      insert: `${command} `, title: `${command} ${usage ?? ""}`.trim(), note: description ?? "", picture: null,
    }));
}

function people(typed, workspace) {
  const everyone = ["channel", "here"].filter((name) => typed && name.startsWith(typed)).map((name) => ({
    insert: `@${name} `, title: `@${name}`, note: "Everybody in this channel", picture: el("span.sign", {}, icon("people")),
  }));
  return workspace.users
    .filter((user) => `${user.name} ${user.real_name ?? ""}`.toLowerCase().split(/\s+/).some((word) => word.startsWith(typed)))
    .map((user) => ({
      insert: `@${user.name} `, title: `@${user.name}`, note: [user.real_name, user.title].filter(Boolean).join(" · "),
      picture: avatar({ ...user, name: user.real_name || user.name }, "small"),
    }))
    .concat(groups(typed, workspace), everyone);
}

function groups(typed, workspace) {
  return workspace.groups.filter(({ handle }) => handle.startsWith(typed)).map(({ handle, name, users }) => ({
    insert: `@${handle} `, title: `@${handle}`, note: `${name} · user group, ${users.length} people`,
    picture: el("span.sign", {}, icon("people")),
  }));
}

function channels(typed, workspace) {
  return workspace.conversations
    .filter(({ kind, name }) => kind !== "im" && name.includes(typed))
    .map((one) => ({ insert: `#${one.name} `, title: `#${one.name}`, note: one.topic ?? "",
      picture: el("span.sign", {}, icon(one.kind === "private" ? "lock" : "hash")) }));
}

function emojis(typed) {
  return emojiNames.filter((name) => name.includes(typed)).map((name) => ({
    insert: `:${name}: `, title: `:${name}:`, note: "", picture: emojiByName(name),
  }));
}

/** The list under the caret, as a listbox that its box drives (ARIA's combobox pattern). */
export class SuggestionList {
  constructor(box, id, choose) {
    this.box = box;
    this.choose = choose;
    this.options = [];
    this.index = -1;
    this.list = el("ul.suggestions", { id, role: "listbox", "aria-label": "Suggestions", hidden: true });
    box.setAttribute("aria-controls", id);
    this.hide();
  }

  get shown() {
    return !this.list.hidden;
  }

  get chosen() {
    return this.options[this.index] ?? null;
  }

  show(options, { preselect = true } = {}) {
    this.options = options;
    replace(this.list, options.map((option, index) =>
      el("li", { role: "option", id: `${this.list.id}-${index}`, "aria-selected": "false",
        // On mousedown: a click would take the focus from the box first.
        on: { mousedown: (event) => { event.preventDefault(); this.choose(option); } } },
      option.picture, el("span.option-title", {}, option.title), option.note && el("span.option-note", {}, option.note))));
    this.list.hidden = options.length === 0;
    this.box.setAttribute("aria-expanded", String(this.shown));
    this.select(preselect ? 0 : -1);
  }

  hide() {
    this.options = [];
    this.index = -1;
    this.list.hidden = true;
    this.box.setAttribute("aria-expanded", "false");
    this.box.removeAttribute("aria-activedescendant");
  }

  move(step) {
    this.select((this.index + step + this.options.length) % this.options.length);
  }

  select(index) {
    this.index = index;
    for (const [at, node] of [...this.list.children].entries()) node.setAttribute("aria-selected", String(at === index));
    const node = this.list.children[index];
    if (node) {
      this.box.setAttribute("aria-activedescendant", node.id);
      node.scrollIntoView({ block: "nearest" });
    } else this.box.removeAttribute("aria-activedescendant");
  }
}
