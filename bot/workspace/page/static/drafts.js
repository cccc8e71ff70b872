// What was typed and not sent, and the commands that were, so that neither is lost on the way.

const HISTORY_LENGTH = 50;

const read = (storage, key) => {
  try {
    return storage.getItem(key);
  } catch {
    return null; // Storage can be switched off; then this lives as long as the page.
  }
};

const write = (storage, key, value) => {
  try {
    if (value) storage.setItem(key, value);
    else storage.removeItem(key);
  } catch {
    // As above.
  }
};

export const loadDraft = (key) => read(sessionStorage, `ride.draft.${key}`) ?? "";
export const saveDraft = (key, text) => write(sessionStorage, `ride.draft.${key}`, text);

/** The slash commands that a person sent, newest last, walked with Up and Down. */
export class CommandHistory {
  constructor(uid) {
    this.key = `ride.history.${uid}`;
    this.at = null;
  }

  get entries() {
    try {
      const entries = JSON.parse(read(localStorage, this.key) ?? "[]");
      return Array.isArray(entries) ? entries : [];
    } catch {
      return [];
    }
  }

  remember(text) {
    this.at = null;
    if (!text.startsWith("/")) return;
    const entries = this.entries.filter((entry) => entry !== text);
    entries.push(text);
    write(localStorage, this.key, JSON.stringify(entries.slice(-HISTORY_LENGTH)));
  }

  /** The next older (−1) or newer (1) entry for a box that holds `text`, or null where none applies. */
  step(direction, text) {
    const { entries } = this;
    const walking = this.at !== null && entries[this.at] === text;
    if (!walking && text !== "") return null;
    const at = (walking ? this.at : entries.length) + direction;
    if (at < 0) return null;
    if (at >= entries.length) {
      this.at = null;
      return walking ? "" : null;
    }
    this.at = at;
    return entries[at];
  }
}
