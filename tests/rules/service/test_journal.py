"""The journal: what was written is read back, whatever happened to its end."""

import os
from pathlib import Path

import pytest

from rules.service.journal import Journal, Position
from rules.service.lines import Line, beat_line, dump
from tests.rules.service.make import NOON, SetClock

BEAT = dump(beat_line(NOON))


def kinds(journal: Journal, start: Position | None = None) -> list[str]:
    return [line["kind"] for _, line in journal.read(start or Position())]


def test_lines_come_back_in_order_from_any_position(tmp_path: Path) -> None:
    with Journal(tmp_path, SetClock()) as journal:
        journal.rotate(series="s-")
        journal.write([BEAT])
        middle = journal.position
        journal.write([dump({"kind": "later", "received_at": "2026-11-25T05:00:00Z"})])
        journal.rotate()
        assert kinds(journal) == ["header", "beat", "later", "header"]
        assert kinds(journal, middle) == ["later", "header"]
        assert journal.first_header()["series"] == "s-"


def test_a_torn_end_is_passed_over_and_the_next_process_writes_behind_it(tmp_path: Path) -> None:
    with Journal(tmp_path, SetClock()) as first:
        first.rotate()
        first.write([BEAT, BEAT[:10]])
    with Journal(tmp_path, SetClock()) as second:
        second.rotate()
        second.write([BEAT])
        assert kinds(second) == ["header", "beat", "header", "beat"]


def test_what_cannot_be_written_is_a_gap_until_a_new_segment(tmp_path: Path) -> None:
    directory = tmp_path / "journal"
    directory.mkdir()
    with Journal(directory, SetClock()) as journal:
        journal.rotate()
        directory.rename(tmp_path / "away")
        journal.rotate()
        journal.write([BEAT])
        assert str(directory) in str(journal.failure)
        (tmp_path / "away").rename(directory)
        journal.rotate()
        journal.write([BEAT])
        assert not journal.gap
        assert kinds(journal) == ["header", "header", "beat"]


@pytest.mark.parametrize(
    ("keep_seconds", "keep_bytes", "left"), [(60, 10**9, 2), (10**9, 1, 1), (10**9, 10**9, 3)]
)
def test_segments_that_no_snapshot_needs_go_when_too_old_or_too_much(
    tmp_path: Path, keep_seconds: float, keep_bytes: int, left: int
) -> None:
    with Journal(tmp_path, SetClock()) as journal:
        for _ in range(3):
            journal.rotate()
            journal.write([BEAT])
        hour_ago = NOON.timestamp() - 3600
        os.utime(tmp_path / "0000000001.jsonl", (hour_ago, hour_ago))
        os.utime(tmp_path / "0000000002.jsonl", (NOON.timestamp(), NOON.timestamp()))
        journal.prune(Position(3), keep_seconds=keep_seconds, keep_bytes=keep_bytes)
        assert len(journal.segments()) == left
        # What a snapshot needs stays, however large it is.
        journal.prune(Position(1), keep_seconds=0, keep_bytes=0)
        assert len(journal.segments()) == left


def test_a_line_without_time_or_kind_is_damage(tmp_path: Path) -> None:
    odd: Line = {"kind": "beat"}
    with Journal(tmp_path, SetClock()) as journal:
        journal.rotate()
        journal.write([dump(odd), b"[]\n", b"\xff\n", BEAT])
        assert kinds(journal) == ["header", "beat"]
