import { byId, el } from "./dom.js";
import { icon } from "./icons.js";

const SHOWN_MS = 12_000;
const PAGE_SHOWN_MS = 30_000;
const MOST = 3;
const GAP_PX = 18;

/**
 * A notice at the end of the sidebar, whose list makes room for it. One that calls somebody (a page) stays longer;
 * of those before the newest only the titles are shown. The sidebar keeps the count.
 *
 * @param {{title: string, text?: string|Node, kind?: "page"|"channel"|"error", open?: () => void, key?: string}} notice
 *   a notice with the key of one still shown takes its place
 */
export function toast({ title, text = "", kind = "", open = null, key = null }) {
  const slot = byId("toasts");
  for (const other of slot.children) if (key && other.dataset.key === key) other.remove();
  const remove = () => node.remove();
  const body = [el("strong", {}, title), el("span.toast-text", {}, text)];
  const node = el("div.toast", { class: kind, data: key ? { key } : {} },
    open
      ? el("button.toast-body", { type: "button", on: { click: () => { remove(); open(); } } }, body, el("span.toast-open", {}, "Open"))
      : el("div.toast-body", {}, body),
    el("button.icon-button", { type: "button", "aria-label": "Close notice", on: { click: remove } }, icon("close")));
  slot.append(node);
  while (slot.children.length > MOST) slot.firstElementChild.remove();
  setTimeout(remove, kind === "page" ? PAGE_SHOWN_MS : SHOWN_MS);
}

/** Tell the styles how much room the notices take, so that they cover no conversation. */
export function makeRoom() {
  const slot = byId("toasts");
  const tell = () => document.documentElement.style.setProperty("--notices", slot.children.length ? `${slot.offsetHeight + GAP_PX}px` : "0px");
  new ResizeObserver(tell).observe(slot);
}

/** Drop the notices about a conversation that is now open. */
export function dismiss(prefix) {
  for (const node of [...byId("toasts").children]) if (node.dataset.key?.startsWith(prefix)) node.remove();
}
