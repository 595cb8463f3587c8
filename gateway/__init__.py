"""The door for foreign formats, people and programs: uploads, adapters, REST API, live page."""
