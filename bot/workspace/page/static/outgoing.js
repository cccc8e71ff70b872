import { ControlError } from "./api.js";

/**
 * Send what a person typed: a slash command to the bot, anything else as a message. The workspace makes
 * of the text what Slack makes of it (escapes, mentions, links), so it goes as typed.
 *
 * @throws {ControlError} where it was refused; nothing was sent then
 */
export async function send(person, workspace, channel, text, threadTs = null) {
  const command = /^\/([^\s/]\S*)(?:\s+([\s\S]*))?$/.exec(text);
  if (!command) {
    await person.post(channel, text, threadTs);
    return;
  }
  const name = `/${command[1]}`;
  if (!workspace.commands.some((one) => one.command === name)) {
    throw new ControlError("unknown_command", `${name} is not a command here`);
  }
  await person.command(channel, name, command[2] ?? "", threadTs);
}
