"""Load: many reports at the least cost, to measure what takes them in.

Broker, database, ingest and this publisher often share a machine, and what the publisher
spends is missing from the rest. So packets are made from templates, and a publisher of the
few MQTT 3.1.1 packets that it takes stands in for a whole client.
"""
