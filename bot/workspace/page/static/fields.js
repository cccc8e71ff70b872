// Inputs that are typed into: text, numbers, dates and times.
// A builder gives {node, main}: what to show, and what takes the label and the focus.

import { el } from "./dom.js";
import { contentOf, stateOf } from "./states.js";

/**
 * @typedef {object} Use what a builder gets with its element
 * @property {string} id for `main`
 * @property {object} state what the element holds
 * @property {(state: object, how?: {typing?: boolean}) => void} changed `typing`: there may be more to come
 * @property {(state: object) => boolean} [enter] Enter was pressed; true where that was all it means
 * @property {object} workspace
 */

const placeholder = (element) => element.placeholder?.text ?? null;

/** A single-line input of the browser's own, whose text `read` makes the element's content. */
function single(element, use, props, { shown, read = (text) => text }) {
  const main = el("input.input", {
    id: use.id, autocomplete: "off", placeholder: placeholder(element), value: shown, ...props,
    on: {
      input: () => use.changed(stateOf(element, read(main.value)), { typing: true }),
      keydown: (event) => {
        if (event.key === "Enter" && !event.isComposing && use.enter?.(stateOf(element, read(main.value)))) event.preventDefault();
      },
    },
  });
  return { node: main, main };
}

export function plainText(element, use) {
  const shown = contentOf(element, use.state) ?? "";
  if (!element.multiline) return single(element, use, { type: "text" }, { shown });
  const main = el("textarea.input", {
    id: use.id, rows: "4", placeholder: placeholder(element), value: shown,
    on: { input: () => use.changed(stateOf(element, main.value), { typing: true }) },
  });
  return { node: main, main };
}

/** As text: what is no number is for the workspace to refuse in words, not for the browser to drop. */
export function number(element, use) {
  return single(element, use, { type: "text", inputmode: element.is_decimal_allowed ? "decimal" : "numeric", class: "short" },
    { shown: contentOf(element, use.state) ?? "", read: (text) => text.trim() });
}

export function date(element, use) {
  return single(element, use, { type: "date", class: "short" }, { shown: contentOf(element, use.state) ?? "" });
}

export function time(element, use) {
  const { node, main } = single(element, use, { type: "time", class: "short" }, { shown: contentOf(element, use.state) ?? "" });
  if (!element.timezone) return { node, main };
  return { node: el("span.with-note", {}, node, el("span.note", {}, element.timezone)), main };
}

/** A moment: seconds since 1970, shown and picked on the reader's own clock. */
export function dateTime(element, use) {
  const at = contentOf(element, use.state);
  const { node, main } = single(element, use, { type: "datetime-local", class: "short long" }, {
    shown: at === null ? "" : localText(new Date(at * 1000)),
    read: (text) => (text ? Math.floor(new Date(text).getTime() / 1000) : null),
  });
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return { node: el("span.with-note", {}, node, el("span.note", {}, zone)), main };
}

const two = (part) => String(part).padStart(2, "0");

const localText = (moment) =>
  `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}T${two(moment.getHours())}:${two(moment.getMinutes())}`;
