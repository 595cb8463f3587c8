"""Failures of a command: what a person is told of them, and which are bugs of ours."""

from itertools import chain


def failure_lines(
    program: str, error: Exception, known: tuple[type[Exception], ...]
) -> list[str] | None:
    """Return what failed, a line each; None if there is a bug of ours among it.

    Args:
        program: begins each line.
        error: what was raised; a group where tasks ran side by side.
        known: what can go wrong without being a bug.
    """
    if isinstance(error, known):
        # A time-out has no words of its own.
        return [f"{program}: {str(error) or type(error).__name__}"]
    if not isinstance(error, ExceptionGroup):
        return None
    each = [failure_lines(program, one, known) for one in error.exceptions]
    told = [lines for lines in each if lines is not None]
    return list(chain(*told)) if len(told) == len(each) else None
