import { Composer, closedComposer } from "./composer.js";
import { byId, el, replace } from "./dom.js";
import { drawHeader } from "./header.js";
import { icon } from "./icons.js";
import { isSystem } from "./message.js";
import { send } from "./outgoing.js";
import { atEnd, toEnd } from "./scrolling.js";
import { Timeline } from "./timeline.js";

const FIRST_RIDE = "/ride start alter-table-locks";
const LOBBIES = new Set(["ride-club", "incidents", "general"]);

/** The middle: one conversation's header, messages and composer. */
export class Channel {
  /** @param {object} screen workspace, person, act, openThread, openMenu, join, changed */
  constructor(screen) {
    this.screen = screen;
    this.scroller = byId("scroller");
    this.latest = byId("latest");
    this.timeline = new Timeline(byId("log"), {
      workspace: screen.workspace, person: screen.person, act: screen.act, inThread: false,
      openThread: (ts) => screen.openThread(ts), answered: () => this.composer?.focus(),
    });
    this.conversation = null;
    this.messages = [];
    this.latest.addEventListener("click", () => this.toLatest());
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // A picture, a font or the composer may change the height: stay at the end when there.
    const growth = new ResizeObserver(() => this.following && toEnd(this.scroller));
    for (const node of [this.scroller, byId("log")]) growth.observe(node);
  }

  async open(conversation) {
    this.conversation = conversation;
    this.messages = [];
    this.following = true;
    this.newFrom = null;
    this.unseen = 0;
    this.timeline.clear();
    byId("log").setAttribute("aria-busy", "true");
    replace(byId("intro"));
    this.#drawComposer();
    this.drawHeader([]);
    const unread = conversation.unread;
    await this.refresh({ unread });
    byId("log").removeAttribute("aria-busy");
  }

  /** Read the conversation again; `unread` marks where the new messages begin. */
  async refresh({ unread = 0 } = {}) {
    const { id } = this.conversation;
    const answer = await this.screen.person.messages(id);
    // By id: the sidebar may have brought a newer record of the same conversation meanwhile.
    if (this.conversation.id !== id) return;
    const messages = answer.messages.filter(inChannel);
    const known = new Set(this.messages.map((message) => message.ts));
    const arrived = this.messages.length ? messages.filter((message) => !known.has(message.ts)).length : 0;
    this.messages = messages;
    if (unread > 0) this.newFrom = messages.filter((one) => this.#counts(one)).at(-unread)?.ts ?? null;
    const pinned = new Set(answer.pinned ?? []);
    this.pinned = answer.messages.filter((message) => pinned.has(message.ts));
    this.timeline.show(messages, { pinned, newFrom: this.newFrom });
    this.#drawIntro();
    this.drawHeader(this.pinned);
    if (this.following) this.#follow(arrived);
    else this.unseen += arrived;
    this.#drawLatest();
    this.screen.seen();
  }

  /** To the end; but to the beginning of a message too long to be seen whole that came just now. */
  #follow(arrived) {
    toEnd(this.scroller);
    const last = byId("log").lastElementChild;
    if (!arrived || !last || last.offsetHeight <= this.scroller.clientHeight) return;
    this.following = false;
    last.scrollIntoView({ block: "start" });
  }

  /** Whether a message counts as unread before it is read: not one's own, and no line about the channel. */
  #counts(message) {
    return !message.ephemeral && !isSystem(message) && message.user !== this.screen.workspace.me.id;
  }

  /** The sidebar's view of this conversation changed: its name, topic, whether one may write. */
  update(conversation) {
    const before = this.conversation;
    this.conversation = conversation;
    this.drawHeader(this.pinned ?? []);
    if (before.is_archived !== conversation.is_archived || before.is_member !== conversation.is_member) this.#drawComposer();
  }

  drawHeader(pinned) {
    const { workspace, openMenu, go } = this.screen;
    if (this.screen.home.isOpen) return;
    drawHeader(this.conversation, pinned, workspace, { menu: openMenu, open: go, reveal: (ts) => this.timeline.reveal(ts) });
  }

  get lastTs() {
    return this.messages.filter((message) => !message.ephemeral).at(-1)?.ts ?? null;
  }

  /** Put the focus on the newest message's main button; whether there is one. */
  focusAsked() {
    if (this.screen.home.isOpen) return false;
    const button = [...byId("log").querySelectorAll("article .button.primary")].at(-1);
    button?.focus();
    return Boolean(button);
  }

  toLatest() {
    this.following = true;
    this.unseen = 0;
    toEnd(this.scroller);
    this.#drawLatest();
    this.composer?.focus();
  }

  #scrolled() {
    this.following = atEnd(this.scroller);
    if (this.following) this.unseen = 0;
    this.#drawLatest();
    if (this.following) this.screen.seen();
  }

  #drawLatest() {
    this.latest.hidden = this.following;
    if (!this.following) replace(this.latest, icon("down"), this.unseen ? `${this.unseen} new` : "Jump to latest");
  }

  #drawComposer() {
    const { workspace, person, join } = this.screen;
    const { conversation } = this;
    const name = `${conversation.kind === "im" ? "" : "#"}${workspace.title(conversation)}`;
    this.composer = null;
    if (conversation.is_archived) {
      replace(byId("composer"), closedComposer(icon("archive"), `${name} is archived: you can read it, but not post.`));
    } else if (conversation.is_member === false) {
      replace(byId("composer"), closedComposer(`You are looking at ${name}. `,
        el("button.button.primary", { type: "button", on: { click: () => join(conversation) } }, "Join")));
    } else {
      const lobby = LOBBIES.has(conversation.name) && workspace.commands.length > 0;
      this.composer = new Composer({
        id: "box", label: `Message ${name}`, workspace, draft: `${person.uid}.${conversation.id}`,
        placeholder: lobby ? `Type ${FIRST_RIDE}` : `Message ${name}, or / for commands`,
        send: async (text) => {
          this.following = true;
          await send(person, workspace, conversation.id, text);
        },
      });
      replace(byId("composer"), this.composer.node);
      if (matchMedia("(pointer: fine)").matches) this.composer.focus();
    }
  }

  #drawIntro() {
    const { workspace } = this.screen;
    const { conversation } = this;
    const user = conversation.kind === "im" ? workspace.user(conversation.user) : null;
    const title = workspace.title(conversation);
    const about = user
      ? `Only you and ${title} see this.`
      : conversation.purpose || `The beginning of #${title}.`;
    const first = LOBBIES.has(conversation.name) && conversation.is_member !== false && workspace.commands.length > 0;
    const signature = JSON.stringify([conversation.id, about, first, workspace.commands.length]);
    if (byId("intro").dataset.signature === signature && byId("intro").hasChildNodes()) return;
    byId("intro").dataset.signature = signature;
    replace(byId("intro"),
      el("h3", {}, conversation.kind === "im" ? title : `#${title}`), el("p", {}, about), first && this.#firstRide());
  }

  #firstRide() {
    return el("div.first-ride", {},
      el("div", {}, el("strong", {}, "Your first incident"),
        el("p", {}, "Something is wrong with a real PostgreSQL, started just for you. You will be paged, "
          + "look around with ", el("code", {}, "/sql"), ", fix it, and get a scored postmortem.")),
      el("button.button.primary", { type: "button", on: { click: () => this.composer?.suggestText(FIRST_RIDE) } },
        el("code", {}, FIRST_RIDE)));
  }
}

/** A reply shows in its thread, unless it is only for this person's eyes or was sent to the channel too. */
const inChannel = (message) =>
  !message.thread_ts || message.thread_ts === message.ts || message.subtype === "thread_broadcast";
