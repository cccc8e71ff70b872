import { byId, el, replace } from "./dom.js";
import { icon } from "./icons.js";
import { avatar } from "./people.js";
import { callsFor } from "./workspace.js";

/**
 * Draw the list of conversations.
 *
 * @param {object} workspace
 * @param {string} current the open conversation's id
 * @param {{open: (cid: string) => void, create: () => void, write: () => void}} actions
 */
export function drawSidebar(workspace, current, actions) {
  const { channels, direct, app, archived, open } = workspace.sections;
  const row = (conversation) => link(conversation, workspace, current, actions.open);
  const nav = byId("conversations");
  const focused = nav.contains(document.activeElement) ? document.activeElement.dataset : null;
  replace(nav,
    section("Channels", channels.map(row), { label: "New channel", press: actions.create, id: "create" }),
    section("Direct messages", direct.map(row), { label: "Write to somebody", press: actions.write, id: "write" }),
    app && section("Apps", [appLink(app.messages, workspace, current, actions.open)]),
    open.length ? section("Not joined", open.map(row)) : null,
    archived.length ? section("Archived", archived.map(row)) : null);
  // Redrawn whole: give the focus back to the row that had it.
  if (focused?.channel) nav.querySelector(`[data-channel="${CSS.escape(focused.channel)}"]`)?.focus();
  else if (focused?.press) nav.querySelector(`[data-press="${CSS.escape(focused.press)}"]`)?.focus();
}

function section(title, rows, button = null) {
  const id = `section-${title.toLowerCase().replaceAll(" ", "-")}`;
  return el("section", { "aria-labelledby": id },
    el("div.section-head", {},
      el("h2", { id }, title),
      button && el("button.icon-button", { type: "button", title: button.label, "aria-label": button.label,
        data: { press: button.id }, on: { click: button.press } }, icon("plus"))),
    el("ul", {}, rows.map((one) => el("li", {}, one))));
}

function link(conversation, workspace, current, open) {
  const here = conversation.id === current;
  const fresh = workspace.fresh.has(conversation.id) && !here;
  const calls = callsFor(conversation);
  const unread = conversation.unread > 0 && conversation.is_member !== false;
  const classes = [here && "here", unread && "unread", fresh && "fresh", conversation.is_archived && "archived"].filter(Boolean).join(" ");
  return el("a.conversation", {
    class: classes, href: workspace.address(conversation.id), data: { channel: conversation.id },
    "aria-current": here ? "page" : null,
    on: { click: (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      open(conversation.id);
    } },
  }, sign(conversation, workspace),
  el("span.name", {}, workspace.title(conversation)),
  conversation.kind === "private" && el("span.visually-hidden", {}, ", private"),
  fresh && el("span.new-tag", {}, "new"),
  unread && el("span.visually-hidden", {}, `, ${conversation.unread} unread`),
  calls > 0 && el("span.badge", { title: conversation.kind === "im" ? "Unread messages" : "Mentions of you" }, calls));
}

/** The app: its Home, or its messages where some are unread or they are open already. */
function appLink(messages, workspace, current, open) {
  const { user } = workspace.app;
  const here = current === user || current === messages?.id;
  const calls = messages ? callsFor(messages) : 0;
  const target = calls > 0 ? messages.id : user;
  return el("a.conversation", {
    class: `${here ? "here" : ""} ${calls > 0 ? "unread" : ""}`, href: workspace.address(target), data: { channel: user },
    "aria-current": here ? "page" : null,
    on: { click: (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      open(target);
    } },
  }, avatar({ name: workspace.appName, color: workspace.user(user)?.color, is_bot: true }, "small"),
  el("span.name", {}, workspace.appName),
  calls > 0 && el("span.visually-hidden", {}, `, ${calls} unread`),
  calls > 0 && el("span.badge", { title: "Unread messages" }, calls));
}

function sign(conversation, workspace) {
  if (conversation.kind !== "im") {
    return el("span.sign", {}, icon(conversation.is_archived ? "archive" : conversation.kind === "private" ? "lock" : "hash"));
  }
  const user = workspace.user(conversation.user);
  return avatar({ name: user?.real_name ?? conversation.name ?? "?", color: user?.color, is_bot: user?.is_bot }, "small");
}

/** The "Act as" switcher: choosing somebody opens the page as them. */
export function drawActAs(workspace, choose) {
  const select = byId("act-as");
  replace(select, workspace.humans.map((user) =>
    el("option", { value: user.id }, user.title ? `${user.real_name || user.name} · ${user.title}` : user.real_name || user.name)));
  select.value = workspace.me.id;
  select.title = "Open this page in another tab to be two people at once";
  select.onchange = () => choose(select.value);
  replace(byId("me-avatar"), avatar({ ...workspace.me, name: workspace.me.real_name || workspace.me.name }));
}
