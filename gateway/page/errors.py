"""Errors of the live page."""


class FullError(Exception):
    """No more pages can be open; the message says whose, and how many there may be."""
