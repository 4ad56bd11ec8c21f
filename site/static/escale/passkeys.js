// What allauth's script leaves out: show the buttons where a browser knows passkeys, and say when one fails.
(() => {
  const known = Boolean(window.PublicKeyCredential);
  document.querySelectorAll("[data-passkey]").forEach((part) => { part.hidden = !known; part.dataset.asked = ""; });

  const trouble = (shown) => document.querySelectorAll("[data-passkey-trouble]").forEach((part) => { part.hidden = !shown; });
  document.addEventListener("click", (event) => {
    if (event.target.closest("button")) trouble(false);
  }, true);
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    trouble(true);
  });
})();
