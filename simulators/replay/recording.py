"""A recording: the rows of a CSV or JSON Lines file as instants and values."""

import csv
import hashlib
import io
import json
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from simulators.errors import RecordingError
from simulators.replay.columns import read_number
from simulators.replay.layouts import ColumnMapping, Layout, choose_layout


@dataclass(frozen=True, slots=True)
class Row:
    """One usable row.

    Attributes:
        line: its number in the file, from 1.
        values: by metric code; at least one.
    """

    line: int
    observed_at: datetime
    values: dict[str, float]


@dataclass(frozen=True, slots=True)
class Recording:
    """A whole file.

    Attributes:
        layout: how it was read.
        digest: a number of 48 bits that stands for its content.
        rows: in the order of the file.
        problems: rows that could not be used, each as `file:line: message`.
        empty: how many rows had no value but missing ones.
    """

    layout: Layout
    digest: int
    rows: tuple[Row, ...]
    problems: tuple[str, ...]
    empty: int

    def median_gap_seconds(self) -> float | None:
        """Return the usual time between rows; None with fewer than two."""
        instants = sorted(row.observed_at for row in self.rows)
        gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(instants)]
        return statistics.median(gaps) if gaps else None


def read_recording(path: Path, mapping: ColumnMapping) -> Recording:
    """Read a recording; a file whose name ends in `.jsonl` has a JSON object on each line.

    Raises:
        RecordingError: nothing in it can be read: another encoding, no rows, no layout.
        OSError: the file cannot be read.
    """
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordingError(f"{path}: not UTF-8: {error.reason} at byte {error.start}") from None
    numbered = list(_json_rows(text) if path.suffix == ".jsonl" else _csv_rows(text))
    first = next((row for _, row in numbered if isinstance(row, dict)), None)
    if first is None:
        raise RecordingError(f"{path}: no rows")
    layout = choose_layout(list(first), mapping, str(path))
    digest = int.from_bytes(hashlib.sha256(content).digest()[:6])
    return _read(numbered, layout, digest, str(path))


def _read(numbered: list[tuple[int, Any]], layout: Layout, digest: int, source: str) -> Recording:
    rows, problems, empty = [], [], 0
    for line, row in numbered:
        try:
            observed_at, values = _use(row, layout)
        except ValueError as error:
            problems.append(f"{source}:{line}: {error}")
            continue
        if values:
            rows.append(Row(line, observed_at, values))
        else:
            empty += 1
    return Recording(layout, digest, tuple(rows), tuple(problems), empty)


def _use(row: object, layout: Layout) -> tuple[datetime, dict[str, float]]:
    if not isinstance(row, dict):
        raise ValueError(str(row))  # noqa: TRY004 - what was wrong with the line, already in words
    values = {}
    for rule in layout.rules:
        number = read_number(row, rule.column)
        if number is not None and number not in layout.missing:
            values[rule.metric] = rule.convert(number)
    return layout.times.read(row), values


def _csv_rows(text: str) -> Iterator[tuple[int, object]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader, [])
    for fields in reader:
        if not fields:
            continue
        if len(fields) == len(header):
            yield reader.line_num, dict(zip(header, fields, strict=True))
        else:
            yield reader.line_num, f"{len(fields)} fields where the header has {len(header)}"


def _json_rows(text: str) -> Iterator[tuple[int, object]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            yield number, f"not JSON: {error}"
            continue
        yield number, row if isinstance(row, dict) else "not a JSON object"
