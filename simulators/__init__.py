"""A province that can be switched on: an inventory, a fleet of devices, replays, load."""
