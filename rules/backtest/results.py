"""Results: a directory with all that a backtest found."""

import json
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from rules.backtest.findings import Findings, plain_verdicts
from rules.model import Transition
from rules.replay import describe

TRANSITIONS: Final = "transitions.jsonl"
INCIDENTS: Final = "incidents.jsonl"
AGAINST: Final = "against.jsonl"
FINDINGS: Final = "backtest.json"


class Results:
    """Files of one directory, written anew.

    Args:
        directory: made if it is not there.

    Raises:
        OSError: it cannot be written.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._transitions = (directory / TRANSITIONS).open("w", encoding="utf-8")

    def tell(self, transition: Transition) -> None:
        """Write a transition of the engine, as `rules replay` does."""
        self._transitions.write(f"{json.dumps(describe(transition))}\n")

    def keep(self, findings: Findings) -> None:
        """Write what was found."""
        self._lines(INCIDENTS, plain_verdicts(findings.incidents))
        if findings.comparison is not None:
            self._lines(AGAINST, plain_verdicts(findings.others))
        text = json.dumps(findings.plain(), indent=2, ensure_ascii=False)
        (self._directory / FINDINGS).write_text(f"{text}\n", encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._transitions.close()

    def _lines(self, name: str, objects: list[dict[str, Any]]) -> None:
        with (self._directory / name).open("w", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(each, ensure_ascii=False)}\n" for each in objects)
