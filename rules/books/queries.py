"""The books' SQL, one file a query in `rules/books/sql/`, its purpose on the first lines."""

from functools import cache
from importlib.resources import files
from typing import Literal, LiteralString

Subject = Literal["village", "link"]
"""What the books have a page of."""


@cache
def query(name: str, of: Subject | None = None) -> LiteralString:
    """Return the text of `rules/books/sql/NAME.sql`, without its comments.

    Args:
        name: of the file, without its ending.
        of: what stands for `{of}` in it.

    Raises:
        FileNotFoundError: no such file.
    """
    text = files("rules.books").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("--"))
    joined = "\n".join(lines)
    return joined if of is None else joined.replace("{of}", of)
