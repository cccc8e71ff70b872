/** What this tab knows: the team, the people, who it acts as, and the conversations that person sees. */
export class Workspace {
  constructor({ team, users, groups, commands, app = null }) {
    this.team = team;
    /** The installed app: {user: its bot user's id, home: whether it has a Home}; null while there is none. */
    this.app = app;
    this.users = users;
    /** The user groups, each with its handle. */
    this.groups = groups;
    this.commands = commands;
    this.people = new Map(users.map((user) => [user.id, user]));
    this.conversations = [];
    this.me = null;
    /** Conversations that opened while this tab watched and were not looked at yet. */
    this.fresh = new Set();
  }

  get humans() {
    return this.users.filter((user) => !user.is_bot && !user.deleted);
  }

  user(id) {
    return this.people.get(id) ?? null;
  }

  group(id) {
    return this.groups.find((one) => one.id === id) ?? null;
  }

  conversation(id) {
    return this.conversations.find((one) => one.id === id) ?? null;
  }

  /** What a conversation is called for this person: a channel's name, or the other one's. */
  title(conversation) {
    if (conversation.kind !== "im") return conversation.name;
    const user = this.user(conversation.user);
    return user ? user.real_name || user.name : conversation.name || "direct message";
  }

  get appName() {
    const user = this.user(this.app?.user);
    return user ? user.real_name || user.name : "App";
  }

  /** Whether an address's last part means the app's Home: the app's user, by id or name. */
  isHome(id) {
    return this.app?.home === true && [this.app.user, this.user(this.app.user)?.name].includes(id);
  }

  /** Whether a conversation is the Messages tab of an app that has a Home too. */
  isWithApp(conversation) {
    return this.app?.home === true && conversation?.kind === "im" && conversation.user === this.app.user;
  }

  address(cid, threadTs = null) {
    const query = threadTs ? `?thread=${encodeURIComponent(threadTs)}` : "";
    return `/page/${encodeURIComponent(this.me.id)}/${encodeURIComponent(cid)}${query}`;
  }

  /**
   * In the order of the sidebar: live channels, direct messages, then archived and not joined ones.
   * `app` is null where the app has no Home; its direct messages are then among the others.
   */
  get sections() {
    const byName = (a, b) => this.title(a).localeCompare(this.title(b));
    const mine = this.conversations.filter((one) => one.kind !== "im" && one.is_member && !one.is_archived);
    return {
      channels: mine.sort(byName),
      direct: this.conversations.filter((one) => one.kind === "im" && !this.isWithApp(one)).sort(byName),
      app: this.app?.home ? { messages: this.conversations.find((one) => this.isWithApp(one)) ?? null } : null,
      archived: this.conversations.filter((one) => one.kind !== "im" && one.is_archived && one.is_member).sort(byName),
      open: this.conversations.filter((one) => one.kind === "public" && !one.is_member && !one.is_archived).sort(byName),
    };
  }

  /** All conversations, those that were made last first; of the same second as the server lists them, from its end. */
  get newestFirst() {
    return [...this.conversations].reverse().sort((a, b) => b.created - a.created);
  }

  /** Mentions and direct messages that wait for this person. */
  get waiting() {
    return this.conversations.reduce((sum, one) => sum + callsFor(one), 0);
  }

  get hasUnread() {
    return this.conversations.some((one) => one.is_member !== false && one.unread > 0);
  }
}

/** How many messages of a conversation ask for the person by name: all of a direct message's. */
export const callsFor = (conversation) =>
  conversation.kind === "im" ? Math.max(conversation.unread, conversation.mention_count) : conversation.mention_count;
