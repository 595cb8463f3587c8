"""What the HTTP server logs: faults of ours, and nothing of requests that are none or break off.

Its words about what is no HTTP repeat the header they stumbled over, which may be a token with a
stray character behind it; and whoever sends many, or has a poor line, would fill the log.
"""

import logging
from typing import Final

from aiohttp.http import HttpProcessingError

_NAME: Final = "gateway.http"


class _Discreet(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return not isinstance(error, HttpProcessingError | ConnectionError)


_DISCREET: Final = _Discreet()


def server_logger() -> logging.Logger:
    """Return the logger for aiohttp's server."""
    logger = logging.getLogger(_NAME)
    logger.addFilter(_DISCREET)
    return logger
