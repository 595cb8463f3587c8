"""Words for people in what becomes JSON: both languages until the end, then one of them."""

from typing import Any

from province.text import Language, Text, same

__all__ = ["Language", "Text", "localise", "same"]


def localise(value: Any, language: Language) -> Any:  # noqa: ANN401 - JSON's values are anything
    """Return a JSON value in which each `Text` has become its words in one language."""
    if isinstance(value, Text):
        return value.of(language)
    if isinstance(value, dict):
        return {key: localise(one, language) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [localise(one, language) for one in value]
    return value
