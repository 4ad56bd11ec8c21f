// Says again what the rule asks while it is typed; « Voir ce que cela demande » does the same without it.
for (const form of document.querySelectorAll("form[data-rule]")) {
  const said = form.querySelector("[data-rule-said]");
  let waiting = null;
  let latest = null;

  form.querySelector("button[name='voir']").hidden = true;

  const refresh = async () => {
    const request = new AbortController();
    latest = request;
    try {
      const body = new FormData(form);
      body.set("extrait", "1");
      const answer = await fetch(location.href, { method: "POST", body, signal: request.signal });
      if (answer.ok) said.innerHTML = await answer.text();
    } catch {
      // Offline, or overtaken by a newer request.
    }
  };

  form.addEventListener("input", () => {
    latest?.abort();
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 250);
  });
}
