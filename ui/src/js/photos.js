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
