"""What a storm costs the ledger: run by hand, or by the benches.

`python -m tests.rules.notify.storm` prints notices a second through the ledger and into digests.
"""

import sys
from random import Random
from time import perf_counter

from rules.model import Action
from rules.notify.ledger import Ledger
from rules.notify.state import NotifyState
from tests.rules.notify.make import NOON, WRITER, clear, make_record, make_routes

ROUTES = """
receivers:
  desk: {log: {}, digest: {every: 5m}}
  bus: {mqtt: {}}
route: {receivers: [desk, bus], group_wait: 0s}
"""


def measure_storm(incidents: int = 2_500) -> str:
    """Open and clear incidents at once at two receivers; return how fast they were told."""
    ledger = Ledger(make_routes(ROUTES), NotifyState(), Random(1))
    records = [make_record(f"cut-{number}", households=number) for number in range(incidents)]
    notices = messages = 0
    begun = perf_counter()
    for at, action in ((NOON, Action.OPEN), (NOON + 600, Action.CLEAR)):
        for record in records:
            ledger.take(record if action is Action.OPEN else clear(record, at), action, at)
        while found := ledger.due(at):
            for dispatch in found:
                ledger.begin(dispatch, at)
                WRITER.write(dispatch)
                ledger.sent(dispatch, at)
                notices += len(dispatch.notices)
                messages += 1
    seconds = perf_counter() - begun
    return (
        f"{incidents} incidents begun and ended: {notices} notices in {messages} messages, "
        f"{notices / seconds:,.0f} notices/s"
    )


if __name__ == "__main__":
    sys.stdout.write(measure_storm() + "\n")
