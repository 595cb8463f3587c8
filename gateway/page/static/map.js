// The map: shapes from the server's SVG, with state, name and keys added here.
//
// It is one stop of the Tab key; arrow keys go on from there to the nearest commune that way.

import { mark, write } from "./dom.js";
import { called } from "./language.js";
import { nameOf, villagesOf } from "./naming.js";

const SVG = "http://www.w3.org/2000/svg";
const MARKS = { dark: "✕", degraded: "!", unknown: "?", maintenance: "⚒", served: "" };
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class CommuneMap {
  #here;
  #choose;
  #shapes = new Map();

  /** `here` is where the commune under focus or pointer is named; `choose(code)` takes a choice. */
  constructor(here, choose) {
    this.#here = here;
    this.#choose = choose;
  }

  async load(parent, url) {
    const answer = await fetch(url);
    const parsed = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
    const svg = document.importNode(parsed.documentElement, true);
    svg.setAttribute("role", "group");
    svg.setAttribute("aria-labelledby", "map-title");
    svg.setAttribute("aria-describedby", "map-help");
    const marks = document.createElementNS(SVG, "g");
    marks.setAttribute("aria-hidden", "true");
    for (const path of svg.querySelectorAll("path")) {
      this.#shapes.set(path.dataset.commune, { path, mark: this.#markOf(path, marks) });
    }
    svg.append(marks);
    svg.addEventListener("keydown", (event) => this.#key(event));
    svg.addEventListener("click", (event) => this.#pick(event.target));
    for (const name of ["focusin", "pointerover"]) {
      svg.addEventListener(name, (event) => this.#name(event.target));
    }
    parent.replaceChildren(svg);
  }

  show(communes, chosen) {
    for (const [code, { path, mark: sign }] of this.#shapes) {
      const commune = communes[code];
      write(sign, commune ? MARKS[commune.state] : "");
      mark(path, "class", commune ? `state-${commune.state}` : "outside");
      if (commune === undefined) {
        this.#hide(path);
      } else {
        mark(path, "role", "button");
        mark(path, "aria-pressed", code === chosen);
        mark(path, "aria-label", `${nameOf(code)}: ${called("state", commune.state)}; ${villagesOf(commune)}`);
        path.removeAttribute("aria-hidden");
      }
    }
    this.#keepOneStop();
  }

  #markOf(path, marks) {
    const text = document.createElementNS(SVG, "text");
    text.setAttribute("x", path.dataset.x);
    text.setAttribute("y", path.dataset.y);
    marks.append(text);
    return text;
  }

  #hide(path) {
    path.setAttribute("aria-hidden", "true");
    for (const name of ["role", "aria-label", "aria-pressed", "tabindex"]) {
      path.removeAttribute(name);
    }
  }

  /** Let exactly one of the shapes be reached by the Tab key: the one that was last. */
  #keepOneStop(wanted = null) {
    const shown = [...this.#shapes.values()].map(({ path }) => path)
      .filter((path) => path.hasAttribute("role"));
    const stop = wanted ?? shown.find((path) => path.getAttribute("tabindex") === "0") ?? shown[0];
    for (const path of shown) {
      mark(path, "tabindex", path === stop ? "0" : "-1");
    }
  }

  #key(event) {
    const path = event.target;
    if (event.key in WAYS) {
      const next = this.#next(path, WAYS[event.key]);
      if (next !== null) {
        this.#keepOneStop(next);
        next.focus();
      }
    } else if (event.key === "Enter" || event.key === " ") {
      this.#pick(path);
    } else {
      return;
    }
    event.preventDefault();
  }

  /** Return the nearest shape that way: what lies aside counts as further away. */
  #next(path, [right, down]) {
    let [best, least] = [null, Infinity];
    for (const { path: other } of this.#shapes.values()) {
      const across = other.dataset.x - path.dataset.x;
      const along = other.dataset.y - path.dataset.y;
      const ahead = across * right + along * down;
      const distance = ahead + 2 * Math.abs(across * down + along * right);
      if (ahead > 0 && distance < least && other.hasAttribute("role")) {
        [best, least] = [other, distance];
      }
    }
    return best;
  }

  #pick(target) {
    if (target.getAttribute("role") === "button") {
      this.#choose(target.dataset.commune);
    }
  }

  #name(target) {
    if (target.getAttribute("role") === "button") {
      write(this.#here, target.getAttribute("aria-label"));
    }
  }
}
