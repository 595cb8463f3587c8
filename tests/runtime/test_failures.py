"""What a command line makes of failures."""

from runtime.failures import failure_lines

_KNOWN = (OSError,)


def test_what_tasks_failed_with_side_by_side_is_said_without_a_traceback() -> None:
    inner = ExceptionGroup("unhandled errors in a TaskGroup", [OSError("disk full")])
    group = ExceptionGroup("more", [inner, ConnectionError("reset"), TimeoutError()])
    assert failure_lines("ingest", group, _KNOWN) == [
        "ingest: disk full",
        "ingest: reset",
        "ingest: TimeoutError",
    ]


def test_a_bug_of_ours_keeps_its_traceback_in_any_company() -> None:
    assert failure_lines("ingest", KeyError("x"), _KNOWN) is None
    group = ExceptionGroup("tasks", [OSError("x"), KeyError("x")])
    assert failure_lines("ingest", group, _KNOWN) is None
