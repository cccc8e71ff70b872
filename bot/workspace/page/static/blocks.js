// Block Kit as the bot uses it: header, section, context, divider, actions, input, image, rich_text, table
// (docs.slack.dev, "Blocks"). A block that this page does not know says so instead of vanishing.

import { control } from "./controls.js";
import { add, el } from "./dom.js";
import { blockImage } from "./image.js";
import { mrkdwn, plain } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { Filled } from "./states.js";

/** Blocks that make a message a card of its own rather than something somebody said. */
const CARD = new Set(["header", "actions", "table", "divider"]);

/**
 * @param {object[]} blocks
 * @param {object} given
 *   names: the workspace; person: who looks;
 *   act(element, blockId, node, {state?, value?}): tell the app, resolves to whether that was done;
 *   filled: what was filled in before, if that is kept; touched(blockId): an input was changed
 * @param {boolean} card whether they may make a card; a view is one already
 */
export function renderBlocks(blocks, given, { card = true } = {}) {
  const context = { filled: new Filled(), ...given };
  const isCard = card && blocks.some((block) => CARD.has(block.type));
  return el("div.blocks", { class: isCard ? "card" : "" }, blocks.map((block) => render(block, context)));
}

/** One line of words for a preview or a notice. */
export function blocksText(blocks) {
  for (const block of blocks) {
    const text = block.text?.text ?? block.fields?.[0]?.text;
    if (text) return text;
  }
  return "";
}

/** What a person knows an element by, where something went wrong with it. */
export const nameOf = (element) => (element.text?.text ? `“${element.text.text}”` : "Your choice");

function render(block, context) {
  const renderer = RENDERERS[block.type];
  return renderer ? renderer(block, context) : el("p.unknown", {}, `This page does not show ${block.type} blocks yet.`);
}

const RENDERERS = {
  header: (block) => el("h3.block-header", {}, plain(block.text?.text ?? "")),
  divider: () => el("hr"),
  section,
  context: (block, context) =>
    el("div.block-context", {}, (block.elements ?? []).map((one) =>
      one.type === "image" ? blockImage(one, context, { small: true }) : el("span", {}, textObject(one, context.names)))),
  actions: (block, context) =>
    el("div.block-actions", {}, (block.elements ?? []).map((one) => control(one, block, context).node)),
  image: blockImage,
  input,
  rich_text: (block, { names }) => el("div.block-rich", {}, richText(block, names)),
  table,
};

function textObject(object, names) {
  if (!object) return null;
  return object.type === "mrkdwn" ? mrkdwn(object.text, names) : plain(object.text);
}

function section(block, context) {
  const body = el("div.block-body");
  if (block.text) body.append(el("div.block-text", {}, textObject(block.text, context.names)));
  if (block.fields?.length) {
    body.append(el("div.block-fields", {}, block.fields.map((field) =>
      el("div.block-field", {}, textObject(field, context.names)))));
  }
  return el("div.block-section", {}, body, block.accessory && el("div.block-accessory", {}, accessory(block, context)));
}

function accessory(block, context) {
  if (block.accessory.type === "image") return blockImage(block.accessory, context);
  // The section's text says what its menu is for.
  return control(block.accessory, block, context, (block.text?.text ?? "").replace(/[*_~`]/g, "").slice(0, 200)).node;
}

/** An input with its label, its hint, and room for what is wrong with it (`showErrors`). */
function input(block, context) {
  const { node, main } = control(block.element, block, context);
  const id = main?.id ?? "";
  const label = [plain(block.label?.text ?? ""), block.optional && el("span.optional", {}, " (optional)")];
  const isGroup = main instanceof HTMLDivElement;
  if (isGroup) main.setAttribute("aria-labelledby", `${id}-label`);
  if (!block.optional) main?.setAttribute("aria-required", "true");
  const hint = block.hint && el("p.hint", { id: `${id}-hint` }, plain(block.hint.text));
  if (hint) main?.setAttribute("aria-describedby", hint.id);
  return el("div.block-input", { data: { block: block.block_id } },
    isGroup ? el("span.input-label", { id: `${id}-label` }, label) : el("label.input-label", { for: id }, label),
    node, hint, el("p.input-error", { id: `${id}-error`, hidden: true }));
}

/**
 * Say beneath each input what is wrong with it, and at no other.
 *
 * @param {HTMLElement} node what `renderBlocks` gave
 * @param {object} errors words by block_id
 * @returns {string[]} the ids of blocks that are not there, or no inputs
 */
export function showErrors(node, errors) {
  const left = new Set(Object.keys(errors));
  for (const place of node.querySelectorAll(".block-input")) {
    const words = errors[place.dataset.block];
    const error = place.querySelector(":scope > .input-error");
    const main = document.getElementById(error.id.replace(/-error$/, "")) ?? place;
    const others = (main.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== error.id);
    error.hidden = words === undefined;
    error.textContent = words ?? "";
    place.classList.toggle("wrong", words !== undefined);
    if (words === undefined) main.removeAttribute("aria-invalid");
    else main.setAttribute("aria-invalid", "true");
    main.setAttribute("aria-describedby", [...others, ...(words === undefined ? [] : [error.id])].join(" "));
    left.delete(place.dataset.block);
  }
  return [...left];
}

function table(block, { names }) {
  const settings = block.column_settings ?? [];
  const cell = (one, column, header) => {
    const setting = settings[column] ?? {};
    const classes = `${["right", "center"].includes(setting.align) ? setting.align : ""} ${setting.is_wrapped ? "wrapped" : ""}`;
    const node = el(header ? "th" : "td", { class: classes, scope: header ? "col" : null });
    return add(node, [one.type === "rich_text" ? richText(one, names) : plain(String(one.text ?? ""))]);
  };
  const [head, ...rows] = block.rows ?? [];
  if (!head) return null;
  const label = head.map((one) => one.text ?? "").filter(Boolean).join(", ");
  return el("div.block-table", { tabIndex: 0, role: "group", "aria-label": label ? `Table: ${label}` : "Table" },
    el("table", {},
      el("thead", {}, el("tr", {}, head.map((one, column) => cell(one, column, true)))),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map((one, column) => cell(one, column, false)))))));
}
