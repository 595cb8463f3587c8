"""The fleet: devices of an inventory, each with an MQTT session of its own."""
