"""Notifications as they run: real receivers that are down, slow, hang; kills; and storms."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from aiohttp import web

from deploy.ports import choose_port
from rules.model import Action
from rules.notify.assembly import Outside, make_channels
from rules.notify.log_file import NAME, NotificationLog
from rules.notify.model import Outcome, Result
from rules.notify.notifications import Notifications
from rules.notify.routes import Routes
from rules.notify.state import NotifyState
from rules.plain import dump_plain, load_plain
from runtime.clock import SystemClock
from tests.rules.notify.make import WRITER, clear, make_record, make_routes, step
from tests.rules.notify.receiving import HttpReceiver, http_receiver
from tests.waiting import DEADLINE, eventually


def webhooks(*receivers: HttpReceiver) -> Routes:
    hooks = "\n".join(
        f"  hook-{number}: {{webhook: {{url: '{receiver.url}', private_addresses: true}}, "
        f"retry: 50ms, retry_cap: 100ms, timeout: {'1s' if receiver.hangs else '2m'}}}"
        for number, receiver in enumerate(receivers)
    )
    names = ", ".join(f"hook-{number}" for number in range(len(receivers)))
    return make_routes(
        f"receivers:\n{hooks}\nroute: {{receivers: [{names}], group_wait: 0s, group_interval: 1s}}"
    )


@dataclass
class Running:
    """Notifications that run in a task."""

    notifications: Notifications
    task: asyncio.Task[None]
    stop: asyncio.Event
    results: list[Result] = field(default_factory=list)

    def outcomes(self, receiver: str) -> list[Outcome]:
        return [each.outcome for each in self.results if each.receiver == receiver]

    async def kill(self) -> None:
        """End as a crash would: nothing more is noted."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


Start = Callable[..., Running]


@asynccontextmanager
async def running(
    routes: Routes, directory: Path, state: NotifyState | None = None
) -> AsyncIterator[Running]:
    results: list[Result] = []
    clock = SystemClock()
    notifications = Notifications(
        routes,
        make_channels(routes, Outside(WRITER, clock)),
        clock,
        Random(1),
        NotificationLog(directory),
        state,
        results.append,
    )
    stop = asyncio.Event()
    task = asyncio.create_task(notifications.run(stop))
    try:
        yield Running(notifications, task, stop, results)
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(task, return_exceptions=True), DEADLINE)


def now() -> float:
    return SystemClock().now().timestamp()


def opened(run: Running, *incidents: str) -> None:
    for incident in incidents:
        run.notifications.take(make_record(incident, onset=now(), impacts=()), Action.OPEN, now())


async def test_a_raise_its_update_and_its_resolve_arrive(
    receiver: HttpReceiver, tmp_path: Path
) -> None:
    async with running(webhooks(receiver), tmp_path) as run:
        opened(run, "cut-1")
        await eventually(lambda: receiver.actions == ["raise"])
        record = step(make_record(), root=("other",))
        run.notifications.take(record, Action.UPDATE, now())
        await eventually(lambda: receiver.actions == ["raise", "update"])
        run.notifications.take(clear(record, now()), Action.CLEAR, now())
        await eventually(lambda: receiver.actions == ["raise", "update", "resolve"])
        await eventually(lambda: len(run.results) == 3)
    assert run.outcomes("hook-0") == [Outcome.SENT] * 3


async def test_receivers_that_hang_fail_or_are_down_hold_up_nobody(tmp_path: Path) -> None:
    async with (
        http_receiver() as good,
        http_receiver() as hanging,
        http_receiver() as failing,
        http_receiver() as busy,
    ):
        down = HttpReceiver(url=f"http://127.0.0.1:{choose_port(Random())}/")
        hanging.hangs = True
        failing.answers = [500] * 3
        busy.answers = [web.Response(status=429, headers={"Retry-After": "1"})]
        routes = webhooks(good, hanging, failing, busy, down)
        async with running(routes, tmp_path) as run:
            opened(run, "cut-1")
            await eventually(lambda: good.actions == ["raise"])
            await eventually(lambda: run.outcomes("hook-4").count(Outcome.FAILED) >= 3)
            opened(run, "cut-2")
            await eventually(lambda: len(good.received) == 2)
            await eventually(lambda: run.outcomes("hook-2")[-1:] == [Outcome.SENT])
            await eventually(lambda: run.outcomes("hook-3")[-1:] == [Outcome.SENT])
            assert run.outcomes("hook-2").count(Outcome.FAILED) == 3
            await eventually(lambda: Outcome.FAILED in run.outcomes("hook-1"))
            assert set(run.notifications.failing()) == {"hook-1", "hook-4"}
            ids = {each.headers["webhook-id"] for each in failing.received[:4]}
            hanging.hangs = False
            hanging.released.set()
            await eventually(lambda: set(run.notifications.failing()) == {"hook-4"})
        assert len(ids) == 1


async def test_after_a_kill_nothing_that_was_accepted_is_told_again(
    receiver: HttpReceiver, tmp_path: Path
) -> None:
    routes = webhooks(receiver)
    record = make_record()
    async with running(routes, tmp_path) as run:
        saved = dump_plain(run.notifications.state)
        run.notifications.take(record, Action.OPEN, now())
        await eventually(lambda: len(run.results) == 1)
        await run.kill()
    with (tmp_path / NAME).open("ab") as file:
        file.write(b'{"number": 3, "torn')
    async with running(routes, tmp_path, load_plain(NotifyState, saved)) as run:
        run.notifications.take(record, Action.OPEN, now())
        run.notifications.take(clear(record, now()), Action.CLEAR, now())
        await eventually(lambda: receiver.actions == ["raise", "resolve"])
        await eventually(lambda: len(run.results) == 1)
        await run.kill()
    async with running(routes, tmp_path) as run:
        run.notifications.take(record, Action.OPEN, now())
        run.notifications.take(clear(record, now()), Action.CLEAR, now())
        opened(run, "cut-2")
        await eventually(lambda: receiver.actions == ["raise", "resolve", "raise"])


async def test_a_message_whose_answer_nobody_saw_comes_again_with_its_key(
    receiver: HttpReceiver, tmp_path: Path
) -> None:
    routes = webhooks(receiver)
    receiver.hangs = True
    async with running(routes, tmp_path) as run:
        opened(run, "cut-1")
        await eventually(lambda: len(receiver.received) == 1)
        await run.kill()
    receiver.hangs = False
    receiver.released.set()
    async with running(routes, tmp_path) as run:
        opened(run, "cut-1")
        await eventually(lambda: len(receiver.received) == 2)
    assert len({each.headers["webhook-id"] for each in receiver.received}) == 1


async def test_a_stop_lets_what_is_under_way_end(receiver: HttpReceiver, tmp_path: Path) -> None:
    receiver.hangs = True
    async with running(webhooks(receiver), tmp_path) as run:
        opened(run, "cut-1")
        await eventually(lambda: len(receiver.received) == 1)
        run.stop.set()
        receiver.released.set()
    assert run.outcomes("hook-0") == [Outcome.SENT]


async def test_a_storm_arrives_as_one_digest(receiver: HttpReceiver, tmp_path: Path) -> None:
    async with running(webhooks(receiver), tmp_path) as run:
        opened(run, *(f"cut-{number}" for number in range(2500)))
        await eventually(lambda: len(receiver.received) == 1)
    assert receiver.actions == ["digest"]
    assert len(receiver.received[0].json["data"]["notices"]) == 2500


async def test_a_line_of_the_log_that_cannot_be_read_costs_that_line_only(
    receiver: HttpReceiver, tmp_path: Path
) -> None:
    routes = webhooks(receiver)
    async with running(routes, tmp_path) as run:
        opened(run, "cut-1")
        await eventually(lambda: len(run.results) == 1)
    content = (tmp_path / NAME).read_bytes()
    (tmp_path / NAME).write_bytes(b"\x00\x00 not a line\n" + content)
    assert len(NotificationLog(tmp_path).open()) == content.count(b"\n") == 2


async def test_a_long_log_is_cut_down_to_what_no_saved_state_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, receiver: HttpReceiver
) -> None:
    monkeypatch.setattr("rules.notify.log_file._TRIM_BYTES", 100)
    routes = webhooks(receiver)
    async with running(routes, tmp_path) as run:
        opened(run, "cut-1")
        await eventually(lambda: len(run.results) == 1)
        logged = run.notifications.state.logged
        await run.notifications.saved(logged)
        assert (tmp_path / NAME).read_bytes() == b""
        opened(run, "cut-2")
        await eventually(lambda: len(run.results) == 2)
        state = load_plain(NotifyState, dump_plain(run.notifications.state))
    async with running(routes, tmp_path, state) as run:
        opened(run, "cut-1", "cut-2", "cut-3")
        await eventually(lambda: len(run.results) == 1)
    assert receiver.actions == ["raise"] * 3
