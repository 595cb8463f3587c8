// What communes are called, and what is said of one.

import { called, number, say } from "./language.js";
import { COMMUNES } from "./places.js";

/** States of a village, the worst first. */
export const STATES = ["dark", "degraded", "unknown", "maintenance", "served"];

/** Return the name of a commune by its code. */
export function nameOf(code) {
  const commune = COMMUNES[code];
  if (commune === undefined) {
    return code;
  }
  return say(commune.kind === "ward" ? "ward_of" : "commune_of", commune.name);
}

/** Return how many villages are in which state, in words. */
export function villagesOf(commune) {
  return STATES.filter((state) => commune.villages[state])
    .map((state) => `${number(commune.villages[state])} ${called("state", state)}`)
    .join(", ");
}

/** Return communes as pairs of code and commune, those in the worst state first, then by name. */
export function worstFirst(communes) {
  const collator = new Intl.Collator("vi");
  return Object.entries(communes).sort(
    ([one, { state }], [other, { state: otherState }]) =>
      STATES.indexOf(state) - STATES.indexOf(otherState) ||
      collator.compare(COMMUNES[one]?.name ?? one, COMMUNES[other]?.name ?? other),
  );
}
