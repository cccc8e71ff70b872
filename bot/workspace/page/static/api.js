/** A refusal or failure of the control API: `code` is Slack's error code where it gave one. */
export class ControlError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

const WORDS = {
  operation_timeout: "was not answered within 3 seconds. The bot may still be starting: try again in a moment.",
  dispatch_failed: "could not be delivered: no bot is connected to this workspace. Try again when it is running.",
  not_connected: "could not be delivered: no bot is connected to this workspace. Try again when it is running.",
  unknown_command: "is not a command here. Type / to see the ones that are.",
  not_supported_in_threads: "can't be used in a thread: write it in the channel, or mention the bot here instead.",
  action_not_found: "is no longer there: the message has changed.",
  not_in_channel: "only works for members of this channel. Join it, then try again.",
  is_archived: "does not work here: this channel is archived and can only be read.",
  channel_not_found: "found no such channel, or you are not in it.",
  msg_too_long: "is too long for one message. Split it in two.",
  no_text: "needs some text.",
  thread_not_found: "found no such thread. The message may have been deleted.",
  ratelimited: "came too fast for the workspace. Wait a second and try again.",
  name_taken: "is taken: a channel of that name exists.",
  view_not_found: "is no longer open.",
};

/** What went wrong, for a person. `what` is what they did: "/ride", "The message". */
export function explain(error, what) {
  if (error instanceof TypeError) return "The workspace does not answer. Is it still running?";
  const words = WORDS[error.code];
  return words ? `${what} ${words}` : `${what} was refused: ${error.message}`;
}

async function call(method, path, body) {
  const response = await fetch(`/control${path}`, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok || answer.ok === false) {
    const code = answer.error ?? String(response.status);
    throw new ControlError(code, answer.message ?? answer.error ?? `the workspace answered ${response.status}`);
  }
  return answer;
}

const part = encodeURIComponent;

export const getWorkspace = () => call("GET", "/workspace");

/** The control API as one person. */
export class Person {
  constructor(uid) {
    this.uid = uid;
    this.base = `/users/${part(uid)}`;
  }

  conversations() {
    return call("GET", `${this.base}/conversations`);
  }

  messages(channel, threadTs) {
    const query = threadTs ? `?thread_ts=${part(threadTs)}` : "";
    return call("GET", `${this.base}/conversations/${part(channel)}/messages${query}`);
  }

  post(channel, text, threadTs) {
    return call("POST", `${this.base}/messages`, { channel, text, ...(threadTs && { thread_ts: threadTs }) });
  }

  command(channel, command, text, threadTs) {
    return call("POST", `${this.base}/commands`, { channel, command, text, ...(threadTs && { thread_ts: threadTs }) });
  }

  /**
   * Press or pick something in a message or a view.
   *
   * @param {{channel: string, message_ts: string}|{view_id: string, values: object}} where in a view also
   *   what its other inputs hold
   * @param {{value?: string, state?: object}} sent what was picked; a button has its own value
   */
  act(where, element, blockId, sent = {}) {
    return call("POST", `${this.base}/actions`, {
      ...where,
      action_id: element.action_id,
      ...(blockId && { block_id: blockId }),
      ...(element.type === "button" && element.value !== undefined && { value: element.value }),
      ...sent,
    });
  }

  /** The modals before this person, the lowest first. */
  views() {
    return call("GET", `${this.base}/views`);
  }

  /** Hand in a modal: {closed, errors: words by block_id}. */
  submit(view, values) {
    return call("POST", `${this.base}/views/${part(view)}/submit`, { values });
  }

  closeView(view) {
    return call("POST", `${this.base}/views/${part(view)}/close`, {});
  }

  home() {
    return call("GET", `${this.base}/home`);
  }

  openHome() {
    return call("POST", `${this.base}/home/open`, {});
  }

  read(channel, ts) {
    return call("POST", `${this.base}/read`, { channel, ts });
  }

  openDirect(user) {
    return call("POST", `${this.base}/conversations/open`, { user });
  }

  create(name, isPrivate) {
    return call("POST", "/conversations", { uid: this.uid, name, private: isPrivate });
  }

  join(channel) {
    return call("POST", `/conversations/${part(channel)}/join`, { uid: this.uid });
  }

  fileAddress(file) {
    return `/control${this.base}/files/${part(file)}`;
  }

  get eventsAddress() {
    return `/control${this.base}/events`;
  }
}
