"""The live page in an application: where its hub is found, and when its streams end."""

from aiohttp import web

from gateway.access.doorkeeper import Doorkeeper
from gateway.page.hub import LIVE, Hub


def install_live(app: web.Application, hub: Hub, doorkeeper: Doorkeeper) -> None:
    """Let the application serve live pages, to those who may look and for as long as they may.

    A stop ends their streams before it waits for answers.

    Args:
        app: the application, not yet frozen.
        hub: what hands changes to open pages; somebody else runs it.
        doorkeeper: knows who may look no longer.
    """

    async def end_streams(_app: web.Application) -> None:
        hub.close()

    app[LIVE] = hub
    doorkeeper.after_look(lambda: hub.end_lapsed(doorkeeper.holds))
    app.on_shutdown.append(end_streams)
