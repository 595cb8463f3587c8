"""YAML as plain values, and the lines on which they stand.

Only what JSON has too is anything but text: numbers, true, false, null. Under YAML 1.1 an
instant would become a local datetime, `1:30` ninety, and `no` false, and a person who wrote
them would be told of values that are nowhere in the file.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

Path = tuple[str | int, ...]
"""Where in a document a value stands: keys, and positions in lists from 0."""


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong, and where.

    Attributes:
        line: from 1.
        path: of the value; empty where it is about the file.
        message: what is wrong.
    """

    line: int
    path: Path
    message: str


@dataclass(frozen=True)
class Document:
    """What a file says.

    Attributes:
        value: plain values: dict, list, str, int, float, bool, None.
        lines: the line of each value, or of its key where it has one.
        problems: keys that are no text, or there twice.
    """

    value: Any
    lines: Mapping[Path, int]
    problems: tuple[Problem, ...]

    def line(self, path: Path) -> int:
        """Return the line of a value, or of the nearest one around it."""
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers = {}  # noqa: RUF012 - the name and type are PyYAML's

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(
                problem="aliases are not read here: write it out",
                problem_mark=self.get_mark(),
            )
        return super().compose_node(parent, index)


_TAG: Final = "tag:yaml.org,2002:"
_PATTERNS: Final = {
    "null": (re.compile(r"^(?:null|~|)$"), ["n", "~", ""]),
    "bool": (re.compile(r"^(?:true|false)$"), ["t", "f"]),
    # As many digits as a float holds exactly; whoever writes more means text.
    "int": (re.compile(r"^[-+]?(?:0|[1-9][0-9]{0,14})$"), list("-+0123456789")),
    "float": (
        re.compile(r"^[-+]?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}$"),
        list("-+0123456789"),
    ),
}
for _name, (_pattern, _first) in _PATTERNS.items():
    _Loader.add_implicit_resolver(f"{_TAG}{_name}", _pattern, _first)


def parse_document(content: bytes) -> Document:
    """Read a file's content.

    Raises:
        DocumentError: it is not UTF-8 text or not YAML.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DocumentError(line, "not UTF-8 text") from None
    try:
        return _Builder().build(_Loader(text).get_single_node())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        said = ", ".join(part for part in (error.context, error.problem) if part)
        raise DocumentError(line, f"not YAML: {said}") from None
    except RecursionError:
        raise DocumentError(1, "nested too deeply") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise DocumentError(line, f"not YAML: {error.reason}") from None


class DocumentError(ValueError):
    """A file is no YAML at all; the message says where.

    Attributes:
        line: from 1.
        message: what is wrong.
    """

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line
        self.message = message


class _Builder:
    def __init__(self) -> None:
        self._lines: dict[Path, int] = {(): 1}
        self._problems: list[Problem] = []

    def build(self, node: yaml.Node | None) -> Document:
        value = None if node is None else self._value(node, ())
        return Document(value, self._lines, tuple(self._problems))

    def _value(self, node: yaml.Node, path: Path) -> Any:  # noqa: ANN401 - YAML holds anything
        self._lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return dict(self._entries(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*path, at)) for at, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _entries(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = key_node.value
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag != f"{_TAG}str":
                self._problems.append(Problem(line, path, f"key {key!r} is not text"))
            elif key in seen:
                message = f"a second {key!r}; the first is in line {seen[key]}"
                self._problems.append(Problem(line, path, message))
            else:
                seen[key] = self._lines[*path, key] = line
                yield key, self._value(value_node, (*path, key))

    def _scalar(self, node: yaml.Node, path: Path) -> str | int | float | bool | None:
        match node.tag.removeprefix(_TAG):
            case "str":
                return str(node.value)
            case "null":
                return None
            case "bool":
                return bool(node.value == "true")
            case "int":
                return int(node.value)
            case "float":
                return float(node.value)
        self._problems.append(
            Problem(node.start_mark.line + 1, path, f"tag {node.tag!r} is not read here")
        )
        return None
