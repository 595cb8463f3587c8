"""Fixtures: one Chromium a session, and pages in it that may not complain about anything."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    async_playwright,
    expect,
)

from deploy.chromium import find_chromium
from deploy.errors import ToolchainError
from deploy.toolchain import find_home
from tests.waiting import DEADLINE

OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
)
_WATCH = """
    document.addEventListener("securitypolicyviolation", (event) =>
        console.error("policy", event.violatedDirective, event.blockedURI, event.sourceFile));
"""


@dataclass
class Visitor:
    """Somebody with a browser of their own: no cookie, no memory.

    Attributes:
        complaints: errors in the console, exceptions and breaches of the policy on content.
    """

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A running Chromium; fetched at the first use."""
    try:
        program = find_chromium(find_home())
    except ToolchainError as error:
        pytest.fail(str(error))
    expect.set_options(timeout=DEADLINE * 1000)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=program, args=OPTIONS)
        yield chromium
        await chromium.close()


async def visit(browser: Browser, **options: object) -> Visitor:
    """Open an empty page; `options` are playwright's of a context."""
    context = await browser.new_context(**options)  # type: ignore[arg-type] # as given by a test
    context.set_default_timeout(DEADLINE * 1000)
    await context.add_init_script(_WATCH)
    visitor = Visitor(context, await context.new_page())
    visitor.page.on("console", visitor.note)
    visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    return visitor
