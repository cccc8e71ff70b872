import { ControlError } from "./api.js";
import { escape } from "./mrkdwn.js";

const BROADCASTS = new Set(["channel", "here", "everyone"]);

/**
 * Text as typed to text as Slack's own clients send it: & < > escaped, @name and #name of people and
 * channels that exist turned into references. Code is escaped only.
 */
export function encode(text, workspace) {
  const pieces = text.split(/(```[\s\S]*?```|`[^`\n]+`)/);
  return pieces.map((piece, index) => (index % 2 ? escape(piece) : references(escape(piece), workspace))).join("");
}

function references(text, workspace) {
  return text.replace(/(^|[\s(])([@#])([\p{L}\p{N}._-]+)/gu, (whole, before, sign, typed) => {
    // A full stop after a name belongs to the sentence, unless the name has one.
    for (let name = typed; name; name = /[._-]$/.test(name) ? name.slice(0, -1) : "") {
      const target = resolve(sign, name, workspace);
      if (target) return before + target + typed.slice(name.length);
    }
    return whole;
  });
}

function resolve(sign, name, workspace) {
  if (sign === "#") {
    const channel = workspace.conversations.find((one) => one.kind !== "im" && one.name === name);
    return channel && `<#${channel.id}>`;
  }
  if (BROADCASTS.has(name)) return `<!${name}>`;
  const user = workspace.users.find((one) => one.name.toLowerCase() === name.toLowerCase());
  return user && `<@${user.id}>`;
}

/**
 * Send what a person typed: a slash command to the bot, anything else as a message.
 *
 * @throws {ControlError} where it was refused; nothing was sent then
 */
export async function send(person, workspace, channel, text, threadTs = null) {
  const command = /^\/([^\s/]\S*)(?:\s+([\s\S]*))?$/.exec(text);
  if (!command) {
    await person.post(channel, encode(text, workspace), threadTs);
    return;
  }
  const name = `/${command[1]}`;
  if (!workspace.commands.some((one) => one.command === name)) {
    throw new ControlError("unknown_command", `${name} is not a command here`);
  }
  await person.command(channel, name, command[2] ?? "", threadTs);
}
