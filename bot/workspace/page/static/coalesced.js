/** Run now; calls that come while it runs lead to one more run after it. */
export function coalesced(work) {
  let running = null;
  let again = false;
  return () => {
    again = running !== null;
    running ??= (async () => {
      try {
        do {
          again = false;
          await work();
        } while (again);
      } finally {
        running = null;
      }
    })();
    return running;
  };
}
