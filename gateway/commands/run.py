"""`python -m gateway run`: serve until told to stop."""

import argparse
import asyncio
import gc
from collections.abc import Mapping
from random import SystemRandom
from typing import Final

from gateway.adapters.loading import load_adapters
from gateway.service import GatewayService
from gateway.settings import GatewaySettings
from runtime.broker.address import BrokerAddress
from runtime.clock import SystemClock
from runtime.database.connection import DatabaseAddress
from runtime.descriptors import raise_open_files
from runtime.logs import LogSettings, configure_logs, get_logger
from runtime.shutdown import stop_on_signals

_ENVIRONMENT: Final = """environment:
  DATABASE_URL            postgresql://user@host:port/name
  DATABASE_PASSWORD_FILE  file with the database password
  MQTT_URL                mqtt://user@host:port, or mqtts:// for TLS
  MQTT_PASSWORD_FILE      file with the broker password
  LOG_LEVEL, LOG_FORMAT   debug|info|warning|error; auto|json|console
  GATEWAY_...             see docs/operations/gateway.md
"""

log = get_logger(__name__)

_OPEN_FILES: Final = 16_384
"""Each live page and each upload is one; systems give a process 1,024 by default."""


def configure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "run",
        help="serve until SIGTERM or Ctrl-C",
        description="Take uploads, webhooks and foreign messages, and serve people and programs;"
        " until SIGTERM or Ctrl-C.",
        epilog=_ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)


def run(_options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Serve; return the exit code."""
    configure_logs(LogSettings.from_environment(environ), "gateway")
    raise_open_files(_OPEN_FILES)
    return asyncio.run(_serve(environ))


async def _serve(environ: Mapping[str, str]) -> int:
    stop = asyncio.Event()
    settings = GatewaySettings.from_environment(environ)
    service = GatewayService(
        settings,
        BrokerAddress.from_environment(environ),
        DatabaseAddress.from_environment(environ),
        SystemClock(),
        SystemRandom(),
        load_adapters([settings.adapters] if settings.adapters else []),
    )
    stop_on_signals(stop)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    finished = await service.run(stop)
    log.info("gateway stopped", finished=finished)
    return 0 if finished else 1
