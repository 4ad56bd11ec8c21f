/* The preview follows what is typed, a second later. Without it, the buttons above the preview do. */
(() => {
  const form = document.getElementById("modeles");
  const buttons = [...document.querySelectorAll("#apercu-choix button")];
  let shown = buttons[0];
  let waiting;
  const press = (button) => {
    shown = button;
    for (const each of buttons) each.setAttribute("aria-pressed", String(each === shown));
  };
  const later = (event) => {
    clearTimeout(waiting);
    const kind = buttons.find((each) => event.target.name?.startsWith(`${each.dataset.kind}_`));
    waiting = setTimeout(() => (press(kind || shown), form.requestSubmit(shown)), 1000);
  };
  for (const each of buttons) each.addEventListener("click", () => press(each));
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  press(shown);
})();
