import { el } from "./dom.js";
import { isSystem, renderMessage } from "./message.js";
import { dayOf, dayText } from "./times.js";

const GROUPED_WITHIN_S = 300;

/**
 * Messages in a list, brought up to date in place: what did not change keeps its node, so that the
 * focus, a selection and a scrolled table survive, and a screen reader hears only what is new.
 */
export class Timeline {
  /** @param {HTMLElement} list @param {object} view what `renderMessage` needs */
  constructor(list, view) {
    this.list = list;
    this.view = view;
    this.nodes = new Map();
  }

  clear() {
    this.nodes.clear();
    this.list.replaceChildren();
  }

  /**
   * @param {object[]} messages oldest first
   * @param {{pinned?: Set<string>, newFrom?: string|null, afterFirst?: string|null}} options `newFrom`: the ts
   *   of the first unread message; `afterFirst`: a divider's words after the first message (a thread's parent)
   */
  show(messages, { pinned = new Set(), newFrom = null, afterFirst = null } = {}) {
    const wanted = new Map();
    let previous = null;
    for (const message of messages) {
      const day = dayOf(message.ts);
      const newDay = !previous || dayOf(previous.ts) !== day;
      if (newDay && !afterFirst) wanted.set(`day ${day}`, { signature: dayText(message.ts), build: () => divider("day", dayText(message.ts)) });
      const firstNew = message.ts === newFrom;
      if (firstNew) wanted.set("new", { signature: "new", build: () => divider("new", "New") });
      const grouped = !newDay && !firstNew && follows(message, previous);
      const place = { grouped, pinned: pinned.has(message.ts) };
      wanted.set(`message ${message.ts} ${message.ephemeral ? "e" : ""}`, {
        signature: JSON.stringify([message, place]),
        build: () => renderMessage(message, place, this.view),
      });
      if (afterFirst && !previous) wanted.set("after", { signature: afterFirst, build: () => divider("after", afterFirst) });
      previous = afterFirst && !previous ? { ...message, user: null, ts: message.ts } : message;
    }
    this.#reconcile(wanted);
  }

  #reconcile(wanted) {
    for (const [key, { node }] of this.nodes) {
      if (!wanted.has(key)) {
        node.remove();
        this.nodes.delete(key);
      }
    }
    let next = this.list.firstChild;
    for (const [key, { signature, build }] of wanted) {
      const known = this.nodes.get(key);
      if (known?.signature === signature) {
        if (known.node === next) next = next.nextSibling;
        else this.list.insertBefore(known.node, next);
        continue;
      }
      const node = build();
      if (known) {
        const focused = known.node.contains(document.activeElement);
        const answered = focused && document.activeElement.matches(".primary") && !node.querySelector(".button.primary");
        if (known.node === next) next = next.nextSibling;
        known.node.replaceWith(node);
        // A button that was pressed may be gone: stay on its message rather than at the page's top.
        // What it asked for is done: on to the box, where the work begins.
        if (answered && this.view.answered) this.view.answered();
        else if (focused) (node.querySelector("button, a") ?? node).focus({ preventScroll: true });
      } else this.list.insertBefore(node, next);
      this.nodes.set(key, { node, signature });
    }
  }

  /** Bring a message into view and make it stand out for a moment. */
  reveal(ts) {
    const node = this.list.querySelector(`article[data-ts="${CSS.escape(ts)}"]`);
    if (!node) return;
    node.scrollIntoView({ block: "center" });
    node.classList.add("revealed");
    node.addEventListener("animationend", () => node.classList.remove("revealed"), { once: true });
    node.focus({ preventScroll: true });
  }
}

function follows(message, previous) {
  return (
    previous !== null &&
    !isSystem(message) && !isSystem(previous) &&
    message.user === previous.user &&
    (message.username ?? "") === (previous.username ?? "") &&
    Boolean(message.ephemeral) === Boolean(previous.ephemeral) &&
    Number(message.ts) - Number(previous.ts) < GROUPED_WITHIN_S
  );
}

function divider(kind, text) {
  return el("div.divider", { class: kind, role: "separator", "aria-label": text }, el("span", {}, text));
}
