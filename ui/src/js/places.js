// On a phone tabs and the account's pages run sideways: the current one must be in sight.
for (const current of document.querySelectorAll(".tabs [aria-current], .subnav [aria-current]")) {
  const row = current.parentElement;
  if (row.scrollWidth > row.clientWidth) row.scrollLeft = current.offsetLeft - row.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;
}
