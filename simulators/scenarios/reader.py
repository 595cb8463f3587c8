"""Reading scenarios: a YAML file whole or not at all, with every problem in it at once."""

import json
import re
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path as FilePath
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from runtime.documents import (
    Document,
    DocumentError,
    Path,
    Problem,
    parse_document,
)
from simulators.scenarios.checks import (
    check_names,
    check_references,
    check_restarts,
    check_same,
    check_times,
)
from simulators.scenarios.errors import ScenarioError
from simulators.scenarios.faults import KINDS
from simulators.scenarios.happening import Happening
from simulators.scenarios.model import Scenario
from simulators.scenarios.problems import did_you_mean, explain, place
from simulators.scenarios.values import NAME_PATTERN

_ENDING: Final = ".yaml"
_LIBRARY: Final = resources.files("simulators.scenarios") / "library"


def scenario_names() -> tuple[str, ...]:
    """Return the names of the library's scenarios, in the order of their numbers.

    Those without a number stand at the end, by name.
    """
    scenarios = [load_scenario(name) for name in _library_files()]
    scenarios.sort(key=lambda scenario: (scenario.number == 0, scenario.number, scenario.name))
    return tuple(scenario.name for scenario in scenarios)


def load_scenario(name: str) -> Scenario:
    """Return a scenario of the library.

    Raises:
        ScenarioError: there is none of that name.
    """
    names = _library_files()
    if name not in names:
        raise ScenarioError((f"there is no scenario {name!r}{did_you_mean(name, names)}",))
    content = (_LIBRARY / f"{name}{_ENDING}").read_bytes()
    return parse_scenario(content, name, f"{name}{_ENDING}")


def read_scenario(path: FilePath) -> Scenario:
    """Read a scenario from a file, which names it.

    Raises:
        ScenarioError: with every problem in it.
        OSError: the file cannot be read.
    """
    return parse_scenario(path.read_bytes(), path.stem, str(path))


def parse_scenario(content: bytes, name: str, source: str) -> Scenario:
    """Read a scenario from the content of its file.

    Args:
        content: YAML; docs/scenarios.md describes it.
        name: what the scenario is called.
        source: the file's name, for messages.

    Raises:
        ScenarioError: with every problem in it.
    """
    try:
        document = parse_document(content)
    except DocumentError as error:
        raise ScenarioError((f"{source}:{error.line}: {error.message}",)) from None
    reading = _Reading(document, name)
    scenario = reading.read()
    if scenario is None:
        raise ScenarioError(tuple(reading.messages(source)))
    return scenario


class _Reading:
    """One file on its way to a scenario."""

    def __init__(self, document: Document, name: str) -> None:
        self._document = document
        self._name = name
        self._problems = list(document.problems)
        self._faults: dict[int, Happening] = {}

    def read(self) -> Scenario | None:
        """Return the scenario; None if there is any problem."""
        value = self._document.value
        if not isinstance(value, dict):
            self._add((), "not a mapping: a scenario begins with keys such as title and start")
            return None
        frame = self._frame(value)
        faults = value.get("faults")
        if isinstance(faults, list):
            self._read_faults(faults)
            self._check_together(faults)
        for path, message in check_times(frame, self._faults) if frame else ():
            self._add(path, message)
        if frame is None or self._problems:
            return None
        ordered = tuple(self._faults[at] for at in sorted(self._faults))
        return frame.model_copy(update={"faults": ordered})

    def messages(self, source: str) -> Iterator[str]:
        """Yield a line for each problem."""
        for problem in sorted(self._problems, key=lambda problem: problem.line):
            where = place(problem.path, self._document.value)
            rest = f"{where}: {problem.message}" if where else problem.message
            yield f"{source}:{problem.line}: {rest}"

    def _frame(self, value: Mapping[str, Any]) -> Scenario | None:
        """Return the scenario without its faults."""
        if not re.match(NAME_PATTERN, self._name):
            self._add((), f"file name {self._name!r}: only small letters, digits and hyphens")
            return None
        known = [key for key in Scenario.model_fields if key != "name"]
        for key in value:
            if key == "name":
                self._add((key,), "there is no such key: a scenario is named by its file")
            elif key not in known:
                self._add((key,), f"there is no such key{did_you_mean(key, known)}")
        rest = {key: inner for key, inner in value.items() if key in known}
        if isinstance(rest.get("faults"), list):
            # They are read one by one, so that what is wrong with one hides nothing else.
            rest["faults"] = []
        frame = self._validate(Scenario, {**rest, "name": self._name}, ())
        return frame if isinstance(frame, Scenario) else None

    def _read_faults(self, faults: list[Any]) -> None:
        for at, value in enumerate(faults):
            path: Path = ("faults", at)
            kind = value.get("fault") if isinstance(value, dict) else None
            if not isinstance(value, dict):
                self._add(path, "not a mapping: a fault has keys such as fault, name and at")
            elif "fault" not in value:
                self._add(path, f"fault: is missing; one of {', '.join(KINDS)}")
            elif not isinstance(kind, str) or kind not in KINDS:
                message = f"there is no kind {kind!r}{did_you_mean(str(kind), KINDS)}"
                self._add((*path, "fault"), message)
            else:
                fault = self._validate(KINDS[kind], value, path)
                if isinstance(fault, Happening):
                    self._faults[at] = fault

    def _check_together(self, faults: list[Any]) -> None:
        names = [
            value["name"]
            if isinstance(value, dict) and isinstance(value.get("name"), str)
            else None
            for value in faults
        ]
        for path, message in (
            *check_names(names),
            *check_references(names, self._faults),
            *check_same(self._faults),
            *check_restarts(self._faults),
        ):
            self._add(path, message)

    def _validate(self, model: type[BaseModel], value: object, path: Path) -> BaseModel | None:
        try:
            # As JSON, in which a list may be a tuple and text an enumeration, also when strict.
            return model.model_validate_json(json.dumps(value))
        except ValidationError as error:
            for inner, message in explain(value, error, model):
                self._add((*path, *inner), message)
        return None

    def _add(self, path: Path, message: str) -> None:
        self._problems.append(Problem(self._document.line(path), path, message))


def _library_files() -> tuple[str, ...]:
    files = (file.name for file in _LIBRARY.iterdir())
    return tuple(sorted(name.removesuffix(_ENDING) for name in files if name.endswith(_ENDING)))
