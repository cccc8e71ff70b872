import { explain } from "./api.js";
import { Channel } from "./channel.js";
import { askForChannel, confirmAction } from "./dialogs.js";
import { byId, el, replace } from "./dom.js";
import { announce } from "./notices.js";
import { drawActAs, drawSidebar } from "./sidebar.js";
import { showSwitcher } from "./switcher.js";
import { Thread } from "./thread.js";
import { dismiss, toast } from "./toasts.js";

const RETRY_MS = 1000;

/** Run now; calls that come while it runs lead to one more run after it. */
function coalesced(work) {
  let running = null;
  let again = false;
  return () => {
    again = running !== null;
    running ??= (async () => {
      try {
        do {
          again = false;
          await work();
        } while (again);
      } finally {
        running = null;
      }
    })();
    return running;
  };
}

/** The page: what it shows, and what the person does with it. */
export class Screen {
  constructor(workspace, person) {
    this.workspace = workspace;
    this.person = person;
    /** Conversations that this person opened or joined by hand just now. */
    this.own = new Set();
    for (const name of ["act", "openMenu", "join", "go", "openDirect", "openThread"]) this[name] = this[name].bind(this);
    this.channel = new Channel(this);
    this.thread = new Thread(this);
    this.refreshConversations = coalesced(() => this.#readConversations());
    this.refreshChannel = coalesced(() => this.channel.refresh());
    this.refreshThread = coalesced(() => this.thread.refresh());
    drawActAs(workspace, (uid) => location.assign(`/page/${encodeURIComponent(uid)}/${encodeURIComponent(this.current)}`));
  }

  get current() {
    return this.channel.conversation?.id ?? null;
  }

  // — Going places —

  /** Open a conversation, as a step in the browser's history unless `replace`. */
  async go(cid, { replace: instead = false, threadTs = null } = {}) {
    const conversation = this.workspace.conversation(cid);
    if (!conversation) return;
    const address = this.workspace.address(cid, threadTs);
    if (instead) history.replaceState({}, "", address);
    else if (location.pathname + location.search !== address) history.pushState({}, "", address);
    await this.show(conversation, threadTs);
  }

  async show(conversation, threadTs = null) {
    this.thread.close({ quietly: true });
    this.closeMenu();
    this.workspace.fresh.delete(conversation.id);
    dismiss(conversation.id);
    const opened = this.channel.open(conversation);
    this.draw();
    await opened;
    if (threadTs) await this.thread.open(conversation, threadTs);
  }

  step(direction) {
    const { channels, direct } = this.workspace.sections;
    const order = [...channels, ...direct];
    const at = order.findIndex((one) => one.id === this.current);
    const next = order[(at + direction + order.length) % order.length];
    if (next) this.go(next.id);
  }

  async openThread(ts) {
    history.replaceState({}, "", this.workspace.address(this.current, ts));
    await this.thread.open(this.channel.conversation, ts);
  }

  /** The thread pane was closed: back to its message. */
  closed(ts) {
    history.replaceState({}, "", this.workspace.address(this.current));
    const from = document.querySelector(`#log article[data-ts="${CSS.escape(ts)}"] .replies`);
    if (from) from.focus({ preventScroll: true });
    else this.channel.composer?.focus();
  }

  openMenu() {
    byId("app").classList.add("menu-open");
    byId("scrim").hidden = false;
    byId("conversations").querySelector("a")?.focus();
  }

  closeMenu() {
    byId("app").classList.remove("menu-open");
    byId("scrim").hidden = true;
  }

  switcher(onlyPeople = false) {
    showSwitcher(this.workspace, { open: this.go, openDirect: this.openDirect }, onlyPeople);
  }

  // — Acting —

  /** A button of a message was pressed. */
  async act(message, element, blockId, button) {
    if (element.confirm && !(await confirmAction(element.confirm, this.workspace))) return;
    button.setAttribute("aria-busy", "true");
    button.classList.add("busy");
    try {
      await this.person.act(this.current, message.ts, element, blockId);
    } catch (error) {
      const label = element.text?.text ?? "The button";
      toast({ kind: "error", title: "That did not work", text: explain(error, `“${label}”`) });
    } finally {
      button.removeAttribute("aria-busy");
      button.classList.remove("busy");
    }
  }

  async join(conversation) {
    await this.#attempt(`Joining #${conversation.name}`, async () => {
      this.own.add(conversation.id);
      await this.person.join(conversation.id);
      await this.refreshConversations();
      await this.refreshChannel();
    });
  }

  async openDirect(user) {
    await this.#attempt("Opening the conversation", async () => {
      const answer = await this.person.openDirect(user);
      await this.refreshConversations();
      const direct = this.workspace.conversations.find((one) => one.kind === "im" && one.user === user);
      await this.go(direct?.id ?? answer.channel?.id ?? answer.id);
    });
  }

  async create() {
    const wanted = await askForChannel();
    if (!wanted) return;
    await this.#attempt(`“${wanted.name}”`, async () => {
      const answer = await this.person.create(wanted.name, wanted.private);
      const id = answer.channel?.id ?? answer.id;
      this.own.add(id);
      await this.refreshConversations();
      await this.go(id);
    });
  }

  async #attempt(what, work) {
    try {
      await work();
    } catch (error) {
      toast({ kind: "error", title: "That did not work", text: explain(error, what) });
    }
  }

  // — Keeping up —

  async #readConversations() {
    const before = new Map(this.workspace.conversations.map((one) => [one.id, one]));
    this.workspace.conversations = await this.person.conversations();
    const here = this.workspace.conversation(this.current);
    if (here) this.channel.update(here);
    this.draw();
    this.seen();
    await announce(before, this.workspace, { person: this.person, current: this.current, open: this.go, own: this.own });
    this.own.clear();
    this.draw();
  }

  async refreshAll() {
    await Promise.all([this.refreshConversations(), this.refreshChannel(), this.refreshThread()]);
  }

  happened({ type, channel }) {
    if (type === "typing") return;
    if (channel === this.current && type !== "conversation") {
      this.#quietly(this.refreshChannel);
      if (this.thread.isOpen) this.#quietly(this.refreshThread);
    }
    this.#quietly(this.refreshConversations);
  }

  /** A tab in the background asks for what its title and its notices say. */
  poll() {
    // One that fails needs no retry: the next one comes soon.
    this.refreshConversations().catch((error) => console.debug(explain(error, "Asking for news")));
  }

  /** Run a read; where the connection went under it, run it again until it has been answered. */
  #quietly(read) {
    read().catch((error) => {
      if (error instanceof TypeError) setTimeout(() => this.#quietly(read), RETRY_MS);
      else console.warn(explain(error, "Reading the workspace"));
    });
  }

  connected(up) {
    const banner = byId("banner");
    banner.hidden = up;
    if (!up) replace(banner, el("span.spinner", { "aria-hidden": "true" }), "Reconnecting to the workspace… What you type stays here.");
    else this.#quietly(() => this.refreshAll());
  }

  /** Tell the workspace what was read, once it was really on the screen. */
  seen() {
    const { conversation, following, lastTs } = this.channel;
    if (!conversation || !following || !lastTs || document.visibilityState !== "visible") return;
    const now = this.workspace.conversation(conversation.id);
    if (!now || now.is_member === false || (now.unread === 0 && now.mention_count === 0) || this.readUpTo === `${now.id} ${lastTs}`) return;
    this.readUpTo = `${now.id} ${lastTs}`;
    now.unread = 0;
    now.mention_count = 0;
    this.#quietly(() => this.person.read(now.id, lastTs));
    this.draw();
  }

  draw() {
    if (!this.channel.conversation) return;
    drawSidebar(this.workspace, this.current, { open: this.go, create: () => this.create(), write: () => this.switcher(true) });
    const { waiting, hasUnread } = this.workspace;
    const { conversation } = this.channel;
    const sign = waiting ? `(${waiting}) ` : hasUnread ? "• " : "";
    const name = `${conversation.kind === "im" ? "" : "#"}${this.workspace.title(conversation)}`;
    document.title = `${sign}${name} · ${this.workspace.team.name}`;
  }
}
