"""Templates: what people are told, in English and in Vietnamese."""

import difflib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from jinja2 import StrictUndefined, Template, TemplateError, meta, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from province.text import Language, grouped
from rules.rulebook.values import LOCAL_SECONDS

_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86_400
_WORDS: Final = {"en": ("d", "h", "min", "s"), "vi": ("ngày", "giờ", "phút", "giây")}

DUMMY: Final[Mapping[str, Any]] = {
    "rule": "group/rule",
    "device": "66-demo-air",
    "name": "Air",
    "commune": "Tân Lập",
    "village": "Buôn Ako",
    "operator": "vnpt",
    "metric": "pm2_5_ugm3",
    "unit": "ug/m3",
    "value": 51.25,
    "limit": 50.0,
    "since": 1_767_200_400.0,
    "severity": "major",
    "labels": {},
    "group": "24133",
    "count": 3,
    "total": 9,
}
"""What every template may name, with values to try it on.

`group`, `count` and `total` are of a share: the group's name, the devices that show it, all heard.
"""


class _Environment(SandboxedEnvironment):
    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=False)
        self.filters |= {"number": _number, "duration": _duration, "local": _local}
        self.globals = {}


@pass_context
def _number(context: Context, value: float | None, digits: int = 1) -> str:
    """Return a number for people: 1,234.5, and in Vietnamese 1.234,5."""
    if value is None:
        return "?"
    return grouped(value, Language(context.get("language") or Language.ENGLISH), digits)


@pass_context
def _duration(context: Context, seconds: float | None) -> str:
    """Return seconds in the largest unit of which there is one: 90 min, 3 h, 2 d."""
    if seconds is None:
        return "?"
    day, hour, minute, second = _WORDS["vi" if context.get("language") == "vi" else "en"]
    for size, word in ((_DAY, day), (_HOUR, hour), (_MINUTE, minute)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {word}"
    return f"{seconds:.0f} {second}"


def _local(at: float, form: str = "%H:%M %d/%m/%Y") -> str:
    """Return an instant in local time."""
    return (datetime.fromtimestamp(at, UTC) + timedelta(seconds=LOCAL_SECONDS)).strftime(form)


_ENVIRONMENT: Final = _Environment()


@lru_cache(maxsize=4096)
def _compiled(template: str) -> Template:
    return _ENVIRONMENT.from_string(template)


def render(template: str, language: str, values: Mapping[str, Any]) -> str:
    """Return what a template says.

    Raises:
        TemplateError: it names what is not there, or is no template.
        TypeError, ValueError, ArithmeticError: what it does with a value cannot be done.
    """
    return _compiled(template).render(values, language=language).strip()


def check_template(template: str, language: str, labels: Mapping[str, str]) -> str | None:
    """Return what is wrong with a template, found by rendering it with made-up values."""
    try:
        named = meta.find_undeclared_variables(_ENVIRONMENT.parse(template))
        for name in sorted(named - {*DUMMY, "language"}):
            return f"there is no {name!r} to say{_suggestion(name)}"
        render(template, language, {**DUMMY, "labels": dict(labels)})
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        return f"cannot be rendered: {str(error).splitlines()[0]}"
    return None


def _suggestion(name: str) -> str:
    near = difflib.get_close_matches(name, DUMMY, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(DUMMY)}"
