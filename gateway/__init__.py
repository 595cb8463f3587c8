"""The door for foreign formats, people and programs: adapters, REST API, live map.

The room is reserved by the architecture (docs/architecture/README.md); nothing is built yet.
"""
