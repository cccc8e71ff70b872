// What Block Kit's inputs and menus hold: the states of `state.values` in Slack's view submissions
// (docs.slack.dev, "View interaction payloads"), without their `type`.

/** By an element's type: the key of its state, the element's own key for what it holds at first. */
const HOLDS = {
  checkboxes: ["selected_options", "initial_options"],
  channels_select: ["selected_channel", "initial_channel"],
  conversations_select: ["selected_conversation", "initial_conversation"],
  datepicker: ["selected_date", "initial_date"],
  datetimepicker: ["selected_date_time", "initial_date_time"],
  multi_conversations_select: ["selected_conversations", "initial_conversations"],
  multi_static_select: ["selected_options", "initial_options"],
  multi_users_select: ["selected_users", "initial_users"],
  number_input: ["value", "initial_value"],
  plain_text_input: ["value", "initial_value"],
  radio_buttons: ["selected_option", "initial_option"],
  static_select: ["selected_option", "initial_option"],
  timepicker: ["selected_time", "initial_time"],
  users_select: ["selected_user", "initial_user"],
};

const isMany = (element) => element.type === "checkboxes" || element.type.startsWith("multi_");
const nothing = (element) => (isMany(element) ? [] : null);

/** The state in which an element holds `content`: a text, an option, a list of ids, … */
export function stateOf(element, content) {
  const [key] = HOLDS[element.type];
  return { [key]: content === "" || content === null || content === undefined ? nothing(element) : content };
}

/** What an element holds in a state: null or an empty list where that is nothing. */
export const contentOf = (element, state) => state[HOLDS[element.type][0]] ?? nothing(element);

/** All options of a menu, with or without groups. */
export const optionsOf = (element) =>
  element.options ?? (element.option_groups ?? []).flatMap((group) => group.options ?? []);

/** The state as a client sends it: an option by its value alone. */
export function sendable(element, state) {
  const content = contentOf(element, state);
  const byValue = (one) => (one && typeof one === "object" ? { value: one.value } : one);
  return stateOf(element, Array.isArray(content) ? content.map(byValue) : byValue(content));
}

function isOffered(element, state) {
  if (!element.options && !element.option_groups) return true;
  const there = new Set(optionsOf(element).map(({ value }) => value));
  return [contentOf(element, state)].flat().every((one) => one === null || there.has(one.value));
}

/**
 * What a person filled in on one surface. It outlives the drawing: a view that the app changes keeps
 * what was typed, where the same input comes again under the same ids.
 */
export class Filled {
  #held = new Map();

  /** @param {object} known `state.values` as the workspace has it, for what was not touched here */
  constructor(known = {}) {
    this.known = known;
  }

  state(blockId, element) {
    const held = this.#held.get(place(blockId, element)) ?? this.known[blockId]?.[element.action_id];
    const [key, initial] = HOLDS[element.type];
    return held && key in held && isOffered(element, held) ? { [key]: held[key] } : stateOf(element, element[initial]);
  }

  keep(blockId, element, state) {
    this.#held.set(place(blockId, element), state);
  }

  /** The `values` of a submission: all that the blocks hold. */
  values(blocks) {
    const values = {};
    for (const block of blocks) {
      for (const element of [block.element, block.accessory, ...(block.elements ?? [])]) {
        if (!element || !(element.type in HOLDS)) continue;
        values[block.block_id] ??= {};
        values[block.block_id][element.action_id] = sendable(element, this.state(block.block_id, element));
      }
    }
    return values;
  }
}

const place = (blockId, element) => JSON.stringify([blockId, element.action_id, element.type]);
