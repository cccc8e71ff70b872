// Inputs that offer a choice: menus, radio buttons, checkboxes. Builders as in fields.js.

import { el } from "./dom.js";
import { mrkdwn, plain } from "./mrkdwn.js";
import { contentOf, optionsOf, stateOf } from "./states.js";

/** One of some: the browser's own menu, which keyboards, screen readers and phones know. */
function menu(element, use, { groups, chosen, contentFor }) {
  const item = ({ value, title }) => el("option", { value }, title);
  const main = el("select.input", {
    id: use.id, on: { change: () => use.changed(stateOf(element, main.value === "" ? null : contentFor(main.value))) },
  },
  el("option", { value: "", disabled: !use.optional }, element.placeholder?.text ?? "Choose…"),
  groups.map(({ label, options }) => (label ? el("optgroup", { label }, options.map(item)) : options.map(item))));
  main.value = chosen ?? "";
  return { node: el("span.select", {}, main), main };
}

export function staticSelect(element, use) {
  const option = ({ value, text }) => ({ value, title: text?.text ?? value });
  const groups = element.option_groups
    ? element.option_groups.map((group) => ({ label: group.label?.text, options: group.options.map(option) }))
    : [{ options: optionsOf(element).map(option) }];
  return menu(element, use, {
    groups,
    chosen: contentOf(element, use.state)?.value,
    contentFor: (value) => optionsOf(element).find((one) => one.value === value),
  });
}

export function usersSelect(element, use) {
  const options = pickable(use.workspace, contentOf(element, use.state))
    .map((user) => ({ value: user.id, title: user.real_name || user.name }));
  return menu(element, use, { groups: [{ options }], chosen: contentOf(element, use.state), contentFor: (value) => value });
}

export function conversationsSelect(element, use) {
  const options = conversations(use.workspace).map(({ id, title }) => ({ value: id, title }));
  return menu(element, use, { groups: [{ options }], chosen: contentOf(element, use.state), contentFor: (value) => value });
}

/** Those whom a menu of people offers: not who left, but for those who are chosen already. */
export const pickable = (workspace, chosen) =>
  workspace.users.filter((user) => !user.deleted || [chosen].flat().includes(user.id));

/** The conversations that a menu offers, by the names that this person knows them by. */
export const conversations = (workspace) =>
  workspace.conversations.filter((one) => !one.is_archived).map((one) => ({
    id: one.id, title: one.kind === "im" ? workspace.title(one) : `#${workspace.title(one)}`,
  }));

export function radioButtons(element, use) {
  return group(element, use, "radio", {
    isOn: (option) => contentOf(element, use.state)?.value === option.value,
    read: ([option]) => option ?? null,
  });
}

export function checkboxes(element, use) {
  const chosen = new Set(contentOf(element, use.state).map(({ value }) => value));
  return group(element, use, "checkbox", { isOn: ({ value }) => chosen.has(value), read: (options) => options });
}

function group(element, use, type, { isOn, read }) {
  const inputs = [];
  const options = optionsOf(element);
  const changed = () => use.changed(stateOf(element, read(options.filter((_, at) => inputs[at].checked))));
  const words = (object) => (object.type === "mrkdwn" ? mrkdwn(object.text, use.workspace) : plain(object.text));
  const rows = options.map((option, at) => {
    const note = option.description && `${use.id}-${at}-note`;
    const input = el("input", { type, name: use.id, value: option.value, checked: isOn(option), "aria-describedby": note, on: { change: changed } });
    inputs.push(input);
    return el("label.choice", {}, input, el("span", {}, words(option.text),
      option.description && el("small", { id: note }, words(option.description))));
  });
  const node = el("div.choices", { id: use.id, role: type === "radio" ? "radiogroup" : "group" }, rows);
  return { node, main: node, focus: inputs.find((input) => input.checked) ?? inputs[0] };
}
