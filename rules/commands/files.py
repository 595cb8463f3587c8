"""Files that a command line names: what is wrong with one is told with its option."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rules.errors import UsageError


@contextmanager
def file_of(option: str, path: Path | None) -> Iterator[None]:
    """Have what the system says of a file come out as `OPTION FILE: what is wrong`.

    Raises:
        UsageError: the file cannot be opened.
    """
    try:
        yield
    except OSError as error:
        name = path if path is not None else error.filename
        raise UsageError(f"{option} {name}: {_words(error, name)}") from None


def _words(error: OSError, name: object) -> str:
    if isinstance(error, FileNotFoundError):
        directory = Path(str(name)).parent
        return "no such file" if directory.is_dir() else f"there is no directory {directory}"
    return (error.strerror or str(error) or type(error).__name__).lower()
