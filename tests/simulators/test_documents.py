"""The documents: their examples are valid."""

import re
from pathlib import Path

from province.inventory import parse_inventory

DOCUMENTS = Path(__file__).parents[2] / "docs" / "topics"


def test_the_small_inventory_of_the_document_is_valid() -> None:
    text = (DOCUMENTS / "inventory.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    inventory = parse_inventory(example.encode(), "inventory.md")
    assert len(inventory.devices) == 1
