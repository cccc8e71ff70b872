import { explain } from "./api.js";
import { nameOf, renderBlocks, showErrors } from "./blocks.js";
import { coalesced } from "./coalesced.js";
import { confirmAction } from "./dialogs.js";
import { el, replace } from "./dom.js";
import { icon } from "./icons.js";
import { plain } from "./mrkdwn.js";
import { Filled } from "./states.js";

const FOCUSABLE = "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex='0']";
const INPUTS = ".block-input :is(input, select, textarea), .block-actions :is(input, select), .block-accessory :is(input, select)";

/** The modals that the app opened for this person: the uppermost is shown, those beneath keep what was typed. */
export class Modals {
  constructor(workspace, person) {
    this.workspace = workspace;
    this.person = person;
    this.filled = new Map();
    this.dialog = null;
    this.shown = null;
    this.busy = false;
    /** Read again what is open, and show its top. One at a time: an older answer never comes last. */
    this.refresh = coalesced(() => this.#read());
  }

  async #read() {
    const { views } = await this.person.views();
    const open = new Set(views.map(({ id }) => id));
    for (const id of this.filled.keys()) if (!open.has(id)) this.filled.delete(id);
    const top = views.at(-1) ?? null;
    if (top === null) this.#leave();
    else if (this.shown?.id !== top.id || this.shown.hash !== top.hash) this.#show(top, views.length > 1);
  }

  #show(top, isPushed) {
    const again = this.shown?.id === top.id;
    const before = again ? this.#place() : null;
    this.shown = top;
    if (!this.filled.has(top.id)) this.filled.set(top.id, new Filled());
    this.filled.get(top.id).known = top.values ?? {};
    this.#draw(top, isPushed);
    if (!this.dialog.open) {
      document.body.append(this.dialog);
      this.dialog.showModal();
    }
    if (before) this.#returnTo(before);
    else this.#firstInput().focus();
  }

  #draw({ view }, isPushed) {
    this.dialog ??= el("dialog.modal", { "aria-labelledby": "modal-title", on: {
      keydown: (event) => this.#key(event),
      // Only #leave closes it: a view is open for as long as the workspace says so.
      cancel: (event) => event.preventDefault(),
    } });
    const back = isPushed ? { label: "Back", sign: "back" } : { label: "Close", sign: "close" };
    this.body = el("div.modal-body.view", {}, renderBlocks(view.blocks, {
      names: this.workspace, person: this.person, filled: this.filled.get(this.shown.id),
      act: (...what) => this.#act(...what),
      touched: (blockId) => this.#touched(blockId),
    }, { card: false }));
    this.errors = {};
    this.problem = el("p.problem.modal-problem", { role: "alert", hidden: true });
    this.submit = view.submit
      ? el("button.button.primary", { type: "submit", disabled: view.submit_disabled === true }, plain(view.submit.text)) : null;
    const close = () => this.#close();
    replace(this.dialog,
      el("form.modal-form", { novalidate: true, autocomplete: "off", on: { submit: (event) => {
        event.preventDefault();
        this.#submit();
      } } },
      el("header.modal-head", { class: isPushed ? "pushed" : "" },
        el("h2", { id: "modal-title" }, plain(view.title?.text ?? "")),
        el("button.icon-button", { type: "button", "aria-label": back.label, title: `${back.label} (Esc)`, on: { click: close } }, icon(back.sign))),
      this.body, this.problem,
      el("footer.modal-foot", {},
        el("button.button", { type: "button", on: { click: close } }, plain(view.close?.text ?? (this.submit ? "Cancel" : "Close"))),
        this.submit)));
  }

  #key(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.#close();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Tab") {
      // The browser would go through its own bars: stay inside.
      const stops = [...this.dialog.querySelectorAll(FOCUSABLE)].filter((node) => node.tabIndex >= 0 && node.checkVisibility());
      const [first, last] = [stops[0], stops.at(-1)];
      const leaves = event.shiftKey ? document.activeElement === first : document.activeElement === last;
      if (!leaves) return;
      event.preventDefault();
      (event.shiftKey ? last : first).focus();
    }
  }

  #firstInput() {
    const wanted = this.shown.view.blocks.find(({ element }) => element?.focus_on_load);
    const within = wanted ? this.body.querySelector(`[data-block="${CSS.escape(wanted.block_id)}"]`) : this.body;
    const inputs = [...within.querySelectorAll(INPUTS)];
    // Of radio buttons, the one that is chosen.
    const first = inputs[0]?.type === "radio" ? inputs.find((one) => one.name === inputs[0].name && one.checked) ?? inputs[0] : inputs[0];
    return first ?? this.submit ?? this.dialog.querySelector(".modal-foot button");
  }

  #place() {
    const focused = this.dialog.contains(document.activeElement) ? document.activeElement : null;
    const action = focused?.closest("[data-action]");
    return {
      top: this.body.scrollTop, block: focused?.closest("[data-block]")?.dataset.block, action: action?.dataset.action,
      value: ["checkbox", "radio"].includes(focused?.type) ? focused.value : null,
      caret: "selectionStart" in (focused ?? {}) ? [focused.selectionStart, focused.selectionEnd] : null,
      submit: focused?.type === "submit",
    };
  }

  /** After the view was drawn anew: the same field, the same place in it. */
  #returnTo({ top, block, action, value, caret, submit }) {
    this.body.scrollTop = top;
    const within = block ? this.body.querySelector(`[data-block="${CSS.escape(block)}"]`) : this.body;
    const holder = action && within?.querySelector(`[data-action="${CSS.escape(action)}"]`);
    const candidates = holder ? [holder, ...holder.querySelectorAll(FOCUSABLE)].filter((node) => node.matches(FOCUSABLE)) : [];
    const wanted = (value !== null && candidates.find((node) => node.value === value)) || candidates.at(-1);
    const field = wanted ?? (submit ? this.submit : null) ?? this.#firstInput();
    field.focus({ preventScroll: true });
    if (wanted && caret?.[0] !== null && caret && "setSelectionRange" in field && field.selectionStart !== null) field.setSelectionRange(...caret);
  }

  #touched(blockId) {
    if (!(blockId in this.errors)) return;
    delete this.errors[blockId];
    showErrors(this.body, this.errors);
  }

  async #submit() {
    // Enter in a form's only field counts as a submission even where there is nothing to submit.
    if (!this.submit || this.submit.disabled) return;
    await this.#work(async () => {
      const { id, view } = this.shown;
      const { errors = {} } = await this.person.submit(id, this.filled.get(id).values(view.blocks));
      this.#refuse(errors);
      if (!Object.keys(errors).length) await this.refresh();
    }, "The form");
  }

  #refuse(errors) {
    this.errors = errors;
    const elsewhere = showErrors(this.body, errors);
    if (elsewhere.length) this.#complain(elsewhere.map((id) => errors[id]).join(" "));
    const wrong = this.body.querySelector(".block-input.wrong");
    if (!wrong) return;
    wrong.querySelector(INPUTS)?.focus({ preventScroll: true });
    wrong.scrollIntoView({ block: "nearest" });
  }

  async #close() {
    await this.#work(async () => {
      await this.person.closeView(this.shown.id);
      await this.refresh();
    }, "Closing this");
  }

  async #act(element, blockId, node, sent) {
    if (element.confirm && !(await confirmAction(element.confirm, this.workspace))) return false;
    node.classList.add("busy");
    const { id, view } = this.shown;
    const where = { view_id: id, values: this.filled.get(id).values(view.blocks) };
    const done = await this.#work(() => this.person.act(where, element, blockId, sent),
      nameOf(element), { quietly: true });
    node.classList.remove("busy");
    return done;
  }

  /** Do one thing at a time for as long as it takes; say so when it failed. Whether it was done. */
  async #work(work, what, { quietly = false } = {}) {
    if (this.busy && !quietly) return false;
    if (!quietly) this.#wait(true);
    this.problem.hidden = true;
    try {
      await work();
      return true;
    } catch (error) {
      this.#complain(explain(error, what));
      // It may be that the view is gone: then this shows what is there.
      if (error.code) await this.refresh().catch(() => null);
      return false;
    } finally {
      if (!quietly) this.#wait(false);
    }
  }

  #wait(busy) {
    this.busy = busy;
    const form = this.dialog?.querySelector("form");
    if (busy) form?.setAttribute("aria-busy", "true");
    else form?.removeAttribute("aria-busy");
  }

  #complain(words) {
    this.problem.textContent = words;
    this.problem.hidden = false;
  }

  #leave() {
    if (!this.dialog) return;
    // A dialog gives the focus back to where it was.
    this.dialog.close();
    this.dialog.remove();
    this.dialog = null;
    this.shown = null;
  }
}
