// The story of one incident: what it does to whom, what was decided and what people did.

import { Refused, loadIncident } from "./api.js";
import { make, write } from "./dom.js";
import { titleOf } from "./incidents.js";
import { called, clock, language, number, say } from "./language.js";

export class Story {
  #section;
  #title;
  #body;
  #name = null;
  #asked = 0;

  constructor(section, title, body) {
    this.#section = section;
    this.#title = title;
    this.#body = body;
  }

  /** Show an incident by its name; null: none. */
  async show(name) {
    const isOther = name !== this.#name;
    this.#name = name;
    this.#section.hidden = name === null;
    if (name === null) {
      this.#body.replaceChildren();
      return;
    }
    await this.#load(name);
    if (isOther && name === this.#name) {
      this.#title.focus();
    }
  }

  /** Load the shown incident again if an event says that it changed. */
  changed({ incidents = {}, over = [] }) {
    if (this.#name !== null && (this.#name in incidents || over.includes(this.#name))) {
      this.#load(this.#name);
    }
  }

  async #load(name) {
    const asked = (this.#asked += 1);
    let shown;
    try {
      shown = draw(await loadIncident(name));
    } catch (error) {
      const none = error instanceof Refused && error.status === 404;
      shown = { title: say(none ? "no_story" : "failed", say("no_answer")), parts: [] };
    }
    if (asked === this.#asked && name === this.#name) {
      write(this.#title, shown.title);
      this.#body.replaceChildren(...shown.parts, make("p", {}, make("a", { href: "/" }, say("close_story"))));
    }
  }
}

function draw({ incident, impacts, timeline }) {
  const facts = [
    ["severity", called("severity", incident.severity)],
    ["began", clock(incident.onset_at)],
    ["ended", incident.ended_at === null ? null : clock(incident.ended_at)],
    ["households", number(incident.households)],
    ["who", incident.acknowledged_by],
    ["what_to_do", incident.description[language()]],
  ].filter(([, value]) => value);
  const list = make("dl", { class: "facts" });
  for (const [word, value] of facts) {
    list.append(make("div", {}, make("dt", {}, say(word)), make("dd", {}, value)));
  }
  return {
    title: say("story_of", titleOf(incident)),
    parts: [list, ...timelineOf(timeline), ...impactsOf(impacts)],
  };
}

function timelineOf(entries) {
  const rows = entries.filter(({ kind }) => kind !== "withheld").reverse().map((entry) => [
    clock(entry.at, { seconds: true }),
    called("step", entry.kind),
    entry.actor === "rules" ? say("the_rules") : entry.actor,
    entry.words[language()],
  ]);
  return table("timeline", ["when", "what", "who", "why"], rows);
}

function impactsOf(impacts) {
  const rows = impacts.map((impact) => [
    impact.name,
    called("state", impact.state),
    number(impact.households),
    clock(impact.since),
    impact.until === null ? "" : clock(impact.until),
  ]);
  return table("villages", ["village", "state", "households", "from", "to"], rows);
}

function table(title, columns, rows) {
  if (!rows.length) {
    return [];
  }
  // Said again in roles: on a phone the style makes blocks of them, and takes their meaning away.
  const head = make("tr", { role: "row" }, ...columns.map((word) => make("th", { scope: "col", role: "columnheader" }, say(word))));
  const body = rows.map((cells) =>
    make("tr", { role: "row" }, ...cells.map((cell, index) =>
      make("td", { role: "cell", "data-label": say(columns[index]) }, cell))),
  );
  return [
    make("h3", {}, say(title)),
    make(
      "table",
      { class: "wide", role: "table", "aria-label": say(title) },
      make("thead", { role: "rowgroup" }, head),
      make("tbody", { role: "rowgroup" }, ...body),
    ),
  ];
}
