"""`python -m tests.gateway.page.pictures`: the pictures of the live page for the docs.

They show a scenario of the library at its worst moment, as the engine decided it.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from playwright.async_api import Page, async_playwright

from deploy.chromium import find_chromium
from deploy.toolchain import find_home
from gateway.access.identity import Scope
from rules.incidents.entries import entry_of
from rules.incidents.fold import Desk
from rules.incidents.geography import Geography
from rules.model import Action, IncidentNotice, LinkNotice, Transition, VillageNotice
from rules.store.changes import Change, IncidentChange, WatchChange, number
from simulators.generate import generate_province
from simulators.scenarios.reader import load_scenario
from tests.bench.live import running_gateway
from tests.browser import OPTIONS
from tests.rules.made import scenario_said

PICTURES: Final = Path(__file__).parents[3] / "docs" / "pictures"
_SIZES: Final = {"live": (1100, 900), "live-phone": (360, 740)}


def main() -> None:
    """Draw the page, wide and on a phone."""
    parser = argparse.ArgumentParser(prog="python -m tests.gateway.page.pictures")
    parser.add_argument("--out", type=Path, default=PICTURES, metavar="DIR")
    parser.add_argument("--scenario", default="storm", help="of the library (default storm)")
    parser.add_argument("--scale", type=float, default=0.5, help="of the province (default 0.5)")
    asyncio.run(_draw(parser.parse_args()))


async def _draw(options: argparse.Namespace) -> None:
    geography, said = scenario_said(options.scenario, options.scale)
    conditions = load_scenario(options.scenario).conditions
    inventory = generate_province(1, options.scale, wrong_edges=conditions.wrong_edges).published
    with tempfile.TemporaryDirectory(prefix="srepok-pictures-") as name:
        async with running_gateway(inventory, Path(name)) as (_, scene, port):
            await scene.tell(_changes(geography, said))
            token = await scene.token("Hà", Scope.OPERATOR)
            async with async_playwright() as playwright:
                program = find_chromium(find_home())
                browser = await playwright.chromium.launch(executable_path=program, args=OPTIONS)
                for picture, (width, height) in _SIZES.items():
                    page = await browser.new_page(
                        viewport={"width": width, "height": height}, reduced_motion="reduce"
                    )
                    await _open(page, f"http://127.0.0.1:{port}/", token)
                    path = options.out / f"{picture}.png"
                    await page.screenshot(path=path, full_page=picture == "live")
                    print(f"{path}: {path.stat().st_size // 1000} kB", flush=True)  # noqa: T201 - a command prints its answer


async def _open(page: Page, url: str, token: str) -> None:
    await page.goto(url)
    await page.get_by_role("textbox").fill(token)
    await page.get_by_role("button").click()
    await page.locator("#incident-list > li").first.wait_for()
    await page.get_by_role("checkbox").check()
    await page.evaluate("scrollTo(0, 0)")


def _changes(geography: Geography, said: Iterable[Transition]) -> list[Change]:
    """Return what the rules would write up to the worst moment, as if that were now."""
    said = list(said)
    worst = _worst_moment(said)
    shift = datetime.now(UTC).timestamp() - worst
    desk = Desk(geography)
    changes: list[Change] = []
    states: list[VillageNotice | LinkNotice] = []
    for each in said:
        if each.at > worst:
            break
        if isinstance(each, IncidentNotice):
            moved = replace(each, at=each.at + shift, onset=each.onset + shift)
            record = desk.take(replace(moved, end=None if each.end is None else each.end + shift))
            changes.append(IncidentChange(record, entry_of(record)))
        elif isinstance(each, VillageNotice | LinkNotice):
            states.append(replace(each, at=each.at + shift, since=each.since + shift))
    watch = WatchChange("pictures", said[0].at + shift, worst + shift)
    return [*changes, *number(states), watch]


def _worst_moment(said: Iterable[Transition]) -> float:
    """Return when the most villages were impaired by open incidents."""
    impaired: dict[str, int] = {}
    worst, most = 0.0, -1
    for each in said:
        if isinstance(each, IncidentNotice):
            impaired[each.incident] = 0 if each.action is Action.CLEAR else len(each.villages)
            if sum(impaired.values()) > most:
                worst, most = each.at, sum(impaired.values())
    return worst


if __name__ == "__main__":
    main()
