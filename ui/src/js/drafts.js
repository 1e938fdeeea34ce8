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
