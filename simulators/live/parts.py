"""Parts: a live run over several processes, when one may not hold all the sessions."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from province.devices import Device
from runtime.logs import get_logger

log = get_logger(__name__)

_STOP_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Part:
    """One of the processes of a run; all play the same scenario, each with devices of its own.

    Attributes:
        number: from 1 up.
        of: how many there are.
    """

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    @classmethod
    def parse(cls, text: str) -> "Part":
        """Return the part that text such as `2/3` means.

        Raises:
            ValueError: naming the text.
        """
        number, slash, of = text.partition("/")
        if not (slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
            raise ValueError(f"{text!r} is not a part such as 2/3")
        return cls(int(number), int(of))

    def choose(self, devices: Sequence[Device]) -> tuple[Device, ...]:
        """Return this part's share of the devices."""
        return tuple(devices[self.number - 1 :: self.of])


def stop_with_parent(stop: asyncio.Event) -> None:
    """Set `stop` when the process that started this part is gone, however it went.

    It holds the other end of our standard input, which then comes to its end.
    """
    loop = asyncio.get_running_loop()

    def look() -> None:
        if not os.read(sys.stdin.fileno(), 1):
            loop.remove_reader(sys.stdin.fileno())
            stop.set()

    loop.add_reader(sys.stdin.fileno(), look)


async def run_parts(command: Sequence[str], parts: int, stop: asyncio.Event) -> int:
    """Run a command once for each part; return the greatest exit code.

    Stops all of them when `stop` is set, or when one of them ends.

    Args:
        command: behind the interpreter; `--part` is added.
        parts: how many.
        stop: ends the run.
    """
    processes = [
        await asyncio.create_subprocess_exec(
            # A session of its own: Ctrl-C reaches us alone, and we stop them in order.
            *(sys.executable, *command, "--part", str(Part(number, parts))),
            stdin=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        for number in range(1, parts + 1)
    ]
    ends = [asyncio.create_task(process.wait()) for process in processes]
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({*ends, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    for process in processes:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
    done, late = await asyncio.wait(ends, timeout=_STOP_SECONDS)
    for process in processes:
        if process.returncode is None:
            log.error("a process of the run does not stop, killing it", pid=process.pid)
            process.kill()
    await asyncio.gather(*late)
    return max((task.result() for task in done), key=abs, default=1)
