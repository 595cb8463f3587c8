"""Settings: read once from the environment at the edge, frozen, passed down.

A settings class names its variables' prefix; each field is one variable. A variable with
the prefix that no field knows is an error, because a misspelt setting that is silently
ignored is found at the worst hour.
"""

import difflib
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    SecretStr,
    ValidationError,
)
from pydantic_core import ErrorDetails

_UNITS: Final = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
LONGEST: Final = timedelta(days=36_500)
"""A longer duration is a slip of the keyboard."""
_DURATION: Final = re.compile(r"^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\Z")


class SettingsError(ValueError):
    """One or more settings are wrong; the message has a line for each."""


def parse_duration(value: object) -> timedelta:
    """Return the duration that text such as `500ms`, `30s`, `5m`, `2h` or `7d` means.

    Raises:
        ValueError: naming the text; a bare number is refused because its unit is a guess, and more
            than a hundred years because no calendar has what is so far away.
    """
    if isinstance(value, timedelta):
        return value
    match = _DURATION.match(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"{value!r} is not a duration such as 500ms, 30s, 5m, 2h or 7d")
    number, unit = float(match[1]), _UNITS[match[2]]
    if number > LONGEST / unit:
        raise ValueError(f"{value!r} is longer than {LONGEST.days}d")
    return number * unit


def _positive(duration: timedelta) -> timedelta:
    if duration <= timedelta(0):
        raise ValueError("a duration above zero is needed")
    return duration


Duration = Annotated[timedelta, BeforeValidator(parse_duration), AfterValidator(_positive)]
"""A duration above zero, written with its unit."""


class Settings(BaseModel):
    """One group of settings.

    Subclasses set `prefix`; field `batch_size` under prefix `INGEST_` is the variable
    `INGEST_BATCH_SIZE`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    prefix: ClassVar[str]

    @classmethod
    def variables(cls) -> dict[str, str]:
        """Return the field name of each variable."""
        return {f"{cls.prefix}{name.upper()}": name for name in cls.model_fields}

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings.

        Raises:
            SettingsError: naming every wrong, missing or unknown variable.
        """
        known = cls.variables()
        problems = _unknown(cls.prefix, known, environ)
        values = {
            name: environ[variable] for variable, name in known.items() if variable in environ
        }
        try:
            settings = cls.model_validate_strings(values)
        except ValidationError as error:
            problems += [_explain(cls, detail) for detail in error.errors()]
        if problems:
            raise SettingsError("\n".join(problems))
        return settings


def _unknown(prefix: str, known: Mapping[str, str], environ: Mapping[str, str]) -> list[str]:
    problems = []
    for variable in sorted(environ):
        if variable.startswith(prefix) and variable not in known:
            names = {name.removeprefix(prefix): name for name in known}
            given = variable.removeprefix(prefix)
            # Half a name is far from the whole one, as letters go, and means it all the same.
            near = difflib.get_close_matches(given, names, n=1) or [
                name for name in names if given and name.startswith(given)
            ]
            hint = (
                f"; did you mean {names[near[0]]}?"
                if near
                else f"; known: {', '.join(sorted(known))}"
            )
            problems.append(f"{variable}: no such setting{hint}")
    return problems


def _explain(cls: type[Settings], detail: ErrorDetails) -> str:
    name = str(detail["loc"][0]) if detail["loc"] else ""
    variable = f"{cls.prefix}{name.upper()}" if name else f"{cls.prefix}*"
    if detail["type"] == "missing":
        return f"{variable}: not set, and it has no default"
    field = cls.model_fields.get(name)
    shown = _shown(detail["input"], secret=field is not None and field.annotation is SecretStr)
    return f"{variable}{shown}: {detail['msg'].removeprefix('Value error, ')}"


def _shown(value: Any, *, secret: bool) -> str:  # noqa: ANN401 - pydantic's input is anything
    if secret or isinstance(value, Mapping):
        return ""
    return f"={value!r}"


def read_secret(path: Path, variable: str) -> SecretStr:
    """Return the secret in a file, without its line end.

    Args:
        path: the file.
        variable: the setting that named it, for the message.

    Raises:
        SettingsError: naming the variable and the file, never its content.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise SettingsError(f"{variable}: cannot read {path}: {reason}") from None
    secret = text.rstrip("\r\n")
    if not secret:
        raise SettingsError(f"{variable}: {path} is empty")
    return SecretStr(secret)
