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
