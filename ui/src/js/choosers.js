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
