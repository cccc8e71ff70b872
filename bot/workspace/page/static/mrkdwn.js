// Slack's mrkdwn to DOM nodes (docs.slack.dev, "Formatting message text"). It builds nodes from text,
// never markup: an unknown or unfinished piece stays the text it is.

import { preformatted } from "./columns.js";
import { el } from "./dom.js";
import { EMOJI_PATTERN, emoji, emojiByName } from "./emoji.js";
import { dateText } from "./times.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
export const unescape = (text) => text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);

const STYLES = { "*": "strong", _: "em", "~": "s" };
const SAFE_LINK = /^(?:https?:\/\/|mailto:)/i;
const BARE_LINK = /^https?:\/\/[^\s<>|`]*[^\s<>|`.,;:!?)\]}'"*_~]/i;
const SHORT_NAME = /^:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/;
const EMOJI_HERE = new RegExp(EMOJI_PATTERN.source, "uy");
const WORD = /[\p{L}\p{N}]/u;

/**
 * @param {string} text as Slack stores it, with &amp; &lt; &gt; and <…> references
 * @param {object} names the workspace: who and what a reference names
 * @returns {DocumentFragment}
 */
export function mrkdwn(text, names) {
  const out = document.createDocumentFragment();
  let rest = text;
  while (rest) {
    const open = rest.indexOf("```");
    const close = open < 0 ? -1 : rest.indexOf("```", open + 3);
    if (close < 0 || close === open + 3) {
      addLines(out, rest, names);
      break;
    }
    if (open > 0) addLines(out, rest.slice(0, open).replace(/\n$/, ""), names);
    const inside = rest.slice(open + 3, close).replace(/^\n/, "").replace(/\n$/, "");
    out.append(preformatted(unescape(plainReferences(inside))));
    rest = rest.slice(close + 3).replace(/^\n/, "");
  }
  return out;
}

/** Text of type plain_text: emoji names are drawn, everything else is itself. */
export function plain(text) {
  const out = document.createDocumentFragment();
  addPlain(out, text);
  return out;
}

function addLines(out, text, names) {
  if (!text) return;
  let quote = null;
  let previous = null;
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    if (/^(?:&gt;|>){3}/.test(line)) {
      const rest = [line.replace(/^(?:&gt;|>){3} ?/, ""), ...lines.slice(index + 1)].join("\n");
      const block = el("blockquote");
      addLines(block, rest, names);
      out.append(block);
      return;
    }
    const quoted = /^(?:&gt;|>) ?/.exec(line);
    const target = quoted ? (quote ??= out.appendChild(el("blockquote"))) : out;
    if (!quoted) quote = null;
    // A quote is a block of its own and needs no line break around it.
    if (previous !== null && previous === target) target.append(el("br"));
    addInline(target, quoted ? line.slice(quoted[0].length) : line, names);
    previous = target;
  }
}

/** One line's worth of text: styles, code, references, emoji, bare links. */
function addInline(out, text, names) {
  let buffer = "";
  let at = 0;
  const flush = () => {
    if (buffer) out.append(buffer);
    buffer = "";
  };
  while (at < text.length) {
    const piece = pieceAt(text, at, names);
    if (!piece) {
      const character = String.fromCodePoint(text.codePointAt(at));
      buffer += character;
      at += character.length;
    } else {
      if (typeof piece.node === "string") buffer += piece.node;
      else {
        flush();
        out.append(piece.node);
      }
      at = piece.end;
    }
  }
  flush();
}

function pieceAt(text, at, names) {
  const character = text[at];
  if (character === "&") {
    const entity = /^&(?:amp|lt|gt);/.exec(text.slice(at, at + 5));
    return entity && { node: ENTITIES[entity[0]], end: at + entity[0].length };
  }
  if (character === "`") return codeAt(text, at);
  if (character === "<") {
    const end = text.indexOf(">", at);
    const node = end > at + 1 && reference(text.slice(at + 1, end), names);
    return node ? { node, end: end + 1 } : null;
  }
  if (character in STYLES) return styledAt(text, at, names);
  if (character === ":") {
    const name = SHORT_NAME.exec(text.slice(at, at + 60));
    const node = name && emojiByName(name[1]);
    return node ? { node, end: at + name[0].length } : null;
  }
  if ((character === "h" || character === "H") && !WORD.test(text[at - 1] ?? "")) {
    const link = BARE_LINK.exec(text.slice(at));
    return link && { node: anchor(unescape(link[0]), unescape(link[0])), end: at + link[0].length };
  }
  return emojiAt(text, at);
}

function emojiAt(text, at) {
  if (text.charCodeAt(at) < 0x2000) return null;
  EMOJI_HERE.lastIndex = at;
  const found = EMOJI_HERE.exec(text);
  return found && { node: emoji(found[0]), end: at + found[0].length };
}

function codeAt(text, at) {
  const end = text.indexOf("`", at + 1);
  if (end <= at + 1) return null;
  return { node: el("code", {}, unescape(plainReferences(text.slice(at + 1, end)))), end: end + 1 };
}

function styledAt(text, at, names) {
  if (WORD.test(text[at - 1] ?? "") || /\s/.test(text[at + 1] ?? " ")) return null;
  const end = closing(text, at);
  if (end < 0) return null;
  const node = el(STYLES[text[at]]);
  addInline(node, text.slice(at + 1, end), names);
  return { node, end: end + 1 };
}

/** Where the style that opens at `at` closes, or −1; code and references in between are skipped. */
function closing(text, at) {
  for (let i = at + 1; i < text.length; i += 1) {
    if (text[i] === "`" || text[i] === "<") {
      const end = text.indexOf(text[i] === "<" ? ">" : "`", i + 1);
      if (end > i) i = end;
    } else if (text[i] === text[at] && i > at + 1 && !/\s/.test(text[i - 1]) && !WORD.test(text[i + 1] ?? "")) {
      return i;
    }
  }
  return -1;
}

/** Inside code a reference shows as what it stands for: <https://a|b> as b, <https://a> as its address. */
function plainReferences(text) {
  return text.replace(/<((?:https?:|mailto:)[^>|]*)(?:\|([^>]*))?>/g, (_, address, label) => label ?? address);
}

function anchor(address, label) {
  if (!SAFE_LINK.test(address)) return document.createTextNode(label);
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, label);
}

function reference(content, names) {
  const bar = content.indexOf("|");
  const target = bar < 0 ? content : content.slice(0, bar);
  const label = bar < 0 ? null : unescape(content.slice(bar + 1));
  if (target.startsWith("@")) return mention(target.slice(1), names, label);
  if (target.startsWith("#")) return channelLink(target.slice(1), names, label);
  if (target.startsWith("!")) return special(target.slice(1), names, label);
  if (SAFE_LINK.test(target)) return anchor(unescape(target), label ?? unescape(target).replace(/^mailto:/, ""));
  return null;
}

export function mention(uid, names, label = null) {
  const user = names.user(uid);
  const mine = uid === names.me?.id;
  return el("span.mention", { class: mine ? "mine" : "", title: user?.title || null, data: { user: uid } },
    `@${user?.name ?? label ?? uid}`);
}

export function channelLink(cid, names, label = null) {
  const conversation = names.conversation(cid);
  if (!conversation) return el("span.mention", {}, label ? `#${label}` : "a private channel");
  return el("a.mention", { href: names.address(cid), data: { channel: cid } }, `#${conversation.name}`);
}

export function groupMention(id, names, label = null) {
  const group = names.group(id);
  return el("span.mention", { class: group?.users.includes(names.me?.id) ? "mine" : "", title: group?.name ?? null },
    group ? `@${group.handle}` : label ?? `@${id}`);
}

export function broadcast(range) {
  return el("span.mention.mine", {}, `@${range}`);
}

function special(target, names, label) {
  const [name, ...rest] = target.split("^");
  if (["channel", "here", "everyone"].includes(name)) return broadcast(name);
  if (name === "subteam") return groupMention(rest[0], names, label);
  if (name === "date") {
    const text = dateText(Number(rest[0]), rest[1] ?? "", label);
    return rest[2] && SAFE_LINK.test(rest[2]) ? anchor(rest[2], text) : el("time", {}, text);
  }
  return label === null ? null : document.createTextNode(label);
}

function addPlain(out, text) {
  let buffer = "";
  let at = 0;
  while (at < text.length) {
    const name = text[at] === ":" ? SHORT_NAME.exec(text.slice(at, at + 60)) : null;
    const named = name && emojiByName(name[1]);
    const piece = named ? { node: named, end: at + name[0].length } : emojiAt(text, at);
    if (piece) {
      out.append(buffer, piece.node);
      buffer = "";
      at = piece.end;
    } else {
      const character = String.fromCodePoint(text.codePointAt(at));
      buffer += character;
      at += character.length;
    }
  }
  out.append(buffer);
}
