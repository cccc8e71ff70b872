import { explain } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { byId, el, replace } from "./dom.js";
import { Filled } from "./states.js";
import { toast } from "./toasts.js";

/** The app's Home, in the place of a conversation. */
export class AppHome {
  /** @param {object} screen workspace, person, actInHome */
  constructor(screen) {
    this.screen = screen;
    this.isOpen = false;
    this.place = byId("home");
    this.filled = new Filled();
    this.drawn = null;
  }

  /** Show it; the app hears that it was opened, and may publish it anew. */
  async open() {
    this.isOpen = true;
    byId("main").classList.add("at-home");
    this.place.hidden = false;
    this.place.scrollTop = 0;
    await this.refresh();
    try {
      await this.screen.person.openHome();
    } catch (error) {
      toast({ kind: "error", title: "The app was not told", text: explain(error, "Opening its Home") });
    }
  }

  close() {
    this.isOpen = false;
    byId("main").classList.remove("at-home");
    this.place.hidden = true;
  }

  async refresh() {
    if (!this.isOpen) return;
    const { view } = await this.screen.person.home();
    this.filled.known = view?.state?.values ?? {};
    const signature = JSON.stringify([view?.id, view?.blocks]);
    if (signature === this.drawn) return;
    const focused = this.place.contains(document.activeElement) ? document.activeElement.closest("[data-action]")?.dataset.action : null;
    const first = this.drawn === null;
    this.drawn = signature;
    const { scrollTop } = this.place;
    replace(this.place, view ? this.#blocks(view) : empty(this.screen.workspace));
    this.place.scrollTop = first ? 0 : scrollTop;
    if (focused) (this.place.querySelector(`[data-action="${CSS.escape(focused)}"]`) ?? this.place).focus({ preventScroll: true });
  }

  #blocks(view) {
    const { workspace, person, actInHome } = this.screen;
    return el("div.home-column.view", {}, renderBlocks(view.blocks ?? [], {
      names: workspace, person, filled: this.filled,
      act: (element, blockId, node, sent) => actInHome(view, element, blockId, node, sent),
    }, { card: false }));
  }
}

function empty(workspace) {
  return el("p.home-empty", {}, `${workspace.appName} has nothing to show you here yet. It has been told that you opened this.`);
}
