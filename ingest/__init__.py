"""From MQTT to TimescaleDB: receive, decode, batch, write, acknowledge.

A message is acknowledged only after the database committed what it brought; what cannot be
accepted is kept as a dead letter, with its reason, in the same transaction.
"""
