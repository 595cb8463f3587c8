"""The ledger: one line for each report that the broker confirmed.

What stands in it must be found in the database in the end; a fault test compares the two.
"""

import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Self

from simulators.outgoing import ReportKey

HEADER: Final = ",".join(ReportKey._fields)


class Ledger:
    """Appends confirmed reports to a CSV file; a line is with the system when `add` returns.

    A process that is killed leaves every line it wrote: nothing is buffered here.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        """Open the file and give an empty one its header.

        Raises:
            OSError: it cannot be opened or written.
        """
        with contextlib.ExitStack() as stack:
            self._file = stack.enter_context(self._path.open("ab", buffering=0))
            if self._file.tell() == 0:
                self._file.write(f"{HEADER}\n".encode())
            stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, keys: Iterable[ReportKey]) -> None:
        """Append one line for each report, in one write."""
        lines = [f"{key.device},{key.observed_at},{key.boot_id},{key.seq}\n" for key in keys]
        if lines:
            self._file.write("".join(lines).encode())
