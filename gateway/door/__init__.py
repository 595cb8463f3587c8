"""The door: uploads and foreign messages in, the wire contract out to the broker."""
