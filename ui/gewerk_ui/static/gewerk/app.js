// choosers.js
{
// A long list to choose from by typing: <div data-chooser="address"> around a <textarea> with one value per line. The server
// answers ?q=... with {items: [{value, label, note}], more}. Without a script the textarea itself is the field.
const words = (chooser) => JSON.parse(chooser.dataset.words);
const MOST_CHIPS = 60;

for (const chooser of document.querySelectorAll("[data-chooser]")) {
  const area = chooser.querySelector("textarea");
  const say = words(chooser);
  const box = Object.assign(document.createElement("div"), { className: "chooser" });
  const chips = Object.assign(document.createElement("ul"), { className: "chooser-chips" });
  const input = Object.assign(document.createElement("input"), { type: "text", autocomplete: "off", id: `${area.id}-type` });
  const list = Object.assign(document.createElement("ul"), { className: "chooser-list", id: `${area.id}-list`, hidden: true });
  const note = Object.assign(document.createElement("p"), { className: "sr-only" });
  const toggle = Object.assign(document.createElement("button"), { type: "button", className: "link chooser-toggle" });
  const label = document.querySelector(`label[for="${area.id}"]`);
  label.id ||= `${area.id}-label`;
  note.setAttribute("role", "status");
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-labelledby", label.id);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list", "aria-labelledby": label.id })) {
    input.setAttribute(name, value);
  }
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (area.hasAttribute(name)) input.setAttribute(name, area.getAttribute(name));
  }
  box.append(chips, input);
  chooser.append(box, list, note, toggle);
  const labels = new Map();
  let items = [];
  let at = -1;
  let asked = 0;

  const values = () => [...new Set(area.value.split(/[\n,;\t]/).map((text) => text.trim()).filter(Boolean))];
  const keep = (wanted) => {
    area.value = wanted.join("\n");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.dispatchEvent(new Event("change", { bubbles: true }));
    showChips();
  };
  const add = (value) => keep([...values(), value]);

  const showChips = () => {
    const chosen = values();
    chips.replaceChildren();
    for (const value of chosen.slice(0, MOST_CHIPS)) {
      const chip = document.createElement("li");
      const name = labels.get(value);
      const text = Object.assign(document.createElement("b"), { textContent: value });
      const remove = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
      remove.setAttribute("aria-label", `${value} ${say.remove}`);
      remove.addEventListener("click", () => {
        keep(values().filter((one) => one !== value));
        input.focus();
      });
      chip.append(text, name ? ` ${name}` : "", remove);
      chips.append(chip);
    }
    if (chosen.length > MOST_CHIPS) {
      chips.append(Object.assign(document.createElement("li"), { className: "chooser-rest", textContent: `+ ${chosen.length - MOST_CHIPS}` }));
    }
  };

  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const mark = (place) => {
    at = place;
    [...list.querySelectorAll("[role=option]")].forEach((option, index) => {
      option.setAttribute("aria-selected", String(index === at));
      if (index === at) {
        option.scrollIntoView({ block: "nearest" });
        input.setAttribute("aria-activedescendant", option.id);
      }
    });
  };

  const choose = (item) => {
    labels.set(item.value, item.label);
    input.value = "";
    close();
    add(item.value);
    input.focus();
  };

  const show = (found) => {
    const chosen = new Set(values());
    const marked = items[at]?.value;
    items = found.items.filter((item) => !chosen.has(item.value));
    list.replaceChildren();
    items.forEach((item, index) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${index}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.append(
        Object.assign(document.createElement("b"), { textContent: item.value }),
        Object.assign(document.createElement("span"), { textContent: item.label }),
        Object.assign(document.createElement("small"), { textContent: item.note }),
      );
      option.addEventListener("mousedown", (event) => event.preventDefault());
      option.addEventListener("click", () => choose(item));
      list.append(option);
    });
    const rest = items.length === 0 ? say.none : found.more ? say.more : "";
    if (rest) {
      const last = Object.assign(document.createElement("li"), { className: "chooser-note", textContent: rest });
      last.setAttribute("role", "presentation");
      list.append(last);
    }
    note.textContent = items.length ? `${items.length}${found.more ? "+" : ""}` : say.none;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    input.removeAttribute("aria-activedescendant");
    // An answer that comes later must not take away what was marked meanwhile.
    mark(items.findIndex((item) => item.value === marked));
  };

  const ask = async () => {
    const mine = ++asked;
    const query = new URLSearchParams({ q: input.value });
    const beside = chooser.dataset.chooserWith && document.getElementById(chooser.dataset.chooserWith);
    if (beside) query.set(beside.name, beside.value);
    const answer = await fetch(`${chooser.dataset.chooser}?${query}`, { headers: { "HX-Request": "true" } });
    if (mine !== asked || !answer.ok || document.activeElement !== input) return;
    show(await answer.json());
  };

  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  // What is typed here is no entry yet: only what was chosen goes to the form.
  input.addEventListener("change", (event) => event.stopPropagation());
  input.addEventListener("focus", ask);
  input.addEventListener("blur", () => setTimeout(close, 100));
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask();
      else if (items.length) mark((at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length);
    } else if (event.key === "Enter" && (input.value.trim() || at >= 0)) {
      event.preventDefault();
      const exact = items.find((item) => item.value === input.value.trim()) ?? (items.length === 1 && !list.hidden ? items[0] : undefined);
      if (at >= 0) choose(items[at]);
      else if (exact) choose(exact);
      else {
        const typed = input.value.trim();
        input.value = "";
        close();
        add(typed);
      }
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      close();
    } else if (event.key === "Backspace" && !input.value && values().length) {
      keep(values().slice(0, -1));
    }
  });
  // A column pasted from a table becomes entries at once.
  input.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text");
    if (!/[\n,;\t]/.test(text)) return;
    event.preventDefault();
    keep([...values(), ...text.split(/[\n,;\t]/).map((one) => one.trim()).filter(Boolean)]);
  });
  // A number that was typed and not finished with Enter is taken along.
  area.form.addEventListener("submit", () => {
    if (input.value.trim()) area.value = [...values(), input.value.trim()].join("\n");
  });
  label.addEventListener("click", () => input.focus());

  const asList = (wanted) => {
    area.hidden = !wanted;
    box.hidden = wanted;
    toggle.textContent = wanted ? say.chips : say.list;
    if (!wanted) showChips();
  };
  toggle.addEventListener("click", () => asList(area.hidden));
  asList(false);
  fetch(`${chooser.dataset.chooser}?q=`, { headers: { "HX-Request": "true" } })
    .then((answer) => (answer.ok ? answer.json() : { items: [] }))
    .then((found) => {
      for (const item of found.items) labels.set(item.value, item.label);
      showChips();
    });
}
}

// dialogs.js
{
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
}

// drafts.js
{
// <form data-draft="name"> keeps what was typed until it is sent, in this tab only; passwords and files never.
const kept = (form) =>
  [...form.elements].filter((element) => element.name && !["password", "file", "hidden", "submit", "button"].includes(element.type));

for (const form of document.querySelectorAll("form[data-draft]")) {
  const key = `gewerk-draft:${location.pathname}:${form.dataset.draft}`;
  const note = form.querySelector("[data-draft-note]");
  const draft = JSON.parse(sessionStorage.getItem(key) || "null");
  // What the server sent back with an error is newer than the draft.
  if (draft && !form.querySelector("[aria-invalid=true]")) {
    for (const element of kept(form)) {
      const value = draft[element.name];
      if (value === undefined) continue;
      if (["checkbox", "radio"].includes(element.type)) element.checked = value.includes(element.value);
      else element.value = value[0];
    }
  }
  // At the document: fields that belong to the form by their form attribute may stand outside of it.
  document.addEventListener("input", (event) => {
    if (event.target.form !== form) return;
    const values = {};
    for (const element of kept(form)) {
      values[element.name] ??= [];
      if (!["checkbox", "radio"].includes(element.type) || element.checked) values[element.name].push(element.value);
    }
    sessionStorage.setItem(key, JSON.stringify(values));
    if (note) note.hidden = false;
  });
  form.addEventListener("submit", () => sessionStorage.removeItem(key));
}
}

// lists.js
{
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
}

// notes.js
{
// Toasts: what was done, with the way back. From the server as Django message or as event "gewerk:toast".
const region = document.querySelector("[data-toasts]");

const leave = (toast) => {
  const wait = toast.querySelector("form") ? 12000 : 6000;
  let timer = setTimeout(() => toast.remove(), wait);
  toast.addEventListener("mouseenter", () => clearTimeout(timer));
  toast.addEventListener("focusin", () => clearTimeout(timer));
  toast.addEventListener("mouseleave", () => {
    timer = setTimeout(() => toast.remove(), wait);
  });
};

document.querySelectorAll("[data-toast]:not([data-stays])").forEach(leave);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-toast-close]");
  if (button) button.closest("[data-toast]").remove();
});

document.addEventListener("gewerk:toast", (event) => {
  const pattern = document.getElementById("toast-pattern");
  if (!region || !pattern) return;
  const toast = pattern.content.firstElementChild.cloneNode(true);
  toast.querySelector("[data-toast-text]").textContent = event.detail.text ?? event.detail.value;
  const form = toast.querySelector("form");
  if (event.detail.undo) form.action = event.detail.undo;
  else form.remove();
  region.append(toast);
  leave(toast);
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  const text = source ? (source.value ?? source.textContent).trim() : button.dataset.copy;
  const area = Object.assign(document.createElement("textarea"), { value: text });
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without TLS the clipboard interface is closed; the old way still works.
    button.after(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  document.dispatchEvent(new CustomEvent("gewerk:toast", { detail: { text: button.dataset.copied } }));
});
}

// photos.js
{
// Photos of a report: each is sent as soon as it is chosen, with its progress, and made smaller on the phone first.
// Without this script the same field sends them with the page.
const LONGEST = 2560;
const MEGABYTE = 1024 * 1024;

// A telephone's photo has 12 to 50 megapixels; 5 show a crack as well and arrive in a cellar, too. What the browser
// cannot read (HEIC on some) goes as it is.
const smaller = async (file) => {
  if (!file.type.startsWith("image/") || file.size < 1.5 * MEGABYTE) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.86));
    return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file;
  } catch {
    return file;
  }
};

for (const place of document.querySelectorAll("[data-photos]")) {
  const field = place.querySelector("input[type=file]");
  const list = place.querySelector("[data-photo-list]");
  const error = place.querySelector("[data-photo-error]");
  const form = field.form;
  const pick = place.querySelector("[data-photo-pick]");
  let busy = 0;

  // The browser's own field speaks the browser's language and says how many files; here they are seen.
  if (pick) {
    pick.hidden = false;
    field.hidden = true;
    pick.addEventListener("click", () => field.click());
    place.parentElement.querySelector(`label[for="${field.id}"]`)?.addEventListener("click", (event) => {
      event.preventDefault();
      pick.click();
    });
  }

  const say = (text) => {
    error.textContent = text;
    error.hidden = !text;
  };

  const tooLarge = (file) => {
    if (file.type.startsWith("video/")) return file.size > 200 * MEGABYTE ? place.dataset.largeVideo : "";
    return file.size > 25 * MEGABYTE ? place.dataset.largePhoto : "";
  };

  const shown = (photo) => {
    const item = document.createElement("li");
    item.className = "photo-item";
    item.dataset.photo = photo.id;
    if (photo.is_image) item.append(Object.assign(new Image(96, 96), { src: photo.url, alt: photo.name }));
    else item.append(Object.assign(document.createElement("span"), { className: "photo-video", textContent: photo.name }));
    const button = Object.assign(document.createElement("button"), { type: "button", className: "photo-remove" });
    button.setAttribute("aria-label", `${place.dataset.remove} ${photo.name}`);
    const sprite = document.querySelector("use").getAttribute("href").split("#")[0];
    button.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${sprite}#x"/></svg>`;
    button.addEventListener("click", async () => {
      const body = new FormData();
      body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      const answer = await fetch(photo.remove, { method: "POST", body, redirect: "manual" });
      if (answer.ok || answer.type === "opaqueredirect") item.remove();
    });
    item.append(button);
    return item;
  };

  const send = (file, item) =>
    new Promise((done) => {
      const body = new FormData();
      body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      body.append("photos", file);
      const call = new XMLHttpRequest();
      const bar = item.querySelector("progress");
      call.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) bar.value = event.loaded / event.total;
      });
      call.addEventListener("loadend", () => {
        let answer = {};
        try {
          answer = JSON.parse(call.responseText);
        } catch {}
        if (call.status === 200 && answer.photos) item.replaceWith(...answer.photos.map(shown));
        else {
          item.remove();
          say(answer.message || place.dataset.failed);
        }
        done();
      });
      call.open("POST", place.dataset.add);
      call.setRequestHeader("Accept", "application/json");
      call.send(body);
    });

  const take = async (file) => {
    const original = tooLarge(file);
    if (original && !file.type.startsWith("image/")) return say(original);
    const item = document.createElement("li");
    item.className = "photo-item";
    const wait = Object.assign(document.createElement("span"), { className: "photo-wait" });
    const bar = Object.assign(document.createElement("progress"), { max: 1 });
    bar.setAttribute("aria-label", `${file.name} ${place.dataset.busy}`);
    item.append(wait, bar);
    list.append(item);
    const lighter = await smaller(file);
    const still = tooLarge(lighter);
    if (still) {
      item.remove();
      return say(still);
    }
    await send(lighter, item);
  };

  field.addEventListener("change", async () => {
    say("");
    const files = [...field.files];
    // They are sent here one by one: the page's form must not send them again.
    field.value = "";
    busy += files.length;
    for (const file of files) {
      await take(file);
      busy -= 1;
    }
    if (!busy && form.dataset.waiting) form.requestSubmit();
  });

  // "Next" pressed while a photo is on its way: it goes on as soon as all have arrived.
  form.addEventListener("submit", (event) => {
    if (busy) {
      event.preventDefault();
      form.dataset.waiting = "yes";
    }
  });
}
}

// places.js
{
// On a phone tabs and the account's pages run sideways: the current one must be in sight.
for (const current of document.querySelectorAll(".tabs [aria-current], .subnav [aria-current]")) {
  const row = current.parentElement;
  if (row.scrollWidth > row.clientWidth) row.scrollLeft = current.offsetLeft - row.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;
}
}

// print.js
{
// A button that prints the page.
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
}

// theme.js
{
// The choice of light or dark lies in a cookie, so that the server writes it into <html> and nothing flashes.
const root = document.documentElement;

const showTheme = () => {
  const now = root.dataset.theme || "system";
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === now));
  }
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-choice]");
  if (!button) return;
  const choice = button.dataset.themeChoice;
  const life = choice === "system" ? 0 : 31536000;
  const secure = location.protocol === "https:" ? ";secure" : "";
  document.cookie = `gewerk_theme=${choice};path=/;max-age=${life};samesite=lax${secure}`;
  if (choice === "system") delete root.dataset.theme;
  else root.dataset.theme = choice;
  showTheme();
});
showTheme();
}

// times.js
{
// Relative dates beside the exact one in the title; in the organisation's time zone, not the browser's.
const { lang, dataset } = document.documentElement;
const timeZone = dataset.timeZone || undefined;
const relative = new Intl.RelativeTimeFormat(lang || "de", { numeric: "auto" });
const dayOf = new Intl.DateTimeFormat("en-CA", { timeZone });
const clock = new Intl.DateTimeFormat(lang || "de", { timeZone, hour: "2-digit", minute: "2-digit" });
const days = (date) => Math.round(Date.parse(dayOf.format(date)) / 86400000);

const say = (element) => {
  const exact = element.getAttribute("datetime");
  const at = exact.length === 10 ? new Date(`${exact}T12:00:00Z`) : new Date(exact);
  if (Number.isNaN(at.valueOf())) return;
  const distance = (exact.length === 10 ? Math.round(Date.parse(exact) / 86400000) : days(at)) - days(new Date());
  const far = Math.abs(distance);
  if (far > 60) return;
  const word = far < 14 ? relative.format(distance, "day") : relative.format(Math.trunc(distance / 7), "week");
  const time = element.dataset.relative === "time" && far < 2 ? `, ${clock.format(at)}${lang.startsWith("de") ? " Uhr" : ""}` : "";
  element.textContent = word + time;
};

const sayAll = () => document.querySelectorAll("time[data-relative]").forEach(say);
document.addEventListener("htmx:after:swap", sayAll);
sayAll();
}
