"""The fixtures live in modules named for what they give; this only lists them."""

pytest_plugins = [
    "tests.servers",
    "tests.databases",
    "tests.stock",
    "tests.world",
    "tests.browser",
    "tests.workers",
    "tests.gateway.adapters.payload_table",
]
