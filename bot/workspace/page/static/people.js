import { el } from "./dom.js";
import { emojiByName } from "./emoji.js";

const HUES = ["#0d6e66", "#7a4fa3", "#a8492e", "#2f62a8", "#8a6a12", "#3f7d3a", "#a23b6c", "#4c5a78"];

/** A colour for a name that has none of its own: the same one each time. */
function colourOf(name) {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + character.codePointAt(0)) >>> 0;
  return HUES[sum % HUES.length];
}

/** Black or white, whichever reads better on the colour (WCAG relative luminance). */
function inkOn(colour) {
  const channels = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2];
  return luminance > 0.19 ? "#14181d" : "#ffffff";
}

function initials(name) {
  const words = name.replace(/[^\p{L}\p{N}\s._-]/gu, "").split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? words[0][0] + words[words.length - 1][0] : (words[0] ?? "?").slice(0, 2);
  return letters.toUpperCase();
}

/** A rounded square in the person's colour with their initials, or the emoji they speak under. */
export function avatar({ name, color, is_bot: isBot, emoji }, size = "") {
  const given = color ? (color.startsWith("#") ? color : `#${color}`) : "";
  const colour = /^#[0-9a-f]{6}$/i.test(given) ? given : colourOf(name);
  const picture = emoji ? emojiByName(emoji.replaceAll(":", "")) : null;
  const node = el("span.avatar", { class: `${size} ${isBot ? "bot" : ""} ${picture ? "pictured" : ""}`, "aria-hidden": "true" },
    picture ?? initials(name));
  if (!picture) {
    // Through the object model: the page's policy forbids style attributes.
    node.style.setProperty("background-color", colour);
    node.style.setProperty("color", inkOn(colour));
  }
  return node;
}
