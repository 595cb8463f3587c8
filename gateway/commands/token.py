"""`python -m gateway token`: who may come in, people and programs."""

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from psycopg import AsyncConnection

from gateway.access.identity import Scope
from gateway.access.tokens import KeptToken, TokenRequest, create_token, list_tokens, revoke_token
from gateway.adapters.loading import load_library
from gateway.commands.asking import add_person, local, name, run_with, show_table
from gateway.commands.trial import adapter_of, directories
from gateway.errors import UsageError
from runtime.settings import LONGEST, parse_duration
from runtime.wording import did_you_mean

_EXAMPLE: Final = """\
examples:
  python -m gateway token create --name "UBND Dliê Ya" --scope viewer --commune 24133
  python -m gateway token create --name chirpstack --scope adapter:chirpstack --expires never
  python -m gateway token revoke chirpstack

DATABASE_URL, DATABASE_PASSWORD_FILE: the database, as its owner. docs/operations/access.md tells
what each scope may do.
"""
_WIDE: Final = {scope.word: scope for scope in Scope if scope is not Scope.NARROW}
_GRANT: Final = re.compile(r"(?:adapter|hook):[A-Za-z0-9_-]{1,64}\Z")
_ADAPTER: Final = "adapter:"
_HOOKS: Final = ("alertmanager", "grafana")
_NEVER: Final = "never"
_YEAR: Final = timedelta(days=365)


def configure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "token",
        help="create, list and revoke tokens of people and programs",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    _configure_create(actions)
    listing = actions.add_parser("list", help="tokens that hold")
    listing.add_argument("--all", action="store_true", help="and expired and revoked ones")
    listing.set_defaults(run=run_with(_list))
    revoke = actions.add_parser("revoke", help="end a token, and the logins made with it")
    revoke.add_argument(
        "token", metavar="TOKEN", help="its name, or its id as `token list` shows it"
    )
    add_person(revoke)
    revoke.set_defaults(run=run_with(_revoke))


def _configure_create(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = actions.add_parser(
        "create",
        help="make a token; it is shown this once",
        description="Make a token and print it, this once: only a hash of it is kept.",
    )
    add = parser.add_argument
    add("--name", type=name, required=True, help="who or what uses it, for timelines and audit")
    add(
        "--scope",
        type=_scope,
        action="append",
        required=True,
        help="viewer, operator or admin; or adapter:NAME, hook:NAME for a system that posts to"
        " one adapter or hook (repeatable)",
    )
    add(
        "--commune",
        action="append",
        default=[],
        metavar="CODE",
        help="only this commune exists for it (repeatable; default: the whole province)",
    )
    add(
        "--expires",
        type=_life,
        default=_YEAR,
        metavar="AGE",
        help="when it ends: 12h, 90d, or never (default 365d)",
    )
    add_person(parser)
    parser.set_defaults(run=run_with(_create))


def _scope(text: str) -> str:
    if text in _WIDE or _GRANT.match(text):
        return text
    raise argparse.ArgumentTypeError(
        f"{text!r}: one of {', '.join(_WIDE)}, adapter:NAME, hook:NAME is needed"
    )


def _life(text: str) -> timedelta | None:
    if text == _NEVER:
        return None
    try:
        life = parse_duration(text)
    except ValueError:
        life = timedelta(0)
    if not life:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no age above zero, up to {LONGEST.days}d, such as 12h or 90d; nor never"
        )
    return life


def _wanted(options: argparse.Namespace) -> TokenRequest:
    wide = [word for word in options.scope if word in _WIDE]
    if len(set(wide)) > 1:
        raise UsageError(f"--scope {' --scope '.join(wide)}: the widest of them is enough")
    scope = _WIDE[wide[0]] if wide else Scope.NARROW
    grants = [word for word in options.scope if word not in _WIDE]
    if scope is Scope.ADMIN and options.commune:
        raise UsageError("--scope admin is of the whole province: leave --commune out")
    for grant in grants:
        if grant.startswith(_ADAPTER) and options.commune:
            raise UsageError(f"--scope {grant} is of the whole province: leave --commune out")
    return TokenRequest(options.name, scope, grants, options.commune, options.expires)


def _check_grants(grants: Sequence[str], environ: Mapping[str, str]) -> None:
    for grant in grants:
        kind, _, its_name = grant.partition(":")
        if kind == "adapter":
            adapter_of(its_name, load_library(directories(None, environ))[0])
        elif its_name not in _HOOKS:
            raise UsageError(f"hook {its_name!r}: there is none{did_you_mean(its_name, _HOOKS)}")


async def _create(
    connection: AsyncConnection,
    options: argparse.Namespace,
    environ: Mapping[str, str],
    now: datetime,
) -> int:
    wanted = _wanted(options)
    _check_grants(wanted.grants, environ)
    token = await create_token(connection, wanted, actor=options.by, now=now)
    until = local(None if wanted.life is None else now + wanted.life, _NEVER)
    # Apart from the token, so that a script may take it from the standard output.
    print(
        f"token {token.token_id}: {wanted.name}, {' '.join(options.scope)},"
        f" {_where(wanted.communes)}; expires: {until}\nThis is the only time that it is shown:",
        file=sys.stderr,
    )
    print(token.text)
    return 0


async def _list(
    connection: AsyncConnection,
    options: argparse.Namespace,
    _environ: Mapping[str, str],
    now: datetime,
) -> int:
    tokens = await list_tokens(connection, now, everything=options.all)
    if not tokens:
        print("no tokens")
        return 0
    show_table(
        ("id", "name", "scope", "where", "expires", "last used", "made by", "state"),
        [_row(token, now) for token in tokens],
    )
    return 0


def _row(token: KeptToken, now: datetime) -> Sequence[str]:
    scopes = [*([] if token.scope == Scope.NARROW.word else [token.scope]), *token.grants]
    state = "good"
    if token.revoked_at is not None:
        state = f"revoked by {token.revoked_by}, {local(token.revoked_at)}"
    elif token.expires_at is not None and token.expires_at <= now:
        state = "expired"
    return (
        token.token_id,
        token.name,
        " ".join(scopes),
        _where(token.communes or ()),
        local(token.expires_at, _NEVER),
        local(token.last_used_at, _NEVER),
        token.created_by,
        state,
    )


def _where(communes: Sequence[str]) -> str:
    return ",".join(communes) or "everywhere"


async def _revoke(
    connection: AsyncConnection,
    options: argparse.Namespace,
    _environ: Mapping[str, str],
    now: datetime,
) -> int:
    token_id, its_name = await revoke_token(connection, options.token, actor=options.by, now=now)
    print(f"token {token_id} ({its_name}): revoked")
    return 0
