// A classic script, run before the first paint, so that a dark page never flashes white.
// Without a choice the system's preference holds (the colours are light-dark() pairs in base.css).
(() => {
  const KEY = "ride.theme";
  const root = document.documentElement;
  const read = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // Storage can be switched off; the system's preference then holds.
    }
  };
  const apply = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  apply(read());
  window.addEventListener("storage", (event) => {
    if (event.key === KEY) apply(event.newValue);
  });
  window.rideTheme = {
    current: () => root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"),
    toggle() {
      const next = this.current() === "dark" ? "light" : "dark";
      apply(next);
      try {
        localStorage.setItem(KEY, next);
      } catch {
        // Kept for this tab only.
      }
      return next;
    },
  };
})();
