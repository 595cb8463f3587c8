"""Routes: patterns of MQTT topics and of HTTP routes, and the names they give to levels."""

import re
from typing import Annotated, Final
from urllib.parse import parse_qsl

from pydantic import PlainValidator

_NAME: Final = re.compile(r"^\{([a-z][a-z0-9_]*)(\.\.\.)?\}\Z")


class LevelPattern:
    """A pattern such as `tele/{board}/STATE`.

    `{name...}` stands for one level or more, `+` for one that nobody needs.

    Attributes:
        text: as it was written.
    """

    def __init__(self, text: str) -> None:
        """Read it.

        Raises:
            ValueError: a level is neither plain nor a name, or names stand twice.
        """
        self.text = text
        names: list[str] = []
        parts: list[str] = []
        for level in text.split("/") if text else ():
            match = _NAME.match(level)
            if match is not None:
                names.append(match[1])
                parts.append(f"(?P<{match[1]}>{'.+' if match[2] else '[^/]+'})")
            elif level == "+":
                parts.append("[^/]+")
            elif set(level) & set("{}+#"):
                raise ValueError(f"{text!r}: {level!r} is neither a level nor {{name}} nor +")
            else:
                parts.append(re.escape(level))
        if len(set(names)) < len(names):
            raise ValueError(f"{text!r}: a name stands twice")
        self._regex = re.compile("/".join(parts) + r"\Z")

    def match(self, where: str) -> dict[str, str] | None:
        """Return what stands at the names, or None if a topic or route is another one."""
        match = self._regex.match(where)
        return None if match is None else match.groupdict()

    def __repr__(self) -> str:
        return self.text


def _parsed(value: object) -> LevelPattern:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not text")  # noqa: TRY004 - pydantic tells it so
    return LevelPattern(value)


Levels = Annotated[LevelPattern, PlainValidator(_parsed)]
"""A pattern as a pydantic field type."""


def split_route(where: str) -> tuple[str, dict[str, str]]:
    """Return the levels of an HTTP route behind the adapter's name, and its query."""
    levels, _, query = where.partition("?")
    return levels.strip("/"), dict(parse_qsl(query, keep_blank_values=True, max_num_fields=None))
