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
