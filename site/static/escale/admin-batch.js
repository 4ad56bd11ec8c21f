/* Asks again how far a batch is, until it is done. Without it, « Actualiser » does the same. */
(() => {
  const shown = document.getElementById("avancement");
  const again = async () => {
    if (!("running" in shown.dataset)) return;
    try {
      const answer = await fetch(location.pathname, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("avancement");
      if (answer.ok && fresh) {
        shown.innerHTML = fresh.innerHTML;
        if (!("running" in fresh.dataset)) delete shown.dataset.running;
      }
    } catch {
      /* The network is away: the next turn asks again. */
    }
    setTimeout(again, 1500);
  };
  setTimeout(again, 1000);
})();
