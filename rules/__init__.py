"""From beats and readings to incidents and notifications.

The room is reserved by the architecture (docs/architecture/README.md); nothing is built yet.
"""
