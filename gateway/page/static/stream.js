// The stream of events: read by fetch and not by EventSource, which tells nobody why it was refused
// and when it last heard a ping.

const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;
const GRACE = 3_000; // A connection that is back within this time was never away.

/** Split a stream of text into events and comments, however it was cut into pieces. */
export class Parser {
  #rest = "";

  /** Return what `text` completes: objects with `event`, `data` and `id`, or with `comment`. */
  feed(text) {
    const blocks = (this.#rest + text).split("\n\n");
    this.#rest = blocks.pop();
    return blocks.map(parse);
  }
}

function parse(block) {
  const found = { event: "message", data: "", id: null };
  for (const line of block.split("\n")) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
    if (field === "") {
      found.comment = value;
    } else {
      found[field] = value;
    }
  }
  return found;
}

/** Return how long to wait before the next attempt: more after each failure, and never the same. */
export function waitFor(failures, random = Math.random) {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(failures, 10)) * (0.5 + random() / 2);
}

/**
 * Keep a stream open for as long as the page is.
 *
 * `hears.event(name, data)` takes events, `hears.alive(at)` is told that all is well and of when
 * what is known is, `hears.away(why, since)` that it is not: `silent`, `refused` or `logged-out`.
 */
export class Stream {
  #url;
  #silence;
  #hears;
  #last = "";
  #heardAt = Date.now();
  #open = null;
  #wake = () => {};
  #away = null;

  constructor(url, pingSeconds, hears) {
    this.#url = url;
    this.#silence = pingSeconds * 2_000 + GRACE;
    this.#hears = hears;
  }

  async run() {
    setInterval(() => this.#watch(), 500);
    window.addEventListener("online", () => this.#wake());
    document.addEventListener("visibilitychange", () => this.#wake());
    for (let failures = 0; this.#away !== "logged-out"; failures += 1) {
      if (await this.#listen()) {
        failures = 0;
      }
      await this.#wait(waitFor(failures));
    }
  }

  /** Read one answer to its end; return whether there was any. */
  async #listen() {
    this.#open = new AbortController();
    try {
      const answer = await fetch(this.#url, {
        headers: this.#last ? { "Last-Event-ID": this.#last } : {},
        cache: "no-store",
        redirect: "error",
        signal: this.#open.signal,
      });
      if (!answer.ok) {
        this.#refused(answer.status);
        return false;
      }
      await this.#read(answer.body.pipeThrough(new TextDecoderStream()).getReader());
      return true;
    } catch {
      return false; // Cut off, or never there: the watch tells when that is worth saying.
    } finally {
      this.#open = null;
    }
  }

  async #read(reader) {
    const parser = new Parser();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      this.#heardAt = Date.now();
      this.#away = null;
      for (const found of parser.feed(value)) {
        this.#take(found);
      }
    }
  }

  #take({ comment, event, data, id }) {
    if (id !== null) {
      this.#last = id;
      this.#hears.event(event, JSON.parse(data));
    }
    this.#hears.alive(comment);
  }

  #refused(status) {
    if (status === 401 || status === 403) {
      this.#say("logged-out");
    } else if (status === 503) {
      this.#say("refused");
    }
  }

  #watch() {
    const silent = Date.now() - this.#heardAt;
    if (silent > this.#silence) {
      this.#open?.abort(); // Half open: the other end is gone and nobody said so.
    }
    if (silent > (this.#open === null ? GRACE : this.#silence) && this.#away === null) {
      this.#say("silent");
    }
  }

  #say(why) {
    if (this.#away !== why) {
      this.#away = why;
      this.#hears.away(why, this.#heardAt);
    }
  }

  #wait(milliseconds) {
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, milliseconds);
    });
  }
}
