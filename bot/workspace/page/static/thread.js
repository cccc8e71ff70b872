import { Composer, closedComposer } from "./composer.js";
import { byId, el, replace } from "./dom.js";
import { icon } from "./icons.js";
import { atEnd, toEnd } from "./scrolling.js";
import { send } from "./outgoing.js";
import { Timeline } from "./timeline.js";

/** The pane on the right: one message and its replies. */
export class Thread {
  /** @param {{workspace: object, person: object, act: Function, closed: () => void}} screen */
  constructor(screen) {
    this.screen = screen;
    this.pane = byId("thread");
    this.ts = null;
  }

  get isOpen() {
    return this.ts !== null;
  }

  async open(conversation, ts) {
    this.conversation = conversation;
    this.ts = ts;
    const { workspace, person, act } = this.screen;
    const list = el("div.log", { role: "log", "aria-live": "polite", "aria-relevant": "additions", "aria-label": "Thread" });
    this.timeline = new Timeline(list, { workspace, person, act, inThread: true, openThread: () => {} });
    this.scroller = el("div.scroller", { tabIndex: 0, "aria-label": "Thread" }, list);
    this.composer = new Composer({
      id: "thread-box", label: "Reply in the thread", placeholder: "Reply…", workspace,
      draft: `${person.uid}.${conversation.id}.${ts}`,
      send: (text) => send(person, workspace, conversation.id, text, ts),
    });
    replace(this.pane,
      el("header.thread-header", {},
        el("div.title", {}, el("h2", {}, "Thread"), el("p.topic", {}, `${conversation.kind === "im" ? "" : "#"}${workspace.title(conversation)}`)),
        el("button.icon-button", { type: "button", "aria-label": "Close thread", title: "Close (Esc)", on: { click: () => this.close() } }, icon("close"))),
      this.scroller,
      el("div.composer-slot", {}, conversation.is_archived ? closedComposer("This channel is archived.") : this.composer.node));
    this.pane.hidden = false;
    byId("app").classList.add("with-thread");
    await this.refresh();
    toEnd(this.scroller);
    this.composer.focus();
  }

  async refresh() {
    const { ts } = this;
    if (ts === null) return;
    const { messages } = await this.screen.person.messages(this.conversation.id, ts);
    if (this.ts !== ts) return;
    const follow = atEnd(this.scroller);
    const count = messages.length - 1;
    const words = count > 0 ? `${count} ${count === 1 ? "reply" : "replies"}` : "No replies yet";
    this.timeline.show(messages, { afterFirst: words });
    if (follow) toEnd(this.scroller);
  }

  close({ quietly = false } = {}) {
    if (!this.isOpen) return;
    const { ts } = this;
    this.ts = null;
    this.pane.hidden = true;
    this.pane.replaceChildren();
    byId("app").classList.remove("with-thread");
    if (!quietly) this.screen.closed(ts);
  }
}
