"""What history lacks: what was known live and is not stored, so that a backtest cannot know it."""

from typing import Final

LACKS: Final = (
    (
        "how sessions at the broker ended: a socket that its device closed excuses nobody, and a "
        "broker node that died is many devices that fell silent at once"
    ),
    (
        "whether broker, ingest and database were up: a stretch without any row is taken for an "
        "absence of our own, and a database that was away alone is not seen"
    ),
    "when the broker had a message that waited for ingest: it counts from when ingest was back",
    "of a sensor's report anything but its values, and of those the ones that were not accepted",
    "the inventory of the time: it is read as it is now, less what was retired before the end",
    "our own instruments: rules about them are not judged",
    "what happened before the warm-up: an outage that began before it is not found",
)
"""Each as the rest of a sentence that begins with `not stored:`."""
