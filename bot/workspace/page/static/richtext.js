// The rich_text block (docs.slack.dev, "Rich text block").

import { preformatted } from "./columns.js";
import { el } from "./dom.js";
import { emojiByName } from "./emoji.js";
import { broadcast, channelLink, groupMention, mention } from "./mrkdwn.js";
import { dateText } from "./times.js";

export function richText(block, names) {
  return (block.elements ?? []).map((element) => part(element, names));
}

function part(element, names) {
  const inside = () => (element.elements ?? []).map((one) => inline(one, names));
  switch (element.type) {
    case "rich_text_section":
      return el("div.rich-section", {}, inside());
    case "rich_text_preformatted":
      return preformatted((element.elements ?? []).map((one) => one.text ?? one.url ?? "").join(""));
    case "rich_text_quote":
      return el("blockquote", {}, inside());
    case "rich_text_list":
      return list(element, names);
    default:
      return el("p.unknown", {}, `This page does not show ${element.type} yet.`);
  }
}

function list(element, names) {
  const ordered = element.style === "ordered";
  const items = (element.elements ?? []).map((one) => el("li", {}, part(one, names)));
  const start = ordered && element.offset ? element.offset + 1 : null;
  return el(ordered ? "ol" : "ul", { class: `indent-${Math.min(element.indent ?? 0, 5)}`, start }, items);
}

function inline(element, names) {
  switch (element.type) {
    case "text":
      return styled(textNodes(element.text), element.style);
    case "link":
      return styled([link(element)], element.style);
    case "emoji":
      return styled([emojiByName(element.name) ?? `:${element.name}:`], element.style);
    case "user":
      return mention(element.user_id, names);
    case "channel":
      return channelLink(element.channel_id, names);
    case "broadcast":
      return broadcast(element.range);
    case "usergroup":
      return groupMention(element.usergroup_id, names);
    case "date":
      return el("time", {}, dateText(element.timestamp, element.format ?? "", element.fallback ?? null));
    case "color":
      return el("code", {}, element.value);
    default:
      return element.text ?? "";
  }
}

/** Line breaks inside a text element are shown as such. */
function textNodes(text) {
  return text.split("\n").flatMap((line, index) => (index ? [el("br"), line] : [line]));
}

function link(element) {
  const label = element.text ?? element.url;
  if (!/^(?:https?:\/\/|mailto:)/i.test(element.url ?? "")) return label;
  return el("a", { href: element.url, target: "_blank", rel: "noopener noreferrer" }, label);
}

function styled(nodes, style = {}) {
  let inner = nodes;
  if (style.code) inner = [el("code", {}, inner)];
  if (style.strike) inner = [el("s", {}, inner)];
  if (style.italic) inner = [el("em", {}, inner)];
  if (style.bold) inner = [el("strong", {}, inner)];
  return inner;
}

