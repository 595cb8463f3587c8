// The figures of now: villages by state, and the stated shares.

import { mark, write } from "./dom.js";
import { number, percent, say } from "./language.js";

export function showFigures(section, view) {
  for (const element of section.querySelectorAll("[data-villages]")) {
    write(element, number(view.villages[element.dataset.villages] ?? 0));
  }
  for (const element of section.querySelectorAll("[data-share]")) {
    showShare(element, view.shares[element.dataset.share]);
  }
}

function showShare(element, { least, most, stated, whole }) {
  const [figure, statedText, verdict] = ["number", "stated", "verdict"].map((name) =>
    element.querySelector(`.${name}`),
  );
  const text = least === most ? percent(least) : say("range", percent(least), percent(most));
  write(figure, whole ? text : "–");
  write(statedText, say("stated", percent(stated)));
  const found = judge(least, most, stated);
  write(verdict, whole ? say(found) : "");
  mark(element, "data-verdict", found);
}

function judge(least, most, stated) {
  if (least >= stated) {
    return "met";
  }
  return most < stated ? "below" : "not_known";
}
