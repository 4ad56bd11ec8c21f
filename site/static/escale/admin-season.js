// Keeps the dates of a season in step with what is typed above them; the page works without it.
for (const form of document.querySelectorAll("form[data-season]")) {
  const region = form.querySelector("[data-season-dates]");
  const status = form.querySelector("[data-season-status]");
  let waiting = null;
  let latest = null;

  const count = () => {
    const kept = region.querySelectorAll("input[name$='-keep']:checked").length;
    for (const button of form.querySelectorAll("button[data-one]")) {
      button.textContent = button.dataset[kept > 1 ? "many" : "one"].replace("#", kept);
    }
  };

  const show = (html) => {
    const focused = region.contains(document.activeElement) ? document.activeElement : null;
    const caret = focused?.type === "text" ? focused.selectionStart : null;
    region.innerHTML = html;
    const again = focused?.id ? document.getElementById(focused.id) : null;
    again?.focus();
    if (again && caret !== null) again.setSelectionRange(caret, caret);
    status.textContent = region.firstElementChild.dataset.summary;
    count();
  };

  const refresh = async () => {
    waiting = null;
    const request = new AbortController();
    latest = request;
    try {
      const body = new FormData(form);
      const answer = await fetch(form.dataset.preview, { method: "POST", body, signal: request.signal });
      const text = await answer.text();
      if (answer.ok) show(text);
      else if (answer.status === 422) status.textContent = text;
    } catch {
      // Offline, or overtaken by a newer request: « Voir les dates » does the same.
    }
    if (latest === request) latest = null;
  };

  const later = (delay) => {
    latest?.abort();
    clearTimeout(waiting);
    waiting = setTimeout(refresh, delay);
  };

  form.addEventListener("input", (event) => {
    if (!region.contains(event.target)) later(300);
    // Rows that are about to be replaced must be asked for again with what was just typed in them.
    else if (waiting || latest) later(600);
  });
  form.addEventListener("change", (event) => {
    if (!region.contains(event.target)) later(0);
    else if (event.target.type === "checkbox") count();
    else if (event.target.type === "date") later(600);
  });
}
