// What the page knows: a snapshot, and what changed in it since.

/** What is known, and whether it is still so. */
export class Store {
  view = null;
  at = null; // When what is known was so.
  stale = false; // The server cannot look any more, since `at`.

  /** Take an event in; return the names of incidents that are new, and the ones that are over. */
  take(event, data) {
    if (event === "stale") {
      this.stale = true;
      this.at = data.since ?? this.at;
      return { opened: [], over: [] };
    }
    const before = this.view?.incidents;
    this.stale = event === "snapshot" && data.stale;
    this.at = data.at;
    this.view = event === "snapshot" ? data : merged(this.view, data);
    return changes(before, this.view.incidents, this.view.more);
  }
}

function merged(view, change) {
  const incidents = { ...view.incidents, ...change.incidents };
  for (const name of change.over ?? []) {
    delete incidents[name];
  }
  return { ...view, ...change, incidents, communes: { ...view.communes, ...change.communes } };
}

function changes(before, after, more) {
  if (before === undefined) {
    return { opened: [], over: [] };
  }
  return {
    opened: Object.keys(after).filter((name) => !(name in before)).map((name) => after[name]),
    // Where not all are shown, one that is not shown any more need not be over.
    over: more ? [] : Object.keys(before).filter((name) => !(name in after)).map((name) => before[name]),
  };
}

/** Return what an incident has cost up to `now`, in household-minutes. */
export function cost(incident, now) {
  const minutes = Math.max(0, now - Date.parse(incident.at)) / 60_000;
  return incident.household_minutes + incident.households * minutes;
}

const SEVERITIES = ["critical", "major", "minor", "warning", "indeterminate"];

/** Return incidents as pairs of name and incident, the costliest first. */
export function ranked(incidents, now) {
  const rank = ([name, one]) => [-cost(one, now), SEVERITIES.indexOf(one.severity), one.onset_at, name];
  return Object.entries(incidents).sort((one, other) => compare(rank(one), rank(other)));
}

/** Compare two lists, by the first place in which they differ. */
export function compare(one, other) {
  for (let index = 0; index < one.length; index += 1) {
    if (one[index] !== other[index]) {
      return one[index] < other[index] ? -1 : 1;
    }
  }
  return 0;
}
