"""The commands of `python -m gateway`, a module each: its parser, and what it does."""
