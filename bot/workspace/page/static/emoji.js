// The short names that Ride's own texts and people in an incident use. `drawn` ones have a picture of
// ours in emoji.svg, so that they look the same on a machine without an emoji font.
const NAMES = {
  rotating_light: "🚨", white_check_mark: "✅", warning: "⚠️", mag: "🔍", mag_right: "🔎", stopwatch: "⏱️",
  checkered_flag: "🏁", x: "❌", no_entry: "⛔", octagonal_sign: "🛑", bulb: "💡", clock: "🕒", hourglass: "⌛",
  hourglass_flowing_sand: "⏳", fire: "🔥", eyes: "👀", pushpin: "📌", memo: "📝", bar_chart: "📊",
  chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", lock: "🔒", unlock: "🔓", key: "🔑",
  wrench: "🔧", hammer_and_wrench: "🛠️", gear: "⚙️", rocket: "🚀", tada: "🎉", trophy: "🏆", dart: "🎯",
  hole: "🕳️", bug: "🐛", pager: "📟", telephone_receiver: "📞", phone: "☎️", bell: "🔔", no_bell: "🔕",
  speech_balloon: "💬", thought_balloon: "💭", loudspeaker: "📢", mega: "📣", books: "📚", book: "📖",
  elephant: "🐘", robot_face: "🤖", wave: "👋", "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎",
  ok_hand: "👌", pray: "🙏", clap: "👏", muscle: "💪", point_right: "👉", raised_hands: "🙌", smile: "😄",
  slightly_smiling_face: "🙂", grinning: "😀", joy: "😂", thinking_face: "🤔", sweat_smile: "😅", cry: "😢",
  sob: "😭", scream: "😱", grimacing: "😬", face_with_monocle: "🧐", sunglasses: "😎", upside_down_face: "🙃",
  neutral_face: "😐", confused: "😕", angry: "😠", heart: "❤️", star: "⭐", sparkles: "✨", zap: "⚡", boom: "💥",
  question: "❓", exclamation: "❗", heavy_check_mark: "✔️", heavy_exclamation_mark: "❗", information_source: "ℹ️",
  arrow_right: "➡️", arrow_up: "⬆️", arrow_down: "⬇️", repeat: "🔁", red_circle: "🔴", large_yellow_circle: "🟡",
  large_green_circle: "🟢", large_blue_circle: "🔵", white_circle: "⚪", black_circle: "⚫", calendar: "📅",
  alarm_clock: "🔔", inbox_tray: "📥", package: "📦", computer: "💻", floppy_disk: "💾", file_cabinet: "🗄️",
  file_folder: "📁", link: "🔗", construction: "🚧", ambulance: "🚑", fire_engine: "🚒", firefighter: "🧑‍🚒",
  adhesive_bandage: "🩹", stethoscope: "🩺", skull: "💀", coffee: "☕", bust_in_silhouette: "👤", detective: "🕵️",
  busts_in_silhouette: "👥", moneybag: "💰", credit_card: "💳", shopping_trolley: "🛒", snail: "🐌", turtle: "🐢",
  traffic_light: "🚦", vertical_traffic_light: "🚦", triangular_flag_on_post: "🚩", mortar_board: "🎓",
  first_place_medal: "🥇", second_place_medal: "🥈", third_place_medal: "🥉", medal: "🏅", black_square_for_stop: "⏹️",
  male_technologist: "👨‍💻", female_technologist: "👩‍💻", technologist: "🧑‍💻", office_worker: "🧑‍💼",
  arrow_forward: "▶️", double_vertical_bar: "⏸️", white_small_square: "▫️",
  necktie: "👔", briefcase: "💼", mouse_trap: "🪤", siren: "🚨", headphones: "🎧", herb: "🌿", seedling: "🌱", ocean: "🌊",
};

const DRAWN = new Map(Object.entries({
  "🚨": "siren", "✅": "check", "⚠": "warning", "🔍": "search", "🔎": "search", "⏱": "stopwatch", "🏁": "flag",
  "❌": "cross", "⛔": "no_entry", "🛑": "stop", "💡": "bulb", "⏳": "hourglass", "⌛": "hourglass", "🔥": "fire",
  "👀": "eyes", "📌": "pin", "📈": "chart_up", "📉": "chart_down", "📊": "bars", "🔒": "lock", "🏆": "trophy",
  "🎯": "target", "🎉": "party", "📟": "pager", "🔔": "bell", "💬": "speech", "📣": "megaphone", "📢": "megaphone",
  "🤖": "robot", "👍": "thumb", "👋": "wave", "🔴": "red", "🟡": "yellow", "🟢": "green", "🔵": "blue",
  "📝": "memo", "🔧": "wrench", "🛠": "wrench", "💻": "laptop", "📚": "books", "📖": "books", "💥": "boom",
  "👥": "people", "📅": "calendar", "🗓": "calendar", "🔁": "swap", "🎲": "die", "🔕": "no_bell",
  "🥇": "gold", "🥈": "silver", "🥉": "bronze", "✨": "sparkles", "🎛": "knobs", "🚫": "prohibited",
  "▶": "play", "⏸": "pause", "▫": "small_square", "ℹ": "info",
  "👔": "tie", "💼": "briefcase", "🎧": "headphones", "🤔": "thinking", "🐘": "elephant", "🚀": "rocket",
}));

const bare = (character) => character.replaceAll("\ufe0f", "");
const NAME_OF = new Map(Object.entries(NAMES).map(([name, character]) => [bare(character), name]));

/** The picture for a short name, or null when the name is not known. */
export function emojiByName(name) {
  const character = NAMES[name.split("::")[0]];
  return character ? emoji(character, name) : null;
}

/** A character as typed: the one of our pictures, or itself. */
export function emoji(character, name = NAME_OF.get(bare(character)) ?? "emoji") {
  const drawn = DRAWN.get(bare(character));
  const node = document.createElement(drawn ? "img" : "span");
  node.className = "emoji";
  node.title = `:${name}:`;
  if (drawn) {
    node.src = `/static/emoji.svg#${drawn}`;
    node.alt = character;
  } else {
    node.textContent = character;
    node.setAttribute("role", "img");
    node.setAttribute("aria-label", name.replaceAll("_", " "));
  }
  return node;
}

/** Every character that may be an emoji, for splitting text. */
export const EMOJI_PATTERN = /\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?(?:\u200d\p{Extended_Pictographic}(?:\ufe0f)?)*/u;

export const emojiNames = Object.keys(NAMES);
