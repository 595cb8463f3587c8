"""The ledger: what stands in it when the process is gone."""

import asyncio
import errno
from collections.abc import Iterable
from pathlib import Path

import pytest

from province.topics import Channel
from simulators.confirmations import Confirmations
from simulators.ledger import Ledger
from simulators.outgoing import ReportKey
from tests.simulators.make import make_outgoing


def test_a_line_is_in_the_file_before_the_ledger_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.csv"
    with Ledger(path) as ledger:
        ledger.add([ReportKey("d1", "2026-11-23T05:00:00.000Z", 9, 1)])
        assert path.read_text() == (
            "device,observed_at,boot_id,seq\nd1,2026-11-23T05:00:00.000Z,9,1\n"
        )


def test_a_second_run_appends_under_the_same_header(tmp_path: Path) -> None:
    path = tmp_path / "ledger.csv"
    for seq in (1, 2):
        with Ledger(path) as ledger:
            ledger.add([ReportKey("d1", "t", 9, seq)])
    assert path.read_text().splitlines() == [
        "device,observed_at,boot_id,seq",
        "d1,t,9,1",
        "d1,t,9,2",
    ]


def test_reports_are_entered_and_events_are_not(tmp_path: Path) -> None:
    path = tmp_path / "ledger.csv"
    with Ledger(path) as ledger:
        confirmations = Confirmations(ledger, asyncio.Event())
        confirmations.confirmed(make_outgoing(1))
        confirmations.confirmed(make_outgoing(2, Channel.EVENT))
    confirmations.check()
    assert len(path.read_text().splitlines()) == 2


class FullLedger(Ledger):
    def add(self, keys: Iterable[ReportKey]) -> None:
        raise OSError(errno.ENOSPC, f"no room for {list(keys)}")


def test_a_ledger_that_cannot_be_written_stops_the_run() -> None:
    stop = asyncio.Event()
    confirmations = Confirmations(FullLedger(Path("unused")), stop)
    confirmations.confirmed(make_outgoing(1))
    confirmations.confirmed(make_outgoing(2))
    assert stop.is_set()
    with pytest.raises(OSError, match="no room"):
        confirmations.check()


def test_a_ledger_on_a_full_disk_does_not_open() -> None:
    with pytest.raises(OSError, match="No space left"):
        Ledger(Path("/dev/full")).__enter__()
