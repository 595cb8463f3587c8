"""Snapshots: whole or not at all, and the one before while the newest is damaged."""

from pathlib import Path

import pytest

from rules.service.journal import Position
from rules.service.snapshots import Snapshot, Snapshots


def snapshot(number: int) -> Snapshot:
    return Snapshot(Position(number, 7), {"engine": b'{"n":%d}' % number, "desk": b"[]"})


def newest(directory: Path) -> Path:
    return max(directory.glob("*.snapshot"))


def test_the_newest_comes_back_and_two_are_kept(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    assert snapshots.read() is None
    for number in (1, 2, 3):
        snapshots.write(snapshot(number))
    assert snapshots.read() == snapshot(3)
    assert len(list(tmp_path.iterdir())) == 2
    assert snapshots.oldest_position() == Position(2, 7)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-1],
        lambda content: content[:0],
        lambda content: content.replace(b'"n":2', b'"n":9'),
        lambda content: content.replace(b"srepok-rules/1", b"srepok-rules/9"),
        lambda content: b"\x00" * len(content),
    ],
)
def test_the_one_before_is_used_while_the_newest_is_damaged(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - a lambda of bytes
    snapshots = Snapshots(tmp_path)
    snapshots.write(snapshot(1))
    snapshots.write(snapshot(2))
    path = newest(tmp_path)
    path.write_bytes(damage(path.read_bytes()))
    assert snapshots.read() == snapshot(1)


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    snapshots.write(snapshot(1))
    (tmp_path / "0000000002.new").mkdir()
    with pytest.raises(OSError, match=r"0000000002\.new"):
        snapshots.write(snapshot(2))
    assert snapshots.read() == snapshot(1)
