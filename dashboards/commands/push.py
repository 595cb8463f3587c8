"""`python -m dashboards push` and `diff`: from an operator's machine to a Grafana, over its API."""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from dashboards.boards import all_boards
from dashboards.client import open_grafana
from dashboards.datasource import data_source
from dashboards.leftovers import clear_leftovers, find_leftovers
from dashboards.plan import Standing, make_plan, wanted_of
from dashboards.push import (
    check_data_source,
    check_grafana,
    check_version,
    provide_data_source,
    push,
    shown,
)
from dashboards.settings import DashboardsSettings
from runtime.settings import read_secret

_EPILOG: Final = """\
environment:
  DASHBOARDS_GRAFANA_URL  address of the Grafana; --url overrules it
  DASHBOARDS_TOKEN_FILE   file with a service account's token; --token-file overrules it
  DASHBOARDS_GATEWAY_URL  where the links to the gateway lead, as people's browsers reach it

The token needs the role Editor, and the data source `srepok` must be there; to make that one too,
with --database postgresql://grafana@HOST/srepok, the role Admin. Dashboards that were edited or
moved by hand are shown, and stay as they are unless --force is given. Dashboards that no board
gives any more stay until --prune deletes them.
"""


def configure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add both commands."""
    pushing = _parser(commands, "push", "write the dashboards to a Grafana over its API")
    add = pushing.add_argument
    add("--force", action="store_true", help="overwrite what was edited by hand")
    add("--prune", action="store_true", help="delete dashboards of ours that are none any more")
    add("--database", metavar="URL", help="make the data source of it, where there is none")
    add("--password-file", type=Path, metavar="FILE", help="with the password of its user")
    pushing.set_defaults(run=_push)
    diff = _parser(commands, "diff", "show how a Grafana's dashboards differ")
    diff.add_argument("--full", action="store_true", help="show every difference, and whole lines")
    diff.set_defaults(run=_diff)


def _parser(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, what: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name, help=what, epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", metavar="URL", help="DASHBOARDS_GRAFANA_URL")
    parser.add_argument("--token-file", type=Path, metavar="FILE", help="DASHBOARDS_TOKEN_FILE")
    return parser


def _settings(options: argparse.Namespace, environ: Mapping[str, str]) -> DashboardsSettings:
    given = {
        "DASHBOARDS_GRAFANA_URL": options.url,
        "DASHBOARDS_TOKEN_FILE": options.token_file and str(options.token_file),
    }
    return DashboardsSettings.from_environment(
        {**environ, **{name: value for name, value in given.items() if value}}
    )


def _push(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    source = None
    if options.database:
        file = options.password_file
        source = data_source(options.database, file and read_secret(file, "--password-file"))
    settings = _settings(options, environ)
    return asyncio.run(_pushed(settings, source, force=options.force, prune=options.prune))


async def _pushed(
    settings: DashboardsSettings,
    source: Mapping[str, Any] | None = None,
    *,
    force: bool,
    prune: bool = False,
) -> int:
    token = read_secret(settings.token_file, "DASHBOARDS_TOKEN_FILE")
    async with open_grafana(settings.grafana_url, token) as grafana:
        # The password of a database goes to a Grafana that is one, and to no other.
        await check_version(grafana)
        if source is not None:
            await provide_data_source(grafana, source, _tell)
        await check_data_source(grafana)
        wanted = wanted_of(all_boards(settings.gateway_url))
        written = await push(grafana, wanted, force=force, tell=_tell)
        await clear_leftovers(grafana, wanted, prune=prune, force=force, tell=_tell)
    _tell(f"{settings.grafana_url}: {written} dashboards written")
    return 0


def _diff(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    return asyncio.run(_differing(_settings(options, environ), full=options.full))


async def _differing(settings: DashboardsSettings, *, full: bool = False) -> int:
    token = read_secret(settings.token_file, "DASHBOARDS_TOKEN_FILE")
    wanted = wanted_of(all_boards(settings.gateway_url))
    async with open_grafana(settings.grafana_url, token) as grafana:
        await check_grafana(grafana)
        steps = await make_plan(grafana, wanted)
        leftovers = await find_leftovers(grafana, wanted)
    differing = [step for step in steps if step.standing is not Standing.SAME]
    for step in differing:
        found = step.differences
        lines = [f"  {line}" for line in found] if full else shown(found)
        _tell("\n".join([f"{step.wanted.uid}: {step.standing}", *lines]))
    for one in leftovers:
        _tell(f"{one.uid}: {one.kind}")
    count = f"{len(differing)} of {len(steps)} dashboards differ"
    _tell(f"{settings.grafana_url}: {count}{f', {len(leftovers)} too many' if leftovers else ''}")
    return 1 if differing or leftovers else 0


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
