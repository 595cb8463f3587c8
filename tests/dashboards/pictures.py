"""`python -m tests.dashboards.pictures`: the pictures of the boards for README and docs.

They are previews of a database with a third of a province and eight days of faults.
"""

import argparse
import asyncio
from pathlib import Path
from typing import Final

from dashboards.boards import all_boards
from dashboards.commands.preview import draw, opening_range
from dashboards.preview.asking import ask
from dashboards.text import Language
from tests.bench.dashboards import filled
from tests.dashboards.asking import TYPED

PICTURES: Final = Path(__file__).parents[2] / "docs" / "pictures"


def main() -> None:
    """Draw every board."""
    parser = argparse.ArgumentParser(prog="python -m tests.dashboards.pictures")
    parser.add_argument("--out", type=Path, default=PICTURES, metavar="DIR")
    parser.add_argument("--scale", type=float, default=0.3, help="of the province (default 0.3)")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    asyncio.run(_draw_all(options.out, options.scale))


async def _draw_all(directory: Path, scale: float) -> None:
    async with filled(scale, days=8, minute_days=0.25) as connection:
        given = {name: str((await ask(connection, sql)).rows[0][0]) for name, sql in TYPED.items()}
        for board in all_boards():
            path = directory / f"{board.name}.svg"
            drawn = await draw(
                connection, board, Language.ENGLISH, given, opening_range(board), form="svg"
            )
            path.write_text(drawn, encoding="utf-8")
            print(f"{path}: {len(drawn) // 1000} kB", flush=True)


if __name__ == "__main__":
    main()
