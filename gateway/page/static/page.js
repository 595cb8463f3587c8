// The page: puts its parts together and keeps them up to date.

import { Refused, acknowledge } from "./api.js";
import { showCommunes } from "./communes.js";
import { byId, write } from "./dom.js";
import { showFigures } from "./figures.js";
import { IncidentList, titleOf } from "./incidents.js";
import { applyLanguage, clock, onLanguage, say, switchLanguage } from "./language.js";
import { CommuneMap } from "./map.js";
import { nameOf } from "./naming.js";
import { Store } from "./store.js";
import { Story } from "./story.js";
import { Stream } from "./stream.js";

const TICK = 10_000; // Durations and costs go on by themselves.

const { root, ping, mayAct } = document.body.dataset;
const store = new Store();
const map = new CommuneMap(byId("map-here"), (code) => go({ commune: code === asked("commune") ? null : code }));
const incidents = new IncidentList(
  byId("incident-list"), byId("incidents-note"), mayAct === undefined ? null : take,
);
const story = new Story(byId("story"), byId("story-title"), byId("story-body"));
let away = null;

const asked = (name) => new URLSearchParams(location.search).get(name);

function show() {
  if (store.view !== null) {
    const commune = asked("commune");
    showFigures(byId("figures"), store.view);
    map.show(store.view.communes, commune);
    incidents.show(store.view, commune);
    showCommunes(byId("commune-rows"), byId("communes-note"), store.view.communes, {
      worstOnly: byId("worst-only").checked,
      chosen: commune,
    });
    showFilter(commune);
  }
  showState();
}

function showFilter(commune) {
  byId("filter").hidden = commune === null;
  write(byId("filter").firstElementChild, commune === null ? "" : say("only_of", nameOf(commune)));
}

/** Say how new what is shown is; what is not live any more is said where nobody can miss it. */
function showState() {
  const text = trouble();
  write(byId("banner"), text);
  byId("log-in").hidden = away?.why !== "logged-out";
  document.body.classList.toggle("stale", text !== "");
  const at = store.at === null ? null : clock(store.at, { seconds: true });
  write(byId("freshness"), at === null ? say("connecting") : say("live", at));
  byId("freshness").hidden = text !== "";
}

function trouble() {
  if (away !== null) {
    return {
      silent: () => say("stale_page", clock(away.since, { seconds: true })),
      refused: () => say("refused"),
      "logged-out": () => say("logged_out"),
    }[away.why]();
  }
  if (store.stale) {
    return store.at === null ? say("stale_never") : say("stale_data", clock(store.at, { seconds: true }));
  }
  return store.view?.watched === false ? say("unwatched") : "";
}

/** Tell who cannot see it; the last few sentences are enough. */
function announce(text) {
  const log = byId("announcer");
  log.append(Object.assign(document.createElement("p"), { textContent: text }));
  while (log.childElementCount > 5) {
    log.firstElementChild.remove();
  }
}

/** Take an incident on; return why that could not be, or null. */
async function take(name, incident) {
  setTimeout(show);
  try {
    await acknowledge(name);
    announce(say("acknowledged", titleOf(incident)));
    return null;
  } catch (error) {
    const why = say("failed", error instanceof Refused ? error.message : say("no_answer"));
    announce(why);
    return why;
  } finally {
    setTimeout(show);
  }
}

/** Show another part of it all, at an address of its own. */
function go({ commune = null, incident = null }) {
  const query = new URLSearchParams({
    ...(commune !== null && { commune }), ...(incident !== null && { incident }),
  });
  const text = query.toString();
  history.pushState(null, "", text ? `/?${text}` : "/");
  arrive();
}

function arrive() {
  story.show(asked("incident"));
  show();
}

function followLinks(event) {
  const link = event.target.closest("a[href]");
  if (link === null || link.pathname !== "/" || link.hash !== "" || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) {
    return;
  }
  const query = new URL(link.href).searchParams;
  event.preventDefault();
  go({ commune: query.get("commune"), incident: query.get("incident") });
  if (query.has("commune")) {
    byId("incidents").focus();
  }
}

function hear(name, data) {
  const { opened, over } = store.take(name, data);
  opened.forEach((incident) => announce(say("new_incident", titleOf(incident))));
  over.forEach((incident) => announce(say("over_incident", titleOf(incident))));
  story.changed(data);
  show();
}

const stream = new Stream("/live/events", Number(ping), {
  event: hear,
  alive(at) {
    if (at) {
      store.at = at;
    }
    away = null;
    showState();
  },
  away(why, since) {
    away = { why, since };
    showState();
  },
});

onLanguage(() => {
  story.show(asked("incident"));
  show();
});
byId("language").addEventListener("click", switchLanguage);
byId("worst-only").addEventListener("change", show);
document.addEventListener("click", followLinks);
window.addEventListener("popstate", arrive);
setInterval(show, TICK);
applyLanguage();
await map.load(byId("map-shapes"), `${root}/map.svg`);
arrive();
stream.run();
