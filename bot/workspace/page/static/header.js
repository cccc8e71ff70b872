import { byId, el, replace } from "./dom.js";
import { icon } from "./icons.js";
import { plain } from "./mrkdwn.js";
import { authorOf } from "./message.js";
import { avatar } from "./people.js";
import { blocksText } from "./blocks.js";
import { clockText } from "./times.js";

/**
 * Draw the open conversation's name, topic and pinned messages.
 *
 * @param {object} conversation
 * @param {object[]} pinned the pinned messages, oldest first
 * @param {object} workspace
 * @param {{menu: () => void, reveal: (ts: string) => void, open: (id: string) => void}} actions
 */
export function drawHeader(conversation, pinned, workspace, actions) {
  const header = byId("channel-header");
  const open = header.querySelector("details")?.open ?? false;
  const isWithApp = workspace.isWithApp(conversation);
  replace(header,
    menuButton(workspace, actions),
    el("div.title", {},
      el("h2", {}, sign(conversation, workspace), el("span", {}, workspace.title(conversation)),
        conversation.is_archived && el("span.tag", {}, "archived")),
      isWithApp ? null : topic(conversation, workspace)),
    isWithApp ? tabs(workspace, conversation, "messages", actions) : null,
    pinned.length ? pins(pinned, workspace, actions.reveal, open) : null);
}

/** Draw the header over the app's Home. */
export function drawHomeHeader(workspace, actions) {
  const user = workspace.user(workspace.app.user);
  replace(byId("channel-header"),
    menuButton(workspace, actions),
    el("div.title", {},
      el("h2", {}, avatar({ name: workspace.appName, color: user?.color, is_bot: true }, "small"), el("span", {}, workspace.appName))),
    tabs(workspace, workspace.sections.app.messages, "home", actions));
}

const menuButton = (workspace, { menu }) =>
  el("button.icon-button.menu-button", { type: "button", "aria-label": "Show channels", on: { click: menu } },
    icon("menu"), workspace.waiting > 0 && el("span.menu-dot", {}));

/** The app's two tabs, each a place with an address of its own. */
function tabs(workspace, messages, current, { open, openDirect }) {
  const { user } = workspace.app;
  const unread = current === "home" ? (messages?.unread ?? 0) : 0;
  const tab = (name, label, href, go) =>
    el("a.tab", { href, "aria-current": name === current ? "page" : null, on: { click: (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      go();
    } } }, label);
  const focused = document.activeElement?.closest(".tab")?.textContent;
  const nav = el("nav.tabs", { "aria-label": workspace.appName },
    tab("home", "Home", workspace.address(user), () => open(user)),
    tab("messages", ["Messages", unread > 0 && el("span.badge", { title: "Unread messages" }, unread)],
      messages ? workspace.address(messages.id) : workspace.address(user), () => (messages ? open(messages.id) : openDirect(user))));
  // Drawn anew with the rest: the focus stays on the tab that had it.
  if (focused) queueMicrotask(() => [...nav.children].find((one) => one.textContent.startsWith(focused.slice(0, 4)))?.focus());
  return nav;
}

function sign(conversation, workspace) {
  if (conversation.kind !== "im") return icon(conversation.kind === "private" ? "lock" : "hash");
  const user = workspace.user(conversation.user);
  return avatar({ name: user?.real_name ?? "?", color: user?.color, is_bot: user?.is_bot }, "small");
}

/** Plain text: Slack's topics have no formatting, https://docs.slack.dev/reference/methods/conversations.setTopic */
function topic(conversation, workspace) {
  const user = conversation.kind === "im" ? workspace.user(conversation.user) : null;
  const text = conversation.topic || user?.title || conversation.purpose;
  return text ? el("p.topic", { title: text }, plain(text.replaceAll("\n", " "))) : null;
}

function pins(pinned, workspace, reveal, open) {
  const count = `${pinned.length} pinned`;
  const details = el("details.pins", { open: open || null },
    el("summary", {}, icon("pin"), el("span", {}, count)),
    el("ul", {}, pinned.map((message) => el("li", {},
      el("button", { type: "button", on: { click: () => { details.open = false; reveal(message.ts); } } },
        el("strong", {}, authorOf(message, workspace).name), ` ${clockText(message.ts)}`,
        el("span.pin-text", {}, plain(message.blocks?.length ? blocksText(message.blocks) : message.text)))))));
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    details.open = false;
    details.querySelector("summary").focus();
    event.stopPropagation();
  });
  return details;
}
