// A closed sheet leaves the phone, and says what this phone could not send before.
(() => {
  const page = document.querySelector("[data-sheet-closed]");
  if (!page) return;
  const queue = new SheetQueue({ slot: page.dataset.slot, user: page.dataset.user });
  const kept = queue.read();
  const nameOf = (registration) => page.querySelector(`[data-registration="${registration}"] strong`)?.textContent;
  const unsent = [
    ...Object.keys(kept.marks).map((registration) => nameOf(registration) || "Une personne retirée de la liste"),
    ...kept.arrivals.map((each) => each.full_name),
  ];
  if (unsent.length) {
    const box = page.querySelector("[data-unsent]");
    box.querySelector("ul").replaceChildren(...unsent.map((name) => {
      const line = document.createElement("li");
      line.textContent = name;
      return line;
    }));
    box.hidden = false;
    box.querySelector("button").addEventListener("click", () => { queue.forget(); box.hidden = true; });
  } else queue.forget();
})();
