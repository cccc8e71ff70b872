const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;
const HIDDEN_FOR_MS = 2000;
const POLL_MS = 3000;

/**
 * Follow a person's events for as long as the page lives.
 *
 * The browser reconnects by itself after a lost connection, but gives up after an HTTP error (a server
 * that is just starting); then this opens a new one, waiting a little longer each time.
 *
 * A tab that nobody looks at gives its connection back and asks now and then: a browser allows six
 * connections to a server over all its tabs, and somebody who plays six people would use them all up.
 */
export class Live {
  /**
   * @param {string} address
   * @param {{event: (event: object) => void, up: () => void, down: () => void, poll: () => void}} listener
   *   `up` also comes after a reconnect: what happened meanwhile was missed, so read everything again
   */
  constructor(address, listener) {
    this.address = address;
    this.listener = listener;
    this.source = null;
    this.timer = null;
    document.addEventListener("visibilitychange", () => this.#look());
    this.#open();
    this.#look();
  }

  #open() {
    this.wait = FIRST_WAIT_MS;
    this.source = new EventSource(this.address);
    this.source.addEventListener("open", () => {
      this.wait = FIRST_WAIT_MS;
      this.listener.up();
    });
    this.source.addEventListener("message", (message) => this.listener.event(JSON.parse(message.data)));
    this.source.addEventListener("error", () => this.#lost());
  }

  #lost() {
    this.listener.down();
    if (this.source.readyState !== EventSource.CLOSED) return;
    const { wait } = this;
    this.#after(wait, () => {
      this.#open();
      this.wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    });
  }

  #look() {
    if (document.visibilityState === "hidden") {
      this.#after(HIDDEN_FOR_MS, () => {
        this.source.close();
        this.#poll();
      });
    } else {
      clearTimeout(this.timer);
      if (this.source.readyState === EventSource.CLOSED) this.#open();
    }
  }

  #poll() {
    this.listener.poll();
    this.#after(POLL_MS, () => this.#poll());
  }

  #after(ms, work) {
    clearTimeout(this.timer);
    this.timer = setTimeout(work, ms);
  }
}
