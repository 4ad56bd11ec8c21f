// A link of the phone's menu may lead to a part of this very page: then the menu steps aside.
document.getElementById("menu")?.addEventListener("click", (event) => {
  const menu = event.currentTarget;
  if (event.target.closest("a") && menu.matches(":popover-open")) menu.hidePopover();
});

// Whoever tabs out of the open menu must see where they are: it steps aside too.
document.getElementById("menu")?.addEventListener("focusout", (event) => {
  const menu = event.currentTarget;
  if (event.relatedTarget && !menu.contains(event.relatedTarget) && menu.matches(":popover-open")) menu.hidePopover();
});

// A form that came back: whoever sent it begins at what is to mend.
document.getElementById("erreurs")?.focus();
