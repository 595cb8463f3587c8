"""Building: the files of `dashboards/generated/`, which are committed and never edited."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from dashboards.board import Board
from dashboards.provisioning import alert_rules, providers
from dashboards.text import Language

GENERATED: Final = Path(__file__).parent / "generated"
"""Where they are in the repository, and what docker-compose mounts."""


def dashboard_files(boards: Iterable[Board]) -> dict[Path, dict[str, Any]]:
    """Return each dashboard by its path below `generated/`: the folder's uid, then its own."""
    made = {}
    for board in boards:
        for language in Language:
            dashboard = board.dashboard(language)
            path = Path("dashboards", board.folder.uid(language), f"{dashboard['uid']}.json")
            made[path] = dashboard
    return made


def generated_files(boards: Iterable[Board]) -> dict[Path, str]:
    """Return the text of every generated file by its path below `generated/`."""
    files = {path: _json(dashboard) for path, dashboard in dashboard_files(boards).items()}
    files[Path("provisioning", "dashboards.yml")] = _yaml(providers())
    files[Path("provisioning", "alerting.yml")] = _yaml(alert_rules())
    return files


def write(files: Mapping[Path, str], directory: Path) -> list[Path]:
    """Make a directory hold exactly these files; return the paths that changed or went."""
    changed = drift(files, directory)
    for path in changed:
        if path in files:
            target = directory / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(files[path], encoding="utf-8")
        else:
            (directory / path).unlink()
    return changed


def drift(files: Mapping[Path, str], directory: Path) -> list[Path]:
    """Return the paths at which a directory differs from what would be generated."""
    there = {path.relative_to(directory) for path in directory.rglob("*") if path.is_file()}
    differing = {
        path
        for path, text in files.items()
        if path not in there or (directory / path).read_text(encoding="utf-8") != text
    }
    return sorted(differing | (there - files.keys()))


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _yaml(value: dict[str, Any]) -> str:
    head = "# Made by `python -m dashboards build`; edit dashboards/provisioning.py instead.\n"
    # By way of JSON, so that what is there twice stands there twice and not as an alias.
    plain = json.loads(json.dumps(value))
    text: str = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100)
    return head + text
