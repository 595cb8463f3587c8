"""Files that people write for us: read again when they change, and never worse than before.

What was read well last is kept, so that a restart does not stand or fall with what somebody wrote
in the meantime.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Generic, TypeVar

from pydantic_core import from_json, to_json

from rules.errors import UsageError
from runtime.logs import get_logger

log = get_logger(__name__)

_Value = TypeVar("_Value")
Contents = list[tuple[bytes, str]]
"""The content of each file, and its name."""

_NONE: Final = ()
Stamp = tuple[tuple[str, int, int], ...]


class WrittenFiles(Generic[_Value]):
    """One kind of what people write.

    Args:
        name: for the log.
        files: returns the files.
        parse: reads their contents; raises UsageError with what is wrong.
        kept: file in the state directory for what was read well last.

    Attributes:
        problem: what is wrong with the present files; None if nothing is.
    """

    def __init__(
        self,
        name: str,
        files: Callable[[], Sequence[Path]],
        parse: Callable[[Contents], _Value],
        kept: Path,
    ) -> None:
        self._name = name
        self._files = files
        self._parse = parse
        self._kept = kept
        self._stamp: Stamp = _NONE
        self.problem: str | None = None

    def first(self) -> _Value:
        """Return what the files say; where they are wrong, what they said last.

        Raises:
            UsageError: they are wrong, and nothing was kept.
        """
        try:
            return self._read()
        except UsageError as error:
            kept = self._read_kept()
            if kept is None:
                raise
            self._say(str(error))
            return kept

    def changed(self, *, force: bool = False) -> _Value | None:
        """Return what the files say if they have changed and are good; None if not."""
        try:
            if not force and self._look() == self._stamp:
                return None
            value = self._read()
        except UsageError as error:
            self._say(str(error))
            return None
        log.info("what people wrote has changed, and is used", files=self._name)
        return value

    def _read(self) -> _Value:
        self._stamp = self._look()
        try:
            contents = [(path.read_bytes(), str(path)) for path in self._files()]
        except OSError as error:
            raise UsageError(f"{self._name}: {error}") from None
        value = self._parse(contents)
        self.problem = None
        self._keep(contents)
        return value

    def _look(self) -> Stamp:
        stamps = []
        try:
            for path in self._files():
                found = path.stat()
                stamps.append((str(path), found.st_mtime_ns, found.st_size))
        except OSError as error:
            self._stamp = _NONE
            raise UsageError(f"{self._name}: {error}") from None
        return tuple(stamps)

    def _say(self, problem: str) -> None:
        if problem != self.problem:
            log.error(
                "what people wrote cannot be used; what stood there before goes on",
                files=self._name,
                problems=problem.splitlines(),
            )
        self.problem = problem

    def _keep(self, contents: Contents) -> None:
        document = to_json([[content.decode(errors="replace"), name] for content, name in contents])
        fresh = self._kept.with_suffix(".new")
        try:
            fresh.write_bytes(document)
            fresh.replace(self._kept)
        except OSError as error:
            log.warning("cannot be kept for a restart", files=self._name, reason=str(error))

    def _read_kept(self) -> _Value | None:
        try:
            contents = from_json(self._kept.read_bytes())
            return self._parse([(text.encode(), name) for text, name in contents])
        except (OSError, ValueError, TypeError, UsageError):
            return None
