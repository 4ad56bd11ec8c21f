// The code changes before it expires: the picture is asked for again, the page stays.
(() => {
  const picture = document.querySelector("[data-room-code]");
  if (!picture) return;
  const said = document.querySelector("[data-room-said]");
  const EVERY = 12;
  function next() {
    const fresh = new Image();
    fresh.addEventListener("load", () => { picture.src = fresh.src; said.textContent = ""; });
    fresh.addEventListener("error", () => {
      said.textContent = "Ce code va expirer\u00a0: le réseau manque, ou la feuille est close.";
    });
    fresh.src = `${picture.dataset.roomCode}?${Date.now()}`;
  }
  setInterval(next, EVERY * 1000);
  const full = document.querySelector("[data-full-screen]");
  if (full && document.documentElement.requestFullscreen) {
    full.hidden = false;
    full.addEventListener("click", () => document.querySelector("[data-projection]").requestFullscreen().catch(() => {}));
  }
})();
