// Fixed-width text whose columns line up although a font draws wide characters at a width of its own.
// psql counts a CJK character or an emoji as two columns: each gets a cell of exactly that many.

const WIDE = new RegExp(
  "^[\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\ua4cf\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe30-\\ufe4f\\uff00-\\uff60" +
    "\\uffe0-\\uffe6\\u{20000}-\\u{3fffd}]|^\\p{Emoji_Presentation}|\\ufe0f",
  "u",
);
const PLAIN = /^[\u0009\u000a\u0020-\u02ff]*$/;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The number of columns a terminal gives a grapheme. */
export const columnsOf = (grapheme) => (WIDE.test(grapheme) ? 2 : 1);

/** Append `text` to a `pre` or `code`, one cell a character outside the Latin letters. */
export function addFixedWidth(node, text) {
  if (PLAIN.test(text)) {
    node.append(text);
    return node;
  }
  let plain = "";
  for (const { segment } of graphemes.segment(text)) {
    if (PLAIN.test(segment)) {
      plain += segment;
      continue;
    }
    const cell = document.createElement("span");
    cell.className = columnsOf(segment) === 2 ? "cell wide" : "cell";
    cell.textContent = segment;
    node.append(plain, cell);
    plain = "";
  }
  node.append(plain);
  return node;
}

/** A scrollable block of fixed-width text, reachable by the keyboard. */
export function preformatted(text) {
  const pre = document.createElement("pre");
  pre.tabIndex = 0;
  pre.setAttribute("role", "group");
  pre.setAttribute("aria-label", "Preformatted text");
  const code = document.createElement("code");
  pre.append(addFixedWidth(code, text));
  return pre;
}
