"""A province for Dak Lak: real communes, invented villages, networks and devices.

No public list of the province's villages or of its operators' networks exists; what is
invented is marked as synthetic, and its shape is that of the real thing: villages in
proportion to people, three operators, passive optical networks and mobile sites, mains, and
the coverage that the province states.
"""

from simulators.generate.province import Province, generate_inventory, generate_province

__all__ = ["Province", "generate_inventory", "generate_province"]
