"""Aside: work that another process does meanwhile, on another processor."""

import asyncio
from collections.abc import Callable
from multiprocessing import get_context
from signal import SIG_IGN, SIGINT, signal
from traceback import format_exc
from typing import Final, TypeVar

from rules.errors import RulesError

_Given = TypeVar("_Given")
_Result = TypeVar("_Result")

# A process that is forked has the threads and connections of this one, and cannot use them.
_CONTEXT: Final = get_context("spawn")


async def in_process(work: Callable[[_Given], _Result], given: _Given) -> _Result:
    """Have a process of its own work, and return what it returns; it ends if this is cancelled.

    Args:
        work: of a module, so that the process finds it by name.
        given: to work on; it is pickled, as is what is returned.

    Raises:
        RulesError: the process was ended by somebody else.
        Exception: whatever the work raises.
    """
    receiver, sender = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_work, args=(sender.send, work, given), daemon=True)
    process.start()
    sender.close()
    try:
        answer: _Result | Exception = await asyncio.to_thread(receiver.recv)
    except EOFError:
        raise RulesError(f"process {process.pid} for {work.__name__} ended by itself") from None
    finally:
        process.terminate()
        process.join()
    if isinstance(answer, Exception):
        raise answer
    return answer


def _work(
    answer: Callable[[object], None], work: Callable[[_Given], _Result], given: _Given
) -> None:
    signal(SIGINT, SIG_IGN)  # whoever started us hears it, and ends us
    try:
        answer(work(given))
    except Exception as error:  # noqa: BLE001 - it is raised where the answer is waited for
        error.add_note(format_exc())
        answer(error)
