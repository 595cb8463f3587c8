// The list of communes: all that the map shows, in words.

import { arrange, make, mark, write } from "./dom.js";
import { called, say } from "./language.js";
import { nameOf, villagesOf, worstFirst } from "./naming.js";

export function showCommunes(rows, note, communes, { worstOnly, chosen }) {
  const shown = worstFirst(communes).filter(([, { state }]) => !worstOnly || state !== "served");
  arrange(rows, shown, {
    key: ([code]) => code,
    create: ([code]) => row(code),
    update: (child, [code, commune]) => fill(child, code, commune, chosen),
  });
  write(note, shown.length ? "" : say("no_trouble"));
}

function row(code) {
  const link = make("a", { href: `/?commune=${encodeURIComponent(code)}`, "data-commune": code });
  const state = make("td", {}, make("span", { class: "mark", "aria-hidden": "true" }), " ", make("span"));
  return make("tr", {}, make("th", { scope: "row" }, link), state, make("td"));
}

function fill(child, code, commune, chosen) {
  const [name, state, villages] = child.children;
  write(name.firstChild, nameOf(code));
  if (code === chosen) {
    mark(name.firstChild, "aria-current", "true");
  } else {
    name.firstChild.removeAttribute("aria-current");
  }
  mark(state, "class", `state-${commune.state}`);
  write(state.lastChild, called("state", commune.state));
  write(villages, villagesOf(commune));
}
