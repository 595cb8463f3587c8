"""Building: the files of `dashboards/generated/`, which are committed and never edited."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from dashboards.board import Board
from dashboards.errors import BuildError
from dashboards.links import UID_PREFIX
from dashboards.provisioning import alert_rules, providers
from dashboards.text import Language

GENERATED: Final = Path(__file__).parent / "generated"
"""Where they are in the repository, and what docker-compose mounts."""

_OURS: Final = f"dashboards/{UID_PREFIX}*/{UID_PREFIX}*.json"
"""What a build may take away: a dashboard of a board that there is no more."""

_PROVIDERS: Final = Path("provisioning", "dashboards.yml")
_ALERTING: Final = Path("provisioning", "alerting.yml")
_HEAD: Final = "# Made by `python -m dashboards build`; edit dashboards/provisioning.py instead.\n"


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
    files[_PROVIDERS] = _yaml(providers())
    files[_ALERTING] = _yaml(alert_rules())
    return files


def write(files: Mapping[Path, str], directory: Path) -> list[Path]:
    """Make a directory hold these files and no others of ours; return what changed or went.

    Files that no build made stay as they are.

    Raises:
        BuildError: the directory has something in it, and no build of ours.
    """
    _refuse_foreign(directory)
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
    """Return the paths of ours at which a directory differs from what would be generated."""
    stale = {path.relative_to(directory) for path in directory.glob(_OURS)} - files.keys()
    differing = {path for path, text in files.items() if _read(directory / path) != text}
    return sorted(differing | stale)


def _refuse_foreign(directory: Path) -> None:
    """Refuse a directory of somebody else's, such as that of a Grafana's own provisioning."""
    if not directory.exists() or not any(directory.iterdir()) or any(directory.glob(_OURS)):
        return
    if not (_read(directory / _PROVIDERS) or "").startswith(_HEAD):
        raise BuildError(
            f"{directory}: is not empty, and no build has been made there: give --out a new or "
            f"empty directory"
        )


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _yaml(value: dict[str, Any]) -> str:
    # By way of JSON, so that what is there twice stands there twice and not as an alias.
    plain = json.loads(json.dumps(value))
    text: str = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100)
    return _HEAD + text
