"""What the command line makes of failures."""

from ingest.cli import _messages
from runtime.broker.errors import SessionTakenOverError
from runtime.database.errors import EditionError


def test_what_tasks_failed_with_side_by_side_is_said_without_a_traceback() -> None:
    edition = EditionError("database 'srepok': the timescaledb extension is not created in it")
    inner = ExceptionGroup("unhandled errors in a TaskGroup", [edition])
    group = ExceptionGroup(
        "more", [inner, SessionTakenOverError("another process"), TimeoutError()]
    )
    assert _messages(group) == [
        f"ingest: {edition}",
        "ingest: another process",
        "ingest: TimeoutError",
    ]


def test_a_bug_of_ours_keeps_its_traceback_in_any_company() -> None:
    assert _messages(KeyError("x")) is None
    assert _messages(ExceptionGroup("tasks", [EditionError("x"), KeyError("x")])) is None
