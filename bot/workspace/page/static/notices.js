import { blocksText } from "./blocks.js";
import { authorOf } from "./message.js";
import { plain, unescape } from "./mrkdwn.js";
import { dateText } from "./times.js";
import { toast } from "./toasts.js";
import { callsFor } from "./workspace.js";

const LONGEST = 160;

/**
 * Say what changed elsewhere: a channel that the person was brought into, a mention, a direct message.
 *
 * @param {Map<string, object>} before conversations by id, as they were
 * @param {object} workspace as it is now
 * @param {{person: object, current: string, open: (cid: string) => void, own: Set<string>}} tab `own`:
 *   conversations that this person opened or joined just now, which need no notice
 */
export async function announce(before, workspace, { person, current, open, own }) {
  for (const conversation of workspace.conversations) {
    const { id } = conversation;
    const was = before.get(id);
    const joined = conversation.kind !== "im" && conversation.is_member && !was?.is_member && !conversation.is_archived;
    const called = callsFor(conversation) > (was ? callsFor(was) : 0);
    if (own.has(id) || (id === current && document.visibilityState === "visible")) continue;
    if (joined) workspace.fresh.add(id);
    if (called) await call(conversation, workspace, person, current, () => open(id));
    else if (joined) {
      toast({ kind: "channel", key: id, title: `You were added to #${workspace.title(conversation)}`,
        text: conversation.topic ? plain(conversation.topic) : "", open: () => open(id) });
    }
  }
}

async function call(conversation, workspace, person, current, open) {
  const { messages } = await person.messages(conversation.id);
  const wanted = conversation.kind === "im" ? () => true : (message) => mentions(message, workspace.me.id);
  const message = messages.findLast((one) => one.user !== workspace.me.id && !one.ephemeral && wanted(one));
  const author = message ? authorOf(message, workspace).name : workspace.title(conversation);
  const where = conversation.kind === "im" ? "" : ` in #${workspace.title(conversation)}`;
  const text = message ? words(message, workspace) : "";
  if (conversation.kind === "im" && text) {
    const near = workspace.conversations.filter((one) =>
      one.kind !== "im" && one.is_member && (one.id === current || callsFor(one) > 0));
    if (await isSaidIn(near, text, conversation.user, workspace, person)) return;
  }
  toast({ kind: "page", key: conversation.id, title: `${author}${where}`, text: plain(text), open });
}

/**
 * Whether a direct message only repeats what its author says in a channel that is open now or calls as
 * well: a page comes both ways, and one notice of it is enough. The badges count both.
 */
async function isSaidIn(channels, text, author, workspace, person) {
  const pages = await Promise.all(channels.map((one) => person.messages(one.id)));
  return pages.some(({ messages }) => messages.some((one) => one.user === author && words(one, workspace) === text));
}

const mentions = (message, uid) =>
  JSON.stringify([message.text, message.blocks]).match(new RegExp(`<@${uid}[|>]|<!(?:channel|here|everyone)|"user_id":"${uid}"`));

/** One line without markup: references as names, no style marks. */
function words(message, workspace) {
  const text = message.text || blocksText(message.blocks ?? []);
  const line = text
    .replace(/```[\s\S]*?(?:```|$)/g, " ")
    .replace(/<@([^>|]+)(?:\|[^>]*)?>/g, (_, id) => `@${workspace.user(id)?.name ?? id}`)
    .replace(/<#([^>|]+)(?:\|([^>]*))?>/g, (_, id, label) => `#${workspace.conversation(id)?.name ?? label ?? id}`)
    .replace(/<!date\^(\d+)\^([^|^>]*)[^|>]*(?:\|([^>]*))?>/g, (_, at, pattern, label) => dateText(Number(at), pattern, label))
    .replace(/<!(\w+)(?:[|^][^>]*)?>/g, "@$1")
    .replace(/<([^>|]+)\|([^>]*)>/g, "$2")
    .replace(/<([^>]+)>/g, "$1")
    .replace(/[*~`]+|(?<!\w)_|_(?!\w)/g, "")
    .replace(/\s+/g, " ");
  const plainLine = unescape(line);
  return plainLine.length > LONGEST ? `${plainLine.slice(0, LONGEST)}…` : plainLine;
}
