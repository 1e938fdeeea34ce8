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
