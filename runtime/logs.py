"""Logs: one event with its fields a line, JSON for machines, aligned text for people.

A field says which object and which value. What repeats is counted and logged when it
changes, not each time.
"""

import logging
import sys
from typing import ClassVar, Final, Literal

import structlog
from structlog.typing import FilteringBoundLogger, Processor

from runtime.settings import Settings

Logger = FilteringBoundLogger
"""What a module logs with."""

_LEVELS: Final = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


class LogSettings(Settings):
    """How to log.

    Attributes:
        level: the least level that is written.
        format: `json`, `console`, or `auto`: console on a terminal, JSON elsewhere.
    """

    prefix: ClassVar[str] = "LOG_"

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "json", "console"] = "auto"


def configure_logs(settings: LogSettings, service: str) -> None:
    """Send every log line of this process to standard error, in the chosen format.

    Libraries that log through the standard library take the same way out.
    """
    console = settings.format == "console" or (settings.format == "auto" and sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: list[Processor] = (
        [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
        if console
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    level = _LEVELS[settings.level]
    structlog.configure(
        processors=[*shared, *renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)


def get_logger(name: str) -> Logger:
    """Return the logger of a module; `name` is its `__name__`."""
    logger: Logger = structlog.get_logger(module=name)
    return logger
