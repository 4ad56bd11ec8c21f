// « Tout acquis » fills the empty rows of one person; and nobody leaves with rows that were not sent.
for (const form of document.querySelectorAll("form[data-assessment]")) {
  let isChanged = Boolean(document.getElementById("erreurs"));

  for (const button of form.querySelectorAll("button[data-all]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      for (const aim of button.closest(".person").querySelectorAll(".aim")) {
        const chosen = aim.querySelector("input:checked");
        if (chosen && chosen.value) continue;
        aim.querySelector(`input[value="${button.dataset.all}"]`).checked = true;
        isChanged = true;
      }
    });
  }

  form.addEventListener("change", () => { isChanged = true; });
  form.addEventListener("submit", () => { isChanged = false; });
  window.addEventListener("beforeunload", (event) => { if (isChanged) event.preventDefault(); });
}
