"""The language of a page, before its reader has chosen one."""

from aiohttp import hdrs, web

from province.text import Language


def language_of(request: web.Request, asked: str | None = None) -> Language:
    """Return the language that was asked for, or that of the browser; Vietnamese by default."""
    if asked in set(Language):
        return Language(asked)
    first = request.headers.get(hdrs.ACCEPT_LANGUAGE, "")[:2].lower()
    return Language.ENGLISH if first == Language.ENGLISH else Language.VIETNAMESE
