import { explain } from "./api.js";
import { nameOf } from "./blocks.js";
import { Channel } from "./channel.js";
import { coalesced } from "./coalesced.js";
import { askForChannel, confirmAction } from "./dialogs.js";
import { byId, el, replace } from "./dom.js";
import { drawHomeHeader } from "./header.js";
import { AppHome } from "./home.js";
import { Modals } from "./modals.js";
import { announce } from "./notices.js";
import { drawActAs, drawSidebar } from "./sidebar.js";
import { showSwitcher } from "./switcher.js";
import { Thread } from "./thread.js";
import { dismiss, toast } from "./toasts.js";
import { callsFor } from "./workspace.js";

const RETRY_MS = 1000;

/** The page: what it shows, and what the person does with it. */
export class Screen {
  constructor(workspace, person) {
    this.workspace = workspace;
    this.person = person;
    /** Conversations that this person opened or joined by hand just now. */
    this.own = new Set();
    for (const name of ["act", "actInHome", "openMenu", "join", "go", "openDirect", "openThread"]) this[name] = this[name].bind(this);
    this.channel = new Channel(this);
    this.thread = new Thread(this);
    this.home = new AppHome(this);
    this.modals = new Modals(workspace, person);
    this.refreshConversations = coalesced(() => this.#readConversations());
    this.refreshChannel = coalesced(() => this.channel.refresh());
    this.refreshThread = coalesced(() => this.thread.refresh());
    this.refreshHome = coalesced(() => this.home.refresh());
    this.refreshModals = this.modals.refresh;
    drawActAs(workspace, (uid) => location.assign(`/page/${encodeURIComponent(uid)}/${encodeURIComponent(this.current)}`));
  }

  /** What is open: a conversation's id, or for the app's Home the app's user. */
  get current() {
    return this.home.isOpen ? this.workspace.app.user : (this.channel.conversation?.id ?? null);
  }

  // — Going places —

  /** Open a conversation or the app's Home, as a step in the browser's history unless `replace`. */
  async go(id, { replace: instead = false, threadTs = null } = {}) {
    const conversation = this.workspace.conversation(id);
    if (!conversation && !this.workspace.isHome(id)) return;
    const address = this.workspace.address(id, threadTs);
    if (instead) history.replaceState({}, "", address);
    else if (location.pathname + location.search !== address) history.pushState({}, "", address);
    if (conversation) await this.show(conversation, threadTs);
    else await this.showHome();
  }

  async showHome() {
    this.thread.close({ quietly: true });
    this.closeMenu();
    const opened = this.home.open();
    this.draw();
    await opened;
  }

  async show(conversation, threadTs = null) {
    this.thread.close({ quietly: true });
    this.closeMenu();
    this.home.close();
    this.workspace.fresh.delete(conversation.id);
    dismiss(conversation.id);
    const opened = this.channel.open(conversation);
    this.draw();
    await opened;
    if (threadTs) await this.thread.open(conversation, threadTs);
  }

  step(direction) {
    const { channels, direct, app } = this.workspace.sections;
    const order = [...channels, ...direct].map(({ id }) => id).concat(app ? this.workspace.app.user : []);
    const here = this.channel.conversation;
    const at = order.indexOf(this.workspace.isWithApp(here) ? this.workspace.app.user : this.current);
    const next = order[(at + direction + order.length) % order.length];
    if (next) this.go(next);
  }

  /**
   * To what asks for the person: the button of the newest message here that has a main one, such as Acknowledge; where
   * there is none, the newest conversation that calls. The button is not pressed: Enter does that.
   */
  async answer() {
    if (this.channel.focusAsked()) return;
    const calling = this.workspace.newestFirst.find((one) => callsFor(one) > 0 && one.id !== this.current);
    if (!calling) return;
    await this.go(calling.id);
    this.channel.focusAsked();
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

  /** A button of a message was pressed, or something picked in it. Whether the app was told. */
  act(message, element, blockId, node, sent) {
    return this.#tellApp({ channel: this.channel.conversation.id, message_ts: message.ts }, element, blockId, node, sent);
  }

  actInHome(view, element, blockId, node, sent) {
    const where = { view_id: view.id, values: this.home.filled.values(view.blocks) };
    return this.#tellApp(where, element, blockId, node, sent);
  }

  async #tellApp(where, element, blockId, node, sent) {
    if (element.confirm && !(await confirmAction(element.confirm, this.workspace))) return false;
    node.setAttribute("aria-busy", "true");
    node.classList.add("busy");
    try {
      await this.person.act(where, element, blockId, sent);
      return true;
    } catch (error) {
      toast({ kind: "error", title: "That did not work", text: explain(error, nameOf(element)) });
      return false;
    } finally {
      node.removeAttribute("aria-busy");
      node.classList.remove("busy");
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
    const conversation = this.channel.conversation ? [this.refreshChannel(), this.refreshThread()] : [];
    await Promise.all([this.refreshConversations(), ...conversation, this.refreshHome(), this.refreshModals()]);
  }

  happened({ type, channel }) {
    if (type === "typing") return;
    if (type === "home") return this.#quietly(this.refreshHome);
    if (type.startsWith("view_")) return this.#quietly(this.refreshModals);
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
    if (!conversation || this.home.isOpen || !following || !lastTs || document.visibilityState !== "visible") return;
    const now = this.workspace.conversation(conversation.id);
    if (!now || now.is_member === false || (now.unread === 0 && now.mention_count === 0) || this.readUpTo === `${now.id} ${lastTs}`) return;
    this.readUpTo = `${now.id} ${lastTs}`;
    now.unread = 0;
    now.mention_count = 0;
    this.#quietly(() => this.person.read(now.id, lastTs));
    this.draw();
  }

  draw() {
    const { conversation } = this.channel;
    if (!conversation && !this.home.isOpen) return;
    drawSidebar(this.workspace, this.current, { open: this.go, create: () => this.create(), write: () => this.switcher(true) });
    if (this.home.isOpen) drawHomeHeader(this.workspace, { menu: this.openMenu, open: this.go, openDirect: this.openDirect });
    const { waiting, hasUnread } = this.workspace;
    const sign = waiting ? `(${waiting}) ` : hasUnread ? "• " : "";
    const name = this.home.isOpen ? this.workspace.appName : `${conversation.kind === "im" ? "" : "#"}${this.workspace.title(conversation)}`;
    document.title = `${sign}${name} · ${this.workspace.team.name}`;
  }
}
