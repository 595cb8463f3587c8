"""A Debian mirror on this machine: the tiny archive beside this file, over HTTP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ARCHIVE = Path(__file__).with_name("archive")
KEYRING = ARCHIVE / "keyring.gpg"


class Mirror:
    """Serves the archive; notes what was asked for, and can keep an answer back.

    Attributes:
        url: its address.
        requests: paths asked for, in order.
        asked: set when the held path was asked for.
        release: lets the held answer go.
    """

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.requests: list[str] = []
        self.asked = threading.Event()
        self.release = threading.Event()
        self._held: str | None = None

    def hold(self, word: str) -> None:
        """Keep back answers for paths with this word in them."""
        self._held = word

    def note(self, path: str) -> None:
        self.requests.append(path)
        if self._held and self._held in path:
            self.asked.set()
            self.release.wait(600)

    def packages(self) -> list[str]:
        """Return the names of packages asked for."""
        return [Path(path).name.split("_")[0] for path in self.requests if path.endswith(".deb")]


class _Handler(SimpleHTTPRequestHandler):
    mirror: Mirror

    def do_GET(self) -> None:
        self.mirror.note(self.path)
        super().do_GET()

    def log_message(self, *_arguments: object) -> None:
        pass  # the test says what it found


@contextmanager
def serving() -> Iterator[Mirror]:
    """Serve the archive on a free port."""

    class Handler(_Handler):
        pass

    handler = partial(Handler, directory=str(ARCHIVE))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        mirror = Handler.mirror = Mirror(server.server_port)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield mirror
        finally:
            mirror.release.set()
            server.shutdown()
            thread.join()
