// Block Kit as the bot uses it: header, section, context, divider, actions, rich_text, table
// (docs.slack.dev, "Blocks"). A block that this page does not know says so instead of vanishing.

import { add, el } from "./dom.js";
import { mrkdwn, plain } from "./mrkdwn.js";
import { richText } from "./richtext.js";

/** Blocks that make a message a card of its own rather than something somebody said. */
const CARD = new Set(["header", "actions", "table", "divider"]);

/**
 * @param {object[]} blocks
 * @param {{names: object, act: (element: object, blockId: string, button: HTMLElement) => void}} context
 */
export function renderBlocks(blocks, context) {
  const isCard = blocks.some((block) => CARD.has(block.type));
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

function render(block, context) {
  const renderer = RENDERERS[block.type];
  return renderer ? renderer(block, context) : el("p.unknown", {}, `This page does not show ${block.type} blocks yet.`);
}

const RENDERERS = {
  header: (block) => el("h3.block-header", {}, plain(block.text?.text ?? "")),
  divider: () => el("hr"),
  section,
  context: (block, { names }) =>
    el("div.block-context", {}, (block.elements ?? []).map((one) =>
      one.type === "image" ? el("span", {}, one.alt_text) : el("span", {}, textObject(one, names)))),
  actions: (block, context) =>
    el("div.block-actions", {}, (block.elements ?? []).map((one) => control(one, block.block_id, context))),
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
  const accessory = block.accessory && control(block.accessory, block.block_id, context);
  return el("div.block-section", {}, body, accessory && el("div.block-accessory", {}, accessory));
}

function control(element, blockId, context) {
  if (element.type !== "button") return el("span.unknown", {}, `This page does not show ${element.type} yet.`);
  const label = plain(element.text?.text ?? "");
  const style = ["primary", "danger"].includes(element.style) ? element.style : "";
  const press = (event) => context.act(element, blockId, event.currentTarget);
  const shared = { class: style, "aria-label": element.accessibility_label, data: { action: element.action_id ?? "" } };
  if (/^https?:\/\//i.test(element.url ?? "")) {
    return el("a.button", { ...shared, href: element.url, target: "_blank", rel: "noopener noreferrer", on: { click: press } }, label);
  }
  return el("button.button", { ...shared, type: "button", on: { click: press } }, label);
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
