// The API, as the page's reader: with the session's cookie, and what proves that the page asks.

const ROOT = "/api/v1";
const token = document.querySelector("meta[name=csrf-token]").content;

/** Something that the API refused; the message is for people. */
export class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** Return what is known of an incident. */
export const loadIncident = (name) => ask("GET", `/incidents/${encodeURIComponent(name)}`);

/** Take an incident on. */
export const acknowledge = (name) =>
  ask("POST", `/incidents/${encodeURIComponent(name)}/acknowledge`, {});

async function ask(method, path, body) {
  const changing = body !== undefined && {
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
  };
  const answer = await fetch(ROOT + path, { method, cache: "no-store", ...changing });
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Refused(answer.status, problem.detail ?? answer.statusText);
  }
  return answer.status === 204 ? null : answer.json();
}
