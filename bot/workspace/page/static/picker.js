// Several of many: what was chosen as chips, in the order of choosing, and a box that finds the others
// by a few letters (ARIA's combobox pattern). A builder as in fields.js.

import { conversations, pickable } from "./choices.js";
import { el, replace } from "./dom.js";
import { icon } from "./icons.js";
import { avatar } from "./people.js";
import { contentOf, optionsOf, stateOf } from "./states.js";
import { SuggestionList } from "./suggestions.js";

export const multiStatic = (element, use) =>
  picker(element, use, optionsOf(element).map((option) => ({
    key: option.value, content: option, title: option.text?.text ?? option.value, note: option.description?.text ?? "",
  })), (content) => content.value);

export const multiUsers = (element, use) =>
  picker(element, use, pickable(use.workspace, contentOf(element, use.state)).map((user) => {
    const name = user.real_name || user.name;
    return { key: user.id, content: user.id, title: name, words: user.name, note: user.title ?? "", picture: () => avatar({ ...user, name }, "small") };
  }), (content) => content);

export const multiConversations = (element, use) =>
  picker(element, use, conversations(use.workspace).map(({ id, title }) => ({ key: id, content: id, title })), (content) => content);

/**
 * @param {object[]} offered {key, content, title, words?, note?, picture?}
 * @param {(content: any) => string} keyOf the key of something chosen before
 */
function picker(element, use, offered, keyOf) {
  const byKey = new Map(offered.map((one) => [one.key, one]));
  const chosen = contentOf(element, use.state).map((one) => byKey.get(keyOf(one))).filter(Boolean);
  const most = element.max_selected_items ?? Infinity;
  const words = element.placeholder?.text ?? "Choose…";
  const box = el("input", { id: use.id, type: "text", role: "combobox", "aria-autocomplete": "list", autocomplete: "off" });
  const list = new SuggestionList(box, `${use.id}-list`, (one) => add(one));
  const chips = el("ul.chips", { "aria-label": "Chosen" });
  const frame = el("div.picker-frame", { on: { click: (event) => event.target === frame && box.focus() } }, chips, box);
  const node = el("div.picker", {}, frame, list.list);

  const isFull = () => chosen.length >= most;
  const tell = () => use.changed(stateOf(element, chosen.map(({ content }) => content)));
  const suggest = ({ preselect }) => {
    const typed = box.value.trim().toLowerCase().replace(/^@/, "");
    const fits = (one) => `${one.title} ${one.words ?? ""}`.toLowerCase().split(/[\s_-]+/).concat(one.title.toLowerCase())
      .some((word) => word.startsWith(typed));
    const left = isFull() ? [] : offered.filter((one) => !chosen.includes(one) && (!typed || fits(one)));
    list.show(left.map((one) => ({ ...one, picture: one.picture?.() ?? null })), { preselect });
  };
  const draw = () => {
    replace(chips, chosen.map((one) => el("li.chip", {}, one.picture?.(), el("span", {}, one.title),
      el("button", { type: "button", "aria-label": `Remove ${one.title}`, on: { click: () => remove(one) } }, icon("close")))));
    chips.hidden = chosen.length === 0;
    box.placeholder = chosen.length ? (isFull() ? `${most} at most` : "Add another…") : words;
  };
  const add = ({ key }) => {
    chosen.push(byKey.get(key));
    box.value = "";
    draw();
    list.hide();
    tell();
  };
  const remove = (one) => {
    chosen.splice(chosen.indexOf(one), 1);
    draw();
    list.hide();
    box.focus();
    tell();
  };

  box.addEventListener("input", () => suggest({ preselect: true }));
  box.addEventListener("click", () => suggest({ preselect: false }));
  box.addEventListener("blur", () => list.hide());
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!list.shown) suggest({ preselect: true });
      else if (list.options.length) list.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      // Choosing is all that Enter means here: never a submission by mistake.
      event.preventDefault();
      if (list.chosen) add(list.chosen);
    } else if (event.key === "Escape" && list.shown) {
      event.preventDefault();
      event.stopPropagation();
      list.hide();
    } else if (event.key === "Backspace" && box.value === "" && chosen.length) {
      remove(chosen.at(-1));
    }
  });
  draw();
  return { node, main: box };
}
