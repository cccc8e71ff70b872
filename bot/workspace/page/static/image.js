import { showDialog } from "./dialogs.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { plain } from "./mrkdwn.js";

/** A picture in the column; a click opens it large. `width` and `height`, in pixels, keep its place until it is there. */
export function picture({ address, alt, width = null, height = null, title = "" }) {
  return el("figure.picture", {},
    title && el("figcaption", {}, plain(title)),
    el("button", { type: "button", "aria-label": `Enlarge: ${alt}`, on: { click: () => enlarge(address, alt, title) } },
      el("img", { src: address, alt, width, height })));
}

/** An image block's picture, or in `small` a context's. One from elsewhere is not loaded: its words and a link stand for it. */
export function blockImage(block, context, { small = false } = {}) {
  const alt = block.alt_text ?? "";
  const address = addressOf(block, context);
  if (address === null) {
    return el("span.picture-away", {}, icon("image"), plain(alt), " ",
      /^https?:\/\//i.test(block.image_url ?? "")
        && el("a", { href: block.image_url, target: "_blank", rel: "noopener noreferrer" }, "Open the image"));
  }
  if (small) return el("img.picture-small", { src: address, alt });
  return picture({ address, alt, width: block.image_width, height: block.image_height, title: block.title?.text });
}

function addressOf(block, { person }) {
  const file = block.slack_file;
  // An uploaded file by its id, or by its private address, which ends in /TEAM-FILE/name.
  const id = file?.id ?? /\/files-pri\/[^/-]+-(F[A-Z0-9]+)\//.exec(file?.url ?? block.image_url ?? "")?.[1];
  if (id) return person.fileAddress(id);
  const address = URL.canParse(block.image_url ?? "", location.href) ? new URL(block.image_url, location.href) : null;
  return address?.origin === location.origin ? address.href : null;
}

function enlarge(address, alt, title) {
  const dialog = el("dialog.lightbox", { "aria-label": title || alt },
    el("header", {},
      el("span.lightbox-title", {}, plain(title || alt)),
      el("a.button", { href: address, target: "_blank", rel: "noopener" }, "Open the file"),
      el("button.icon-button", { type: "button", "aria-label": "Close the image", on: { click: () => dialog.close() } }, icon("close"))),
    el("img", { src: address, alt }));
  showDialog(dialog);
}
