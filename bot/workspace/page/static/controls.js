// Block Kit's interactive elements, wherever they stand: each with its state, and what a change does.

import { checkboxes, conversationsSelect, radioButtons, staticSelect, usersSelect } from "./choices.js";
import { el } from "./dom.js";
import { date, dateTime, number, plainText, time } from "./fields.js";
import { plain } from "./mrkdwn.js";
import { overflow } from "./overflow.js";
import { multiConversations, multiStatic, multiUsers } from "./picker.js";
import { sendable } from "./states.js";

const SETTLED_MS = 500;
const NAMES = { datepicker: "Date", timepicker: "Time", datetimepicker: "Date and time", overflow: "More actions" };

const BUILDERS = {
  button,
  checkboxes,
  channels_select: conversationsSelect,
  conversations_select: conversationsSelect,
  datepicker: date,
  datetimepicker: dateTime,
  multi_conversations_select: multiConversations,
  multi_static_select: multiStatic,
  multi_users_select: multiUsers,
  number_input: number,
  overflow,
  plain_text_input: plainText,
  radio_buttons: radioButtons,
  static_select: staticSelect,
  timepicker: time,
  users_select: usersSelect,
};

let lastId = 0;

/**
 * An element of a block.
 *
 * @param {object} element @param {object} block the block it stands in
 * @param {object} context as in `renderBlocks`
 * @param {string} label what it is called, where nothing on the screen says so
 * @returns {{node: Node, main: HTMLElement|null, focus: HTMLElement|null}} `main` takes a label's `for`
 */
export function control(element, block, context, label = "") {
  const build = BUILDERS[element.type];
  if (!build) return { node: el("span.unknown", {}, `This page does not show ${element.type} yet.`), main: null, focus: null };
  const isInput = block.type === "input";
  const isHolder = !["button", "overflow"].includes(element.type);
  lastId += 1;
  const id = `control-${lastId}`;
  const act = (sent) => context.act(element, block.block_id, made.node, sent);
  let settled = null;
  let told = null;

  const send = async (state) => {
    clearTimeout(settled);
    const before = told;
    told = null;
    if (await act({ state: sendable(element, state) })) return;
    // Not confirmed, or it did not get through: show again what the app knows.
    if (isInput) return;
    context.filled.keep(block.block_id, element, before);
    made.node.replaceWith(control(element, block, context, label).node);
  };
  const use = {
    id, workspace: context.names,
    optional: isInput && block.optional === true,
    state: isHolder ? context.filled.state(block.block_id, element) : null,
    press: (sent = {}) => act(sent),
    changed(state, { typing = false } = {}) {
      told ??= context.filled.state(block.block_id, element);
      context.filled.keep(block.block_id, element, state);
      context.touched?.(block.block_id);
      if (!dispatches(element, block, typing)) return;
      clearTimeout(settled);
      if (typing) settled = setTimeout(() => send(state), SETTLED_MS);
      else send(state);
    },
    enter(state) {
      if (!isInput || !block.dispatch_action || !onEnter(element)) return false;
      send(state);
      return true;
    },
  };
  const made = build(element, use);
  made.node.dataset.action = element.action_id ?? "";
  if (made.main && !isInput && element.type !== "button") {
    made.main.setAttribute("aria-label", label || element.placeholder?.text || NAMES[element.type] || "Choose");
  }
  return { focus: made.main, ...made };
}

/** Whether the app hears of a change at once, and not only with the submission. */
function dispatches(element, block, typing) {
  if (block.type !== "input") return true;
  if (!block.dispatch_action) return false;
  if (!["plain_text_input", "number_input"].includes(element.type)) return true;
  return typing && (element.dispatch_action_config?.trigger_actions_on ?? []).includes("on_character_entered");
}

const onEnter = (element) =>
  ["plain_text_input", "number_input"].includes(element.type)
  && (element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"]).includes("on_enter_pressed");

function button(element, use) {
  const style = ["primary", "danger"].includes(element.style) ? element.style : "";
  const props = { class: style, "aria-label": element.accessibility_label, on: { click: () => use.press() } };
  const label = plain(element.text?.text ?? "");
  const main = /^https?:\/\//i.test(element.url ?? "")
    ? el("a.button", { ...props, href: element.url, target: "_blank", rel: "noopener noreferrer" }, label)
    : el("button.button", { ...props, type: "button" }, label);
  return { node: main, main };
}
