"""Words for people, in both languages, side by side in the source."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Language(StrEnum):
    """The languages in which everything for people is written."""

    ENGLISH = "en"
    VIETNAMESE = "vi"


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in English and in Vietnamese.

    Attributes:
        en: in English.
        vi: in Vietnamese.
    """

    en: str
    vi: str

    def __post_init__(self) -> None:
        """Refuse a text that one of the languages lacks.

        Raises:
            ValueError: with the language that there is.
        """
        if not self.en.strip() or not self.vi.strip():
            raise ValueError(f"a text needs both languages; this one has {self.en or self.vi!r}")

    def of(self, language: Language) -> str:
        """Return the words in one language."""
        return self.en if language is Language.ENGLISH else self.vi

    def __add__(self, other: "Text") -> "Text":
        """Put one text behind the other, in each language."""
        return Text(self.en + other.en, self.vi + other.vi)


def grouped(value: float, language: Language, digits: int = 0) -> str:
    """Return a number as the language writes it: 1,234.5, and in Vietnamese 1.234,5."""
    text = f"{value:,.{digits}f}"
    return text.translate(_SWAPPED) if language is Language.VIETNAMESE else text


_SWAPPED: Final = str.maketrans(",.", ".,")


def same(words: str) -> Text:
    """Return words that are the same in both languages, such as a unit or a name."""
    return Text(words, words)
