"""The live page in an application: where its hub is found, and when its streams end."""

from aiohttp import web

from gateway.page.hub import LIVE, Hub


def install_live(app: web.Application, hub: Hub) -> None:
    """Let the application serve live pages; a stop ends their streams before it waits for answers.

    Args:
        app: the application, not yet frozen.
        hub: what hands changes to open pages; somebody else runs it.
    """

    async def end_streams(_app: web.Application) -> None:
        hub.close()

    app[LIVE] = hub
    app.on_shutdown.append(end_streams)
