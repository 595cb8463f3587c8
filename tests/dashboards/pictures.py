"""`python -m tests.dashboards.pictures`: the pictures of the boards for README and docs.

They are previews of a database with a province and eight days of faults.
"""

import argparse
import asyncio
from pathlib import Path
from typing import Final

from dashboards.boards import all_boards
from dashboards.commands.preview import draw, opening_range
from dashboards.preview.asking import ask
from dashboards.text import Language
from tests.bench.board_database import filled

_CHOSEN: Final = """
    SELECT i.incident_id AS incident, v.commune_code AS commune, v.village_code AS village
    FROM incidents AS i
    JOIN incident_villages USING (incident_id)
    JOIN villages AS v USING (village_code)
    WHERE i.status = 'open' AND i.onset_at > now() - INTERVAL '1 day'
    ORDER BY v.households DESC LIMIT 1
"""
"""The place of an outage of today."""

_CHOOSES: Final = {
    "incidents": {"incident"},
    "commune": {"commune"},
    "village": {"commune", "village"},
}
"""What of it is chosen on which board."""

PICTURES: Final = Path(__file__).parents[2] / "docs" / "pictures"


def main() -> None:
    """Draw every board."""
    parser = argparse.ArgumentParser(prog="python -m tests.dashboards.pictures")
    parser.add_argument("--out", type=Path, default=PICTURES, metavar="DIR")
    parser.add_argument("--scale", type=float, default=1, help="of the province (default 1)")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    asyncio.run(_draw_all(options.out, options.scale))


async def _draw_all(directory: Path, scale: float) -> None:
    async with filled(scale, days=8, minute_days=0.25) as (connection, _):
        answer = await ask(connection, _CHOSEN)
        given = dict(zip(answer.names, map(str, answer.rows[0]), strict=True))
        for board in all_boards():
            path = directory / f"{board.name}.svg"
            chosen = {name: given[name] for name in _CHOOSES.get(board.name, ())}
            drawn = await draw(
                connection, board, Language.ENGLISH, chosen, opening_range(board), form="svg"
            )
            path.write_text(drawn, encoding="utf-8")
            print(f"{path}: {len(drawn) // 1000} kB", flush=True)


if __name__ == "__main__":
    main()
