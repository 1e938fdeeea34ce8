// 1-store.js
// What the phone keeps: jobs taken along, drafts, and the outbox of captured work. IndexedDB survives a killed page.
const DATABASE = "gewerk-field";

const opened = new Promise((done, failed) => {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("jobs");
    request.result.createObjectStore("drafts", { keyPath: "order_id" });
    request.result.createObjectStore("outbox", { keyPath: "id" });
  };
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});

// One transaction: `work` gets the store; the promise ends when the data are on the disk, not before.
const inStore = async (name, mode, work) => {
  const database = await opened;
  return new Promise((done, failed) => {
    const transaction = database.transaction(name, mode, { durability: "strict" });
    const request = work(transaction.objectStore(name));
    transaction.oncomplete = () => done(request?.result);
    transaction.onerror = transaction.onabort = () => failed(transaction.error ?? request?.error);
  });
};

const read = (name, key) => inStore(name, "readonly", (store) => store.get(key));
const readAll = (name) => inStore(name, "readonly", (store) => store.getAll());
const keep = (name, value, key) => inStore(name, "readwrite", (store) => (key === undefined ? store.put(value) : store.put(value, key)));
const drop = (name, key) => inStore(name, "readwrite", (store) => store.delete(key));

// Of captured work the draft goes and the outbox entry comes in one step: nothing is there twice or not at all.
const moveToOutbox = async (entry) => {
  const database = await opened;
  return new Promise((done, failed) => {
    const transaction = database.transaction(["drafts", "outbox"], "readwrite", { durability: "strict" });
    transaction.objectStore("outbox").put(entry);
    transaction.objectStore("drafts").delete(entry.order_id);
    transaction.oncomplete = () => done();
    transaction.onerror = transaction.onabort = () => failed(transaction.error);
  });
};

// The browser shall not clear it when room gets short.
navigator.storage?.persist?.();

// 2-sync.js
// Sends the outbox: begin, each missing file, finish. Every call may be repeated; an entry goes only when the server holds it whole.
const field = document.querySelector("[data-field]");
const words = document.getElementById("t-words").dataset;

class Refused extends Error {
  constructor(status, told) {
    super(told.message || String(status));
    this.status = status;
    this.told = told;
  }
}

const call = async (url, options) => {
  const answer = await fetch(url, { redirect: "manual", ...options });
  if (answer.type === "opaqueredirect") throw new Refused(401, { message: words.login });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, told);
  return told;
};

// The newest jobs, and with them the person and the form token. Throws without network.
const fetchJobs = async () => {
  const told = await call(field.dataset.jobs, { cache: "no-store" });
  await keep("jobs", { ...told, fetched_at: new Date().toISOString() }, "now");
  return told;
};

const sendOne = async (entry, csrf) => {
  const headers = { "X-CSRFToken": csrf };
  const scope = field.dataset.scope;
  const { order_id, blobs, error, person, title, ...captured } = entry;
  const begun = await call(`${scope}orders/${order_id}/completions/`, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: JSON.stringify({ ...captured, sent_at: new Date().toISOString() }),
  });
  for (const wanted of begun.missing) {
    const index = entry.files.findIndex((file) => file.sha256 === wanted.sha256 && file.purpose === wanted.purpose);
    const body = new FormData();
    body.append("purpose", wanted.purpose);
    body.append("file", blobs[index], entry.files[index].name);
    await call(`${scope}completions/${entry.id}/files/`, { method: "POST", headers, body });
  }
  const done = await call(`${scope}completions/${entry.id}/finish/`, { method: "POST", headers });
  if (done.state !== "whole") throw new Refused(409, {});
};

let sending = null;

// Sends whatever waits, one after the other. Ends early where there is no network or no login; says what was refused at its entry.
const sendAll = (changed) => {
  sending ??= (async () => {
    let sent = 0;
    try {
      const told = await fetchJobs();
      for (const entry of (await readAll("outbox")).filter((one) => one.person === told.person)) {
        try {
          await sendOne(entry, told.csrf);
          await drop("outbox", entry.id);
          sent += 1;
        } catch (error) {
          if (!(error instanceof Refused) || error.status === 401 || error.status >= 500 || error.status === 429) throw error;
          await keep("outbox", { ...entry, error: error.message });
        }
        await changed();
      }
      if (sent) await fetchJobs();
    } finally {
      sending = null;
    }
    return sent;
  })();
  return sending;
};

const sha256 = async (blob) => {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};

// 3-pages.js
// The pages: the list of jobs, and one job with the form. The address after # says which; every change of the form is kept at once.
const made = (id) => document.getElementById(id).content.cloneNode(true);
const put = (root, name, text) => {
  const place = root.querySelector(`[data-${name}]`);
  place.textContent = text ?? "";
  place.hidden = !text;
  return place;
};

const showNet = async (state) => {
  const waiting = (await readAll("outbox")).length;
  const place = document.querySelector("[data-net]");
  const said = state ?? (navigator.onLine ? words.online : words.offline);
  place.textContent = waiting ? `${said} · ${words.waiting.replace("{n}", waiting)}` : said;
};

const showList = async () => {
  const taken = await read("jobs", "now");
  const page = made("t-list");
  const when = taken && new Date(taken.fetched_at).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
  put(page, "as-of", when && words.asOf.replace("{when}", when));
  const outbox = await readAll("outbox");
  for (const entry of outbox) {
    const line = made("t-outbox-line");
    put(line, "title", entry.title);
    put(line, "state", words.saved);
    put(line, "error", entry.error);
    const again = line.querySelector("[data-again]");
    again.hidden = !entry.error;
    again.addEventListener("click", () => synchronise());
    page.querySelector("[data-outbox]").append(line);
  }
  const captured = new Set(outbox.map((entry) => entry.order_id));
  const jobs = (taken?.jobs ?? []).filter((job) => !captured.has(job.id));
  for (const job of jobs) {
    const line = made("t-job-line");
    line.querySelector("a").href = `#${job.id}`;
    put(line, "title", job.title);
    put(line, "place", [job.place, job.unit].filter(Boolean).join(" · "));
    put(line, "when", job.when);
    page.querySelector("[data-list]").append(line);
  }
  page.querySelector("[data-none]").hidden = jobs.length > 0;
  field.replaceChildren(page);
};

const sign = (canvas, changed) => {
  const pen = canvas.getContext("2d");
  pen.lineWidth = 3;
  pen.lineCap = "round";
  pen.strokeStyle = "#0f1c1e";
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height];
  };
  let drawing = false;
  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(...at(event));
    pen.stroke();
  });
  canvas.addEventListener("pointerup", () => {
    drawing = false;
    canvas.toBlob((blob) => changed(blob), "image/png");
  });
};

const preview = (blob) =>
  new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(blob);
  });

const showJob = async (id) => {
  const taken = await read("jobs", "now");
  const job = taken?.jobs.find((one) => one.id === id);
  if (!job) return showList();
  const draft = (await read("drafts", id)) ?? { order_id: id, person: taken.person, text: "", minutes: "", signed_by: "", finishes: "yes", done: {}, items: [], photos: [], signature: null };
  const page = made("t-job");
  const form = page.querySelector("form");
  put(page, "title", job.title);
  put(page, "number", `${job.number} · ${job.manager}`);
  put(page, "when", job.when);
  put(page, "place", job.place);
  put(page, "unit", job.unit);
  put(page, "text", job.text);
  page.querySelector("[data-contact]").hidden = !job.contact;
  if (job.contact) {
    put(page, "name", job.contact.name);
    put(page, "phone", job.contact.phone).href = `tel:${job.contact.phone.replaceAll(" ", "")}`;
    put(page, "access", job.contact.access_notes);
    put(page, "pets", job.contact.pets);
  }
  const error = page.querySelector("[data-error]");
  const say = (text) => {
    error.textContent = text;
    error.hidden = !text;
    if (text) error.scrollIntoView({ block: "center" });
  };
  // Kept one after the other, so that the last change is the one that stays.
  let keeping = Promise.resolve();
  const keepDraft = () => {
    keeping = keeping.then(() => keep("drafts", draft)).catch(() => say(words.full));
    return keeping;
  };

  for (const name of ["text", "minutes", "signed_by"]) {
    form.elements[name].value = draft[name];
    form.elements[name].addEventListener("input", () => {
      draft[name] = form.elements[name].value;
      keepDraft();
    });
  }
  for (const radio of form.elements.finishes) {
    radio.checked = radio.value === draft.finishes;
    radio.addEventListener("change", () => {
      draft.finishes = radio.value;
      keepDraft();
    });
  }
  job.checklist.forEach((text, index) => {
    const line = Object.assign(document.createElement("div"), { className: "check" });
    const box = Object.assign(document.createElement("input"), { type: "checkbox", id: `c-check-${index}`, checked: draft.done[text] ?? false });
    line.append(box, Object.assign(document.createElement("label"), { htmlFor: box.id, textContent: text }));
    box.addEventListener("change", () => {
      draft.done[text] = box.checked;
      keepDraft();
    });
    page.querySelector("[data-checklist]").append(line);
  });
  const items = page.querySelector("[data-items]");
  const addItem = (item) => {
    const row = made("t-item");
    for (const name of ["what", "quantity", "unit"]) {
      const input = row.querySelector(`[data-${name}]`);
      input.value = item[name] ?? input.value;
      item[name] = input.value;
      input.addEventListener("input", () => {
        item[name] = input.value;
        keepDraft();
      });
    }
    items.append(row);
  };
  draft.items.forEach(addItem);
  page.querySelector("[data-add-item]").addEventListener("click", () => {
    const item = {};
    draft.items.push(item);
    addItem(item);
    keepDraft();
  });
  for (const place of page.querySelectorAll("[data-photos-of]")) {
    const purpose = place.dataset.photosOf;
    const list = place.querySelector("ul");
    const show = async (photo) => {
      const line = made("t-photo");
      const item = line.querySelector("li");
      const image = line.querySelector("img");
      image.alt = photo.name;
      line.querySelector("[data-remove]").addEventListener("click", () => {
        draft.photos = draft.photos.filter((one) => one !== photo);
        item.remove();
        keepDraft();
      });
      list.append(line);
      if (photo.blob.type.startsWith("image/")) image.src = await preview(photo.blob);
    };
    draft.photos.filter((photo) => photo.purpose === purpose).forEach(show);
    const input = place.querySelector("input");
    input.addEventListener("change", async () => {
      for (const file of input.files) {
        // a copy of the bytes: the phone's own file may be gone when there is network again
        const photo = { purpose, name: file.name, blob: new Blob([await file.arrayBuffer()], { type: file.type }) };
        draft.photos.push(photo);
        await keepDraft();
        show(photo);
      }
      input.value = "";
    });
  }
  const canvas = page.querySelector("[data-signature]");
  if (draft.signature) createImageBitmap(draft.signature).then((image) => canvas.getContext("2d").drawImage(image, 0, 0));
  sign(canvas, (blob) => {
    draft.signature = blob;
    keepDraft();
  });
  page.querySelector("[data-clear]").addEventListener("click", () => {
    canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
    draft.signature = null;
    keepDraft();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!draft.text.trim() && !draft.photos.length) return say(words.needText);
    if (draft.signature && !draft.signed_by.trim()) return say(words.needName);
    say("");
    await keeping;
    try {
      await moveToOutbox(await entryOf(draft, job));
    } catch {
      return say(words.full);
    }
    location.hash = "";
    synchronise();
  });
  field.replaceChildren(page);
};

// What is sent: the captured work with the phone's own clock, and the bytes beside it.
const entryOf = async (draft, job) => {
  const photos = [...draft.photos];
  if (draft.signature) photos.push({ purpose: "signature", name: "unterschrift.png", blob: draft.signature });
  const files = [];
  const blobs = [];
  for (const photo of photos) {
    const hash = await sha256(photo.blob);
    if (files.some((file) => file.sha256 === hash && file.purpose === photo.purpose)) continue;
    files.push({ sha256: hash, purpose: photo.purpose, name: photo.name });
    blobs.push(photo.blob);
  }
  return {
    id: crypto.randomUUID(),
    order_id: job.id,
    person: draft.person,
    title: job.title,
    captured_at: new Date().toISOString(),
    finishes: draft.finishes === "yes",
    text: draft.text,
    minutes: Number.parseInt(draft.minutes, 10) || 0,
    checklist: job.checklist.map((text) => ({ text, done: draft.done[text] ?? false })),
    items: draft.items
      .filter((item) => item.what?.trim())
      .map((item) => ({
        text: item.what,
        quantity_thousandths: Math.round(Number.parseFloat((item.quantity || "1").replace(",", ".")) * 1000) || 1000,
        unit: item.unit ?? "",
      })),
    signed_by: draft.signed_by,
    files,
    blobs,
  };
};

const show = () => {
  const id = location.hash.slice(1);
  return id ? showJob(id) : showList();
};

const refresh = async () => {
  await showNet();
  if (!location.hash.slice(1)) await showList();
};

const synchronise = async () => {
  try {
    if ((await readAll("outbox")).length) await showNet(words.sending);
    const sent = await sendAll(refresh);
    await refresh();
    if (sent) await showNet(words.sent);
  } catch (error) {
    if (error instanceof Refused && error.status === 401) location.assign(field.dataset.login);
    else await showNet(words.offline);
  }
};

navigator.serviceWorker?.register(field.dataset.worker, { scope: field.dataset.scope });
addEventListener("hashchange", show);
addEventListener("online", synchronise);
addEventListener("offline", () => showNet());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && synchronise());
setInterval(synchronise, 60_000);
await show();
await showNet();
await synchronise();
