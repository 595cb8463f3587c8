"""Times of a recording: where they stand, and how they are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from province.instants import parse_instant


@dataclass(frozen=True, slots=True)
class TimeColumns:
    """Where a row's time stands.

    Attributes:
        columns: one column, or several that are joined by a space, such as date and time.
        form: as in `datetime.strptime`; None for RFC 3339 or epoch milliseconds.
        zone: of times without an offset; None refuses them.
    """

    columns: tuple[str, ...]
    form: str | None = None
    zone: tzinfo | None = None

    def read(self, row: Mapping[str, object]) -> datetime:
        """Return the row's instant in UTC.

        Raises:
            ValueError: naming the columns and what stands in them.
        """
        values = [row.get(column) for column in self.columns]
        named = "+".join(self.columns)
        if any(value in (None, "") for value in values):
            raise ValueError(f"column {named}: no time")
        try:
            instant = self._parse(values)
        except ValueError as error:
            raise ValueError(f"column {named}: {error}") from None
        if instant.tzinfo is None:
            if self.zone is None:
                raise ValueError(f"column {named}: {instant} has no offset; give --timezone")
            instant = instant.replace(tzinfo=self.zone)
        return instant.astimezone(UTC)

    def _parse(self, values: list[object]) -> datetime:
        if len(values) == 1 and isinstance(values[0], int):
            return parse_instant(values[0])
        text = " ".join(str(value) for value in values)
        if self.form is not None:
            return datetime.strptime(text, self.form)  # noqa: DTZ007 - the zone is added after
        if text.isdecimal():
            return parse_instant(int(text))
        return datetime.fromisoformat(text)
