// A link of the phone's menu may lead to a part of this very page: then the menu steps aside.
document.getElementById("menu")?.addEventListener("click", (event) => {
  const menu = event.currentTarget;
  if (event.target.closest("a") && menu.matches(":popover-open")) menu.hidePopover();
});
