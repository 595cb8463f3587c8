"""The page's own SQL, one file a query in `gateway/page/sql/`, its purpose on the first lines."""

from functools import cache
from importlib.resources import files
from typing import LiteralString


@cache
def query(name: str) -> LiteralString:
    """Return the text of `gateway/page/sql/NAME.sql`, without its comments.

    Raises:
        FileNotFoundError: no such file.
    """
    text = files("gateway.page").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("--"))
    return "\n".join(lines)
