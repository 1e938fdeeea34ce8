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
