// Slack's ts is "seconds.serial"; times are shown on the reader's own clock.

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium", hourCycle: "h23" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const DAY_MS = 86_400_000;

export const dateOf = (ts) => new Date(Number(ts) * 1000);
export const clockText = (ts) => clock.format(dateOf(ts));
export const exactText = (ts) => exact.format(dateOf(ts));

/** A key that is the same for two times of one day here. */
export function dayOf(ts) {
  const date = dateOf(ts);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

export function dayText(ts, now = new Date()) {
  const day = dayOf(ts);
  if (day === dayOf(now / 1000)) return "Today";
  if (day === dayOf((now - DAY_MS) / 1000)) return "Yesterday";
  return weekday.format(dateOf(ts));
}

/** Slack's <!date^…> tokens; an unknown one makes the whole the fallback. */
export function dateText(seconds, pattern, fallback) {
  if (!Number.isFinite(seconds)) return fallback ?? "";
  const date = new Date(seconds * 1000);
  const format = (options) => new Intl.DateTimeFormat(undefined, options).format(date);
  const tokens = {
    date_num: () => `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`,
    date: () => format({ dateStyle: "long" }),
    date_short: () => format({ dateStyle: "medium" }),
    date_long: () => format({ dateStyle: "full" }),
    date_pretty: () => dayText(seconds),
    date_short_pretty: () => dayText(seconds),
    date_long_pretty: () => dayText(seconds),
    time: () => clock.format(date),
    time_secs: () => format({ timeStyle: "medium", hourCycle: "h23" }),
    ago: () => agoText(seconds),
  };
  let known = true;
  const text = pattern.replace(/\{(\w+)\}/g, (_, token) => {
    if (!tokens[token]) known = false;
    return tokens[token]?.() ?? "";
  });
  return known && text ? text : (fallback ?? exact.format(date));
}

export function agoText(ts, now = Date.now()) {
  const seconds = Math.max(0, Math.round(now / 1000 - Number(ts)));
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.round(seconds / 3600)} h ago`;
  return weekday.format(dateOf(ts));
}
