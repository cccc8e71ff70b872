import { el } from "./dom.js";
import { icon } from "./icons.js";
import { plain } from "./mrkdwn.js";
import { optionsOf } from "./states.js";

const GAP = 4;

/** The ⋯ button and its menu, in the browser's top layer: nothing that scrolls cuts it off. */
export function overflow(element, use) {
  const items = optionsOf(element).map((option) => {
    const choose = () => {
      menu.hidePopover();
      use.press({ value: option.value });
    };
    const words = [plain(option.text?.text ?? option.value), option.description && el("small", {}, plain(option.description.text))];
    const props = { role: "menuitem", tabIndex: -1, on: { click: choose } };
    return /^https?:\/\//i.test(option.url ?? "")
      ? el("a", { ...props, href: option.url, target: "_blank", rel: "noopener noreferrer" }, words)
      : el("button", { ...props, type: "button" }, words);
  });
  const menu = el("div.overflow-menu", { id: `${use.id}-menu`, role: "menu", popover: "auto" }, items);
  const main = el("button.button.overflow", {
    id: use.id, type: "button", "aria-haspopup": "menu", "aria-expanded": "false", popovertarget: menu.id,
  }, icon("more"));
  menu.addEventListener("toggle", (event) => {
    const open = event.newState === "open";
    main.setAttribute("aria-expanded", String(open));
    if (!open) return;
    settle(menu, main.getBoundingClientRect());
    items[0]?.focus();
  });
  menu.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      // The menu alone, not the dialog around it.
      event.preventDefault();
      event.stopPropagation();
      menu.hidePopover();
      main.focus();
    }
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
  });
  return { node: el("span.overflow-place", {}, main, menu), main };
}

/** Under the button, or above it where there is no room; inside the window in any case. */
function settle(menu, button) {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = button.bottom + GAP;
  const top = below + height > innerHeight ? Math.max(GAP, button.top - GAP - height) : below;
  const left = Math.max(GAP, Math.min(button.right - width, innerWidth - width - GAP));
  menu.style.setProperty("top", `${top}px`);
  menu.style.setProperty("left", `${left}px`);
}
