import { byId, el, replace } from "./dom.js";
import { icon } from "./icons.js";
import { mrkdwn, plain } from "./mrkdwn.js";
import { authorOf } from "./message.js";
import { avatar } from "./people.js";
import { blocksText } from "./blocks.js";
import { clockText } from "./times.js";

/**
 * Draw the open conversation's name, topic and pinned messages.
 *
 * @param {object} conversation
 * @param {object[]} pinned the pinned messages, oldest first
 * @param {object} workspace
 * @param {{menu: () => void, reveal: (ts: string) => void}} actions
 */
export function drawHeader(conversation, pinned, workspace, actions) {
  const header = byId("channel-header");
  const open = header.querySelector("details")?.open ?? false;
  replace(header,
    el("button.icon-button.menu-button", { type: "button", "aria-label": "Show channels", on: { click: actions.menu } },
      icon("menu"), workspace.waiting > 0 && el("span.menu-dot", {})),
    el("div.title", {},
      el("h2", {}, sign(conversation, workspace), el("span", {}, workspace.title(conversation)),
        conversation.is_archived && el("span.tag", {}, "archived")),
      topic(conversation, workspace)),
    pinned.length ? pins(pinned, workspace, actions.reveal, open) : null);
}

function sign(conversation, workspace) {
  if (conversation.kind !== "im") return icon(conversation.kind === "private" ? "lock" : "hash");
  const user = workspace.user(conversation.user);
  return avatar({ name: user?.real_name ?? "?", color: user?.color, is_bot: user?.is_bot }, "small");
}

function topic(conversation, workspace) {
  const user = conversation.kind === "im" ? workspace.user(conversation.user) : null;
  const text = conversation.topic || user?.title || conversation.purpose;
  return text ? el("p.topic", { title: text }, mrkdwn(text.replaceAll("\n", " "), workspace)) : null;
}

function pins(pinned, workspace, reveal, open) {
  const count = `${pinned.length} pinned`;
  const details = el("details.pins", { open: open || null },
    el("summary", {}, icon("pin"), el("span", {}, count)),
    el("ul", {}, pinned.map((message) => el("li", {},
      el("button", { type: "button", on: { click: () => { details.open = false; reveal(message.ts); } } },
        el("strong", {}, authorOf(message, workspace).name), ` ${clockText(message.ts)}`,
        el("span.pin-text", {}, plain(message.blocks?.length ? blocksText(message.blocks) : message.text)))))));
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    details.open = false;
    details.querySelector("summary").focus();
    event.stopPropagation();
  });
  return details;
}
