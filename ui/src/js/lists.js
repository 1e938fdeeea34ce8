// The clerk's list: the row is a link, j and k walk, x chooses, Enter opens, / searches, ? explains.
const rows = () => [...document.querySelectorAll("main .t tbody tr:has(th > a)")];
const here = () => document.querySelector("main .t tr.at");

const go = (step) => {
  const all = rows();
  if (!all.length) return;
  const index = all.indexOf(here());
  const next = all[Math.min(Math.max(index + step, 0), all.length - 1)];
  here()?.classList.remove("at");
  next.classList.add("at");
  next.querySelector("th > a").focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog")) return;
  const search = document.querySelector("main [data-search]") || document.querySelector("[data-search]");
  if (event.key === "/" && search) search.focus();
  else if (event.key === "?") document.getElementById("keys")?.showModal();
  else if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (event.key === "x") here()?.querySelector(".pick input")?.click();
  else if (event.key === "Enter" && here() && event.target === document.body) here().querySelector("th > a").click();
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const row = event.target.closest(".t tbody tr");
  const link = row?.querySelector("th > a");
  if (!link || event.target.closest("a, button, input, label, select, summary, .menu-panel") || String(getSelection())) return;
  if (event.ctrlKey || event.metaKey) open(link.href, "_blank", "noopener");
  else link.click();
});

const number = new Intl.NumberFormat(document.documentElement.lang || "de");

const showChosen = (list) => {
  const boxes = [...list.querySelectorAll(".t tbody .pick input")];
  const chosen = boxes.filter((box) => box.checked);
  const all = list.querySelector("[data-select-all]");
  if (all) {
    all.checked = boxes.length > 0 && chosen.length === boxes.length;
    all.indeterminate = chosen.length > 0 && !all.checked;
  }
  const bar = list.querySelector("[data-bulk]");
  if (!bar) return;
  bar.hidden = chosen.length === 0;
  bar.querySelector("[data-bulk-count]").textContent = number.format(chosen.length);
  for (const place of bar.querySelectorAll("[data-bulk-sum]")) {
    const name = place.dataset.bulkSum;
    const sum = chosen.reduce((total, box) => total + Number(JSON.parse(box.dataset.sums || "{}")[name] || 0), 0);
    place.textContent = number.format(sum);
  }
};

document.addEventListener("change", (event) => {
  const list = event.target.closest("[data-list]");
  if (!list || !event.target.closest(".pick")) return;
  if (event.target.matches("[data-select-all]")) {
    for (const box of list.querySelectorAll(".t tbody .pick input")) box.checked = event.target.checked;
  }
  showChosen(list);
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-bulk-clear]")) return;
  const list = event.target.closest("[data-list]");
  for (const box of list.querySelectorAll(".pick input")) box.checked = false;
  showChosen(list);
});

const showAllChosen = () => document.querySelectorAll("[data-list]").forEach(showChosen);
document.addEventListener("htmx:after:swap", showAllChosen);
addEventListener("pageshow", showAllChosen);

// A filter that is a <select> or a checkbox in a form marked so is sent when changed; without a script its button does it.
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-send-on-change]")) form.requestSubmit();
});

// On a phone a row is a line of words: a cell with nothing in it must not leave its dot behind.
const leaveOutEmpty = () => {
  for (const cell of document.querySelectorAll(".t-lines tbody td")) {
    if (!cell.textContent.trim() && !cell.children.length) cell.classList.add("hide-phone");
  }
};
document.addEventListener("htmx:after:swap", leaveOutEmpty);
leaveOutEmpty();
