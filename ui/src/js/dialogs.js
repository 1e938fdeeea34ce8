// Dialogs and menus are the browser's own; this closes what stays open and helps browsers without `command`.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[commandfor][command]");
  if (opener && !("commandForElement" in HTMLButtonElement.prototype)) {
    const dialog = document.getElementById(opener.getAttribute("commandfor"));
    if (opener.getAttribute("command") === "show-modal") dialog?.showModal();
    if (opener.getAttribute("command") === "close") dialog?.close();
  }
  if (event.target.matches("dialog[open]")) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
  for (const menu of document.querySelectorAll("details.menu[open], details.lock-why[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open], details.lock-why[open]")) {
    menu.open = false;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
  }
});

// A dialog with an error in its form comes back open.
for (const dialog of document.querySelectorAll("dialog[data-open]")) dialog.showModal();
