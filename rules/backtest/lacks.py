"""What history lacks: what was known live and is not stored, so that a backtest cannot know it."""

from typing import Final

LACKS: Final = (
    "how sessions at the broker ended is not stored: a socket that its device closed excuses"
    " nobody, and a broker node that died is many devices that fell silent at once",
    "whether broker, ingest and database were up is not stored: a stretch without any row is"
    " taken for an absence of our own",
    "times are those at which ingest had a message: what waited for ingest at the broker counts"
    " from when ingest was back",
    "of a sensor's report its values alone are stored, and those of them that were accepted",
    "the inventory is that of today; what was retired since the end is in it, what was changed"
    " is as it is now",
    "our own instruments are not stored: rules about them are not judged",
    "what happened before the warm-up is not known: an outage that began before it is not found",
)
