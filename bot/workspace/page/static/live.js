const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;

/**
 * Follow a person's events for as long as the page lives.
 *
 * The browser reconnects by itself after a lost connection, but gives up after an HTTP error (a server
 * that is just starting); then this opens a new one, waiting a little longer each time.
 *
 * @param {string} address
 * @param {{event: (event: object) => void, up: () => void, down: () => void}} listener `up` also comes
 *   after a reconnect: what happened meanwhile was missed, so read everything again.
 */
export function follow(address, listener) {
  let wait = FIRST_WAIT_MS;
  const open = () => {
    const source = new EventSource(address);
    source.addEventListener("open", () => {
      wait = FIRST_WAIT_MS;
      listener.up();
    });
    source.addEventListener("message", (message) => listener.event(JSON.parse(message.data)));
    source.addEventListener("error", () => {
      listener.down();
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    });
  };
  open();
}
