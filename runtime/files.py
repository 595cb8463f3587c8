"""Files that a reader finds whole."""

from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write a file in one step: whoever waits for it never reads half of it."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
