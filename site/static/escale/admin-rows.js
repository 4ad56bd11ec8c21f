// Adds empty rows to the formsets of the session form; the form works without it.
for (const rows of document.querySelectorAll("[data-rows]")) {
  const total = rows.querySelector(`[name="${rows.dataset.rows}-TOTAL_FORMS"]`);
  const template = rows.querySelector("template");
  const button = rows.querySelector(":scope > button");
  button.hidden = false;
  button.addEventListener("click", () => {
    const index = Number(total.value);
    const html = template.innerHTML.replaceAll("__prefix__", index).replaceAll("__number__", index + 1);
    button.insertAdjacentHTML("beforebegin", html);
    total.value = index + 1;
    const row = button.previousElementSibling;
    // What is copied from a template does not run by itself: Wagtail's choosers begin with a script.
    for (const script of row.querySelectorAll("script")) {
      const copy = document.createElement("script");
      copy.textContent = script.textContent;
      script.replaceWith(copy);
    }
    row.querySelector("input:not([type=hidden]), select, button")?.focus();
  });
}
