"""Replays: a recorded file goes over MQTT as if a city sensor measured it now, or then."""
