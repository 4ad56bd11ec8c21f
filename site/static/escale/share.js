// Sharing through the device's own sheet (which copies too), or else copying the address. One of the two, after
// the link that stands there already: nothing moves when it shows.
for (const box of document.querySelectorAll("[data-share]")) {
  const { url, title } = box.dataset;
  const native = box.querySelector("[data-share-native]");
  const copy = box.querySelector("[data-share-copy]");
  const said = box.querySelector("[data-share-said]");
  if (native && navigator.share) {
    native.hidden = false;
    native.addEventListener("click", () => navigator.share({ title, url }).catch(() => {}));
  } else if (copy && navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(url);
        said.textContent = "Lien copié.";
      } catch {
        said.textContent = `Copiez cette adresse\u00a0: ${url}`;
      }
    });
  }
}
