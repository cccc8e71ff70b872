import { preformatted } from "./columns.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";

const UNITS = ["bytes", "kB", "MB", "GB"];

export function sizeText(bytes) {
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit && size < 10 ? size.toFixed(1) : Math.round(size)} ${UNITS[unit]}`;
}

/** A shared file: its name, kind and size, a preview if it is text, and a link that opens it. */
export function fileCard(file, address) {
  const name = file.title || file.name;
  return el("figure.file", {},
    el("figcaption", {},
      el("span.file-icon", {}, icon("file")),
      el("span.file-name", {},
        el("span", {}, name),
        el("small", {}, [file.name !== name && file.name, file.filetype, sizeText(file.size ?? 0)].filter(Boolean).join(" · "))),
      el("a.button", { href: address, target: "_blank", rel: "noopener", "aria-label": `Open ${name}` }, "Open")),
    file.preview ? preformatted(file.preview) : null);
}
