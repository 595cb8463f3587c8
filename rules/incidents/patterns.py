"""Patterns of mutes: none that takes for ever to compare, whoever wrote it.

Each pattern is compared with each incident, in the service that tells people.
"""

import re
import warnings
from typing import Final

MOST_REPEATS: Final = 3
"""Repeats in one pattern, and groups: with more, some text takes for ever to compare."""
_REPEATED_GROUP: Final = re.compile(r"\)\s*[*+{?]")
_REPEAT: Final = re.compile(r"[*+{]|(?<!\()\?")
"""What may be there or not is one too; the `?` behind a bracket says what the group is."""
_GROUP: Final = re.compile(r"\(")
_ODD_GROUP: Final = re.compile(r"\(\?(?!:)")
"""Flags among them, behind which a pattern can be written so that nobody sees what it repeats."""


def check_pattern(pattern: str) -> None:
    """Do nothing if a pattern is a regular expression that is soon compared with any text.

    Raises:
        ValueError: it is none, or could take for ever.
    """
    # Groups count for their alternatives: each way through one is tried with each through others.
    counts = len(_REPEAT.findall(pattern)), len(_GROUP.findall(pattern))
    hidden = _REPEATED_GROUP.search(pattern) or _ODD_GROUP.search(pattern)
    if hidden or max(counts) > MOST_REPEATS:
        raise ValueError(
            f"a pattern may not repeat a group, repeats {MOST_REPEATS} things at the most (what may"
            f" be left out among them), and has {MOST_REPEATS} groups at the most, plain or (?:"
        )
    try:
        with warnings.catch_warnings():
            # What means something else in a later Python means nothing certain.
            warnings.simplefilter("error")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        raise ValueError(f"not a regular expression: {error}") from None
