import { showDialog } from "./dialogs.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { avatar } from "./people.js";
import { SuggestionList } from "./suggestions.js";

/**
 * Ctrl/Cmd+K: go to a channel or a person by a few letters.
 *
 * @param {object} workspace
 * @param {{open: (cid: string) => void, openDirect: (uid: string) => void}} actions
 * @param {boolean} onlyPeople to write to somebody
 */
export function showSwitcher(workspace, actions, onlyPeople = false) {
  if (document.querySelector("dialog.switcher")) return;
  const input = el("input", { type: "text", role: "combobox", "aria-autocomplete": "list", autocomplete: "off", autofocus: true,
    "aria-label": onlyPeople ? "Write to" : "Jump to a channel or person",
    placeholder: onlyPeople ? "Who do you want to write to?" : "Jump to a channel or person" });
  const choose = (option) => {
    dialog.close();
    option.go();
  };
  const list = new SuggestionList(input, "switcher-list", choose);
  const all = onlyPeople ? people(workspace, actions) : [...channels(workspace, actions), ...people(workspace, actions)];
  const draw = () => list.show(matching(all, input.value.trim().toLowerCase().replace(/^[#@]/, "")));
  const dialog = el("dialog.dialog.switcher", { "aria-label": onlyPeople ? "Write to somebody" : "Jump to" },
    el("div.switcher-input", {}, icon("search"), input), list.list);
  input.addEventListener("input", draw);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.options.length) list.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !event.isComposing && list.chosen) {
      event.preventDefault();
      choose(list.chosen);
    }
  });
  showDialog(dialog);
  draw();
}

function matching(all, typed) {
  // A whole name is meant as it is typed, whatever longer names begin with it.
  const rank = ({ title, words }) =>
    title.toLowerCase() === typed ? 0 : words.startsWith(typed) ? 1 : words.includes(` ${typed}`) ? 2 : words.includes(typed) ? 3 : 4;
  return all.filter((one) => rank(one) < 4).sort((a, b) => rank(a) - rank(b) || a.place - b.place || b.weight - a.weight).slice(0, 9);
}

/** Where a kind of choice stands among those that match as well: lower is earlier. */
const PLACES = { mine: 0, person: 1, notJoined: 2, archived: 3 };

function channels(workspace, actions) {
  // The newest first, whatever is unread in older ones: whoever is paged wants the incident of that page.
  const newest = workspace.newestFirst.filter(({ kind }) => kind !== "im");
  return newest.map((one, at) => ({
    title: one.name, words: one.name.toLowerCase().replaceAll("-", " ") + " " + one.name.toLowerCase(), weight: -at,
    place: one.is_archived ? PLACES.archived : one.is_member ? PLACES.mine : PLACES.notJoined,
    note: one.is_archived ? "archived" : one.is_member ? (one.unread ? `${one.unread} unread` : "") : "not joined",
    picture: el("span.sign", {}, icon(one.is_archived ? "archive" : one.kind === "private" ? "lock" : "hash")),
    go: () => actions.open(one.id),
  }));
}

function people(workspace, actions) {
  return workspace.users.filter((user) => user.id !== workspace.me.id).map((user) => {
    const direct = workspace.conversations.find((one) => one.kind === "im" && one.user === user.id);
    const name = user.real_name || user.name;
    return {
      title: name, words: `${name} ${user.name}`.toLowerCase(), weight: direct ? direct.unread + 1 : 0, place: PLACES.person, note: user.title ?? "",
      picture: avatar({ ...user, name }, "small"),
      go: () => (direct ? actions.open(direct.id) : actions.openDirect(user.id)),
    };
  });
}
