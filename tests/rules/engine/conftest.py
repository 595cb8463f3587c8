"""What the engine's tests share."""

import pytest

from tests.rules.engine.player import INTERVAL, Player


@pytest.fixture
def player() -> Player:
    player = Player()
    player.run(20 * INTERVAL)
    return player
