/* Starts what Wagtail starts with inline scripts, which the Content-Security-Policy refuses: the
   templates of templates/wagtailadmin name the function, its element and its options. */
(() => {
  const start = (mark) => {
    const name = mark.dataset.starts;
    const options = JSON.parse(mark.dataset.options);
    const id = mark.dataset.for;
    if (id && id.includes("__prefix__")) return; // the empty form of a formset
    mark.removeAttribute("data-starts");
    const given = id ? [id, options] : [options];
    if (name.startsWith("init")) window[name](...given);
    else new window[name](...given);
  };
  const startAll = (part) => {
    if (part.matches?.("[data-starts]")) start(part);
    part.querySelectorAll?.("[data-starts]").forEach(start);
  };
  document.addEventListener("DOMContentLoaded", () => {
    startAll(document.body);
    new MutationObserver((changes) => {
      changes.forEach((change) => change.addedNodes.forEach(startAll));
    }).observe(document.body, { childList: true, subtree: true });
  });
})();
