"""Work in another process: its errors arrive, and nothing of it outlives who waits for it."""

import asyncio
import os
from pathlib import Path
from signal import SIGKILL, pause

import pytest

from rules.backtest.aside import in_process
from rules.errors import RulesError
from tests.waiting import eventually


def refuse(name: str) -> str:
    raise RulesError(f"{name} is refused")


def die(_name: str) -> None:
    os.kill(os.getpid(), SIGKILL)


def work_for_ever(name: str) -> None:
    Path(name).write_text(str(os.getpid()), encoding="utf-8")
    pause()


async def test_an_error_of_the_other_process_is_raised_here() -> None:
    with pytest.raises(RulesError, match="day is refused"):
        await in_process(refuse, "day")


async def test_a_process_that_somebody_ends_is_told() -> None:
    with pytest.raises(RulesError, match="for die ended by itself"):
        await in_process(die, "")


async def test_work_that_nobody_waits_for_any_more_ends(tmp_path: Path) -> None:
    started = tmp_path / "pid"
    task = asyncio.create_task(in_process(work_for_ever, str(started)))
    await eventually(lambda: started.exists() and started.read_text() != "")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)
