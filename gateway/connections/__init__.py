"""Connections: how many there may be, how long one may say nothing, and what is no HTTP."""
