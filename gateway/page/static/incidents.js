// The list of open incidents, the costliest first, with what can be done about each.

import { arrange, make, mark, write } from "./dom.js";
import { called, clock, language, lasting, number, say } from "./language.js";
import { nameOf } from "./naming.js";
import { cost, ranked } from "./store.js";

const NAMED = 3; // More communes than this are counted.

export class IncidentList {
  #list;
  #note;
  #acknowledge;
  #asked = new Set();
  #failures = new Map();

  /**
   * `acknowledge(name, incident)` takes an incident on, and returns why it could not or null;
   * null in its place: the reader may not.
   */
  constructor(list, note, acknowledge) {
    this.#list = list;
    this.#note = note;
    this.#acknowledge = acknowledge;
  }

  show({ incidents, more }, commune) {
    const now = Date.now();
    const shown = ranked(incidents, now).filter(
      ([, incident]) => commune === null || incident.communes.includes(commune),
    );
    arrange(this.#list, shown, {
      key: ([name]) => name,
      create: ([name]) => this.#card(name),
      update: (card, [name, incident]) => this.#fill(card, name, incident, now),
    });
    const none = say(commune === null ? "no_incidents" : "none_here");
    write(this.#note, shown.length ? (more ? say("more", number(more)) : "") : none);
  }

  #card(name) {
    const title = make("a", { href: `/?incident=${encodeURIComponent(name)}`, "data-incident": name });
    return make(
      "li",
      {},
      make("p", { class: "severity" }, make("span", { class: "mark", "aria-hidden": "true" }), " ", make("span")),
      make("h3", {}, title),
      make("p", { class: "facts" }),
      make("p", { class: "owner" }),
      make("p", { class: "failure" }),
    );
  }

  #fill(card, name, incident, now) {
    const [severity, title, facts, owner, failure] = card.children;
    mark(card, "class", `severity-${incident.severity}`);
    write(severity.lastChild, called("severity", incident.severity));
    write(title.firstChild, titleOf(incident));
    write(facts, factsOf(incident, now));
    write(owner, ownerOf(incident));
    owner.hidden = owner.textContent === "";
    write(failure, this.#failures.get(name) ?? "");
    this.#offer(card, name, incident);
  }

  /** Show the button where there is something to be done, and whoever looks may do it. */
  #offer(card, name, incident) {
    const old = card.querySelector("button");
    if (this.#acknowledge === null || incident.owner !== null || !incident.whole) {
      this.#asked.delete(name);
      this.#failures.delete(name);
      if (old === document.activeElement) {
        card.querySelector("a").focus(); // Not to lose the place of whoever goes by keyboard.
      }
      old?.remove();
      return;
    }
    const button = old ?? make("button", { type: "button" });
    const asked = this.#asked.has(name);
    mark(button, "aria-disabled", asked);
    write(button, say(asked ? "acknowledging" : "acknowledge"));
    mark(button, "aria-label", asked ? say("acknowledging") : say("acknowledge_of", titleOf(incident)));
    if (old === null) {
      button.addEventListener("click", () => this.#ask(name, incident));
      card.append(button);
    }
  }

  async #ask(name, incident) {
    if (this.#asked.has(name)) {
      return;
    }
    this.#asked.add(name);
    this.#failures.delete(name);
    const failure = await this.#acknowledge(name, incident);
    if (failure !== null) {
      this.#asked.delete(name);
      this.#failures.set(name, failure);
    }
  }
}

/** Return what an incident is, in one line. */
export const titleOf = (incident) =>
  incident.summary[language()] ?? called("class", incident.class);

function factsOf(incident, now) {
  const since = `${say("since", clock(incident.onset_at))} (${lasting(now - Date.parse(incident.onset_at))})`;
  const facts = [since];
  if (incident.villages) {
    facts.push(
      say("in_villages", number(incident.villages)),
      say("in_households", number(incident.households)),
      say("household_minutes", number(Math.round(cost(incident, now)))),
    );
  }
  if (incident.communes.length) {
    const more = incident.communes.length - NAMED;
    facts.push(incident.communes.slice(0, NAMED).map(nameOf).join(", ") + (more > 0 ? ` +${more}` : ""));
  }
  facts.push(...["planned", "flapping"].filter((word) => incident[word]).map((word) => say(word)));
  return facts.join(" · ");
}

function ownerOf(incident) {
  const said = [];
  if (incident.owner !== null) {
    said.push(say("owner", incident.owner));
  }
  if (incident.assigned_to !== null) {
    said.push(say("assigned", incident.assigned_to));
  }
  return said.join("; ");
}
