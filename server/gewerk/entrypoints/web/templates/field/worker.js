{% autoescape off %}// The app's service worker: keeps the shell of one version, so that it opens without network. Never keeps anybody's data.
const VERSION = "gewerk-field-{{ version }}";
const FILES = {{ files }};
const SHELL = "{{ shell }}";

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(VERSION).then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: "reload" })))).then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith("gewerk-field-") && name !== VERSION).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname === SHELL) {
    // With network the newest shell, or the login page; without it the one that was kept.
    event.respondWith(fetch(event.request).catch(() => caches.match(SHELL)));
    return;
  }
  if (FILES.includes(url.pathname)) event.respondWith(caches.match(url.pathname).then((kept) => kept ?? fetch(event.request)));
});
{% endautoescape %}
