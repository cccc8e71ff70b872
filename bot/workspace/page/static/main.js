// Start the page: who acts is in the address (/page/{uid}/{cid}?thread=ts), all else comes from the
// control API, and what happens comes as events.

import { ControlError, Person, explain, getWorkspace } from "./api.js";
import { byId, el, replace } from "./dom.js";
import { icon } from "./icons.js";
import { Live } from "./live.js";
import { Screen } from "./screen.js";
import { makeRoom } from "./toasts.js";
import { Workspace } from "./workspace.js";

const HOME = ["ride-club", "incidents", "general"];

function place() {
  const [, , uid = "", cid = ""] = location.pathname.split("/").map(decodeURIComponent);
  return { uid, cid, threadTs: new URLSearchParams(location.search).get("thread") };
}

function home(workspace) {
  const { channels, direct, open } = workspace.sections;
  const named = HOME.map((name) => channels.find((one) => one.name === name)).find(Boolean);
  return named ?? channels[0] ?? direct[0] ?? open[0] ?? null;
}

function drawTheme() {
  const next = window.rideTheme.current() === "dark" ? "sun" : "moon";
  replace(byId("theme"), icon(next));
}

function keys(screen) {
  document.addEventListener("keydown", (event) => {
    const modal = document.querySelector("dialog[open]");
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      // A form is answered or closed first.
      if (!modal?.matches(".modal")) screen.switcher();
    } else if (modal) return;
    else if (event.altKey && !event.ctrlKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      screen.step(event.key === "ArrowDown" ? 1 : -1);
    } else if (isAnswerKey(event)) {
      event.preventDefault();
      screen.answer();
    } else if (event.key === "Escape") {
      if (byId("app").classList.contains("menu-open")) screen.closeMenu();
      else screen.thread.close();
    }
  });
}

/** Alt+A; on a Mac, where that types a letter, with Control. */
function isAnswerKey({ code, altKey, ctrlKey, metaKey, shiftKey }) {
  const isMac = /^Mac/.test(navigator.platform);
  return code === "KeyA" && altKey && ctrlKey === isMac && !metaKey && !shiftKey;
}

function failed(error) {
  replace(byId("main"), el("div.failed", { role: "alert" },
    el("h2", {}, "This page can't start"), el("p", {}, explain(error, "Opening the workspace")),
    el("a.button.primary", { href: "/" }, "Try again")));
}

async function start() {
  drawTheme();
  byId("theme").addEventListener("click", () => {
    window.rideTheme.toggle();
    drawTheme();
  });
  replace(byId("jump-icon"), icon("search"));

  const workspace = new Workspace(await getWorkspace());
  const { uid, cid, threadTs } = place();
  workspace.me = workspace.humans.find((user) => user.id === uid || user.name === uid) ?? workspace.humans[0] ?? null;
  if (!workspace.me) throw new ControlError("no_people", "nobody is in this workspace yet");
  byId("team-name").textContent = workspace.team.name;

  const person = new Person(workspace.me.id);
  workspace.conversations = await person.conversations();
  const screen = new Screen(workspace, person);
  byId("jump").addEventListener("click", () => screen.switcher());
  byId("scrim").addEventListener("click", () => screen.closeMenu());
  keys(screen);
  makeRoom();

  // A person and a channel may be given by name too. Somebody just chosen goes only where they belong.
  const named = workspace.conversations.find((one) => one.id === cid || (one.kind !== "im" && one.name === cid));
  const asked = named?.is_member || [workspace.me.id, workspace.me.name].includes(uid) ? named : null;
  const first = asked ?? (workspace.isHome(cid) ? { id: workspace.app.user } : home(workspace));
  if (!first) throw new ControlError("no_channels", "there is no channel to show yet");
  await screen.go(first.id, { replace: true, threadTs: asked ? threadTs : null });

  window.addEventListener("popstate", () => {
    const to = place();
    const conversation = workspace.conversation(to.cid);
    if (to.uid === workspace.me.id && conversation) screen.show(conversation, to.threadTs);
    else if (to.uid === workspace.me.id && workspace.isHome(to.cid)) screen.showHome();
    else location.reload();
  });
  document.addEventListener("visibilitychange", () => screen.seen());
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.mention[data-channel]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    screen.go(link.dataset.channel);
  });
  new Live(person.eventsAddress, {
    poll: () => screen.poll(),
    event: (event) => screen.happened(event),
    up: () => screen.connected(true),
    down: () => screen.connected(false),
  });
}

start().catch(failed);
