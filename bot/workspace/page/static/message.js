import { fileCard } from "./attachments.js";
import { renderBlocks } from "./blocks.js";
import { el } from "./dom.js";
import { emojiByName } from "./emoji.js";
import { icon } from "./icons.js";
import { picture } from "./image.js";
import { mrkdwn } from "./mrkdwn.js";
import { avatar } from "./people.js";
import { agoText, clockText, exactText } from "./times.js";

const SYSTEM = new Set(
  ["join", "leave", "topic", "purpose", "name", "archive", "unarchive", "convert_to_private"]
    .flatMap((what) => [`channel_${what}`, `group_${what}`])
    .concat("pinned_item", "unpinned_item", "bot_add", "bot_remove"),
);

export const isSystem = (message) => SYSTEM.has(message.subtype);

/** Who a message is from: an app may speak under another name. */
export function authorOf(message, workspace) {
  const user = workspace.user(message.user);
  const own = user ? user.real_name || user.name : "Somebody";
  const emoji = message.icon_emoji ?? message.icons?.emoji ?? null;
  const named = message.username && message.username !== user?.name && message.username !== own;
  return {
    name: named ? message.username : own,
    color: named ? null : user?.color,
    is_bot: message.is_bot,
    emoji,
  };
}

/**
 * One message.
 *
 * @param {object} message as the control API gives it
 * @param {{grouped: boolean, pinned: boolean}} place `grouped`: follows one by the same person, no name again
 * @param {object} view workspace, person, channel, inThread, openThread(ts), act(message, element, blockId, node, sent)
 */
export function renderMessage(message, place, view) {
  return isSystem(message) ? systemLine(message, view) : fullMessage(message, place, view);
}

function systemLine(message, { workspace }) {
  return el("article.system", { data: { ts: message.ts } },
    el("span.system-text", {}, mrkdwn(message.text, workspace)), stamp(message));
}

function fullMessage(message, { grouped, pinned }, view) {
  const author = authorOf(message, view.workspace);
  const classes = [grouped && "grouped", message.ephemeral && "ephemeral", pinned && "pinned"].filter(Boolean).join(" ");
  return el("article.message", { class: classes, tabIndex: -1, data: { ts: message.ts } },
    el("div.gutter", {}, grouped ? stamp(message) : avatar(author)),
    el("div.content", {},
      marks(message, pinned),
      el("header", { class: grouped ? "visually-hidden" : "byline" },
        el("span.author", {}, author.name),
        author.is_bot && el("span.tag", {}, "app"),
        !grouped && stamp(message)),
      el("div.body", {}, body(message, view)),
      (message.files ?? []).map((file) => shared(file, view.person.fileAddress(file.id))),
      reactions(message, view.workspace),
      !view.inThread && replies(message, view)),
    !view.inThread && !message.ephemeral && tools(message, view));
}

function stamp(message) {
  return el("time.stamp", { datetime: new Date(Number(message.ts) * 1000).toISOString(), title: exactText(message.ts) },
    clockText(message.ts));
}

function marks(message, pinned) {
  return [
    message.ephemeral && el("div.mark", {}, icon("eye"), "Only visible to you"),
    pinned && el("div.mark.pin", {}, icon("pin"), "Pinned"),
  ];
}

function body(message, view) {
  const edited = message.edited ? el("span.edited", {}, "(edited)") : null;
  if (message.blocks?.length) {
    const act = (element, blockId, node, sent) => view.act(message, element, blockId, node, sent);
    // A card that an app keeps up to date is not an edit worth a word.
    return [renderBlocks(message.blocks, { names: view.workspace, person: view.person, act }), message.is_bot ? null : edited];
  }
  if (!message.text) return edited;
  return [el("div.text", {}, mrkdwn(message.text, view.workspace), edited && " ", edited)];
}

function shared(file, address) {
  if (!file.is_image) return fileCard(file, address);
  const title = file.title || file.name;
  return picture({ address, alt: file.alt_text || title, width: file.width, height: file.height, title });
}

function reactions(message, workspace) {
  if (!message.reactions?.length) return null;
  return el("div.reactions", {}, message.reactions.map((reaction) => {
    const users = reaction.users ?? [];
    const names = users.map((id) => workspace.user(id)?.name ?? id).join(", ");
    return el("span.reaction", { title: `${names} with :${reaction.name}:` },
      emojiByName(reaction.name) ?? `:${reaction.name}:`, el("span", {}, reaction.count ?? users.length));
  }));
}

function replies(message, view) {
  if (!message.reply_count) return null;
  const count = `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`;
  return el("button.replies", { type: "button", on: { click: () => view.openThread(message.ts) } },
    icon("reply"), el("strong", {}, count),
    message.latest_reply && el("span", {}, `last reply ${agoText(message.latest_reply)}`));
}

function tools(message, view) {
  return el("div.tools", {},
    el("button.icon-button", { type: "button", title: "Reply in thread", "aria-label": "Reply in thread",
      on: { click: () => view.openThread(message.thread_ts ?? message.ts) } }, icon("reply")));
}
