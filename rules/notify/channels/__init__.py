"""The channels, a module each."""
