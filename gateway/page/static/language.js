// Words, numbers and times in the language that the reader chose.

import { WORDS } from "./words.js";

const KEPT = "language";
const ZONE = "Asia/Ho_Chi_Minh";
const LOCALES = { vi: "vi-VN", en: "en-GB" };
const listeners = [];

let current = kept() ?? document.documentElement.lang;

function kept() {
  try {
    const found = localStorage.getItem(KEPT);
    return found in LOCALES ? found : null;
  } catch {
    return null; // Storage is forbidden here: the choice lasts as long as the page.
  }
}

export const language = () => current;

/** Return a word of the page, each `{}` in it replaced by the next value. */
export function say(word, ...values) {
  const text = WORDS[word]?.[current] ?? word;
  return text.replace(/\{\}/g, () => values.shift() ?? "");
}

/** Return the words of a code of ours, such as a state; the code itself if it has none. */
export function called(kind, code) {
  return WORDS[`${kind}_${code}`]?.[current] ?? code;
}

/** Call `listener` when the language changes. */
export function onLanguage(listener) {
  listeners.push(listener);
}

/** Change to the other language, and remember it. */
export function switchLanguage() {
  current = current === "vi" ? "en" : "vi";
  try {
    localStorage.setItem(KEPT, current);
  } catch {
    // See above.
  }
  applyLanguage();
}

/** Put the words of the language into the document. */
export function applyLanguage() {
  document.documentElement.lang = current;
  document.title = `${say("title")} – ${say("name")}`;
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = say(element.dataset.word);
  }
  document.getElementById("language").lang = current === "vi" ? "en" : "vi";
  for (const listener of listeners) {
    listener();
  }
}

export function number(value, options = {}) {
  return new Intl.NumberFormat(LOCALES[current], options).format(value);
}

/** Return a share as percent, with as many digits as tell 99.95 % from 100 %. */
export function percent(share) {
  // Towards the worse: what is not all must not look like all.
  const cut = Math.floor(share * 10_000 + 1e-6) / 100;
  return `${number(cut, { maximumFractionDigits: 2 })} %`;
}

const format = (at, options) =>
  new Intl.DateTimeFormat(LOCALES[current], { timeZone: ZONE, hourCycle: "h23", ...options })
    .format(at);

const day = (at) =>
  new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, dateStyle: "short" }).format(at);

/** Return an instant as the clock in Đắk Lắk had it; with its day unless that is today. */
export function clock(at, { seconds = false } = {}) {
  const time = { hour: "2-digit", minute: "2-digit", ...(seconds && { second: "2-digit" }) };
  const instant = new Date(at);
  if (day(instant) === day(new Date())) {
    return format(instant, time);
  }
  return `${format(instant, time)} ${format(instant, { day: "2-digit", month: "2-digit", year: "numeric" })}`;
}

/** Return how long something has lasted, in whole minutes. */
export function lasting(milliseconds) {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  if (minutes < 60) {
    return say("minutes", number(minutes));
  }
  const hours = Math.floor(minutes / 60);
  return hours < 48
    ? say("hours", number(hours), number(minutes % 60))
    : say("days", number(Math.floor(hours / 24)), number(hours % 24));
}
