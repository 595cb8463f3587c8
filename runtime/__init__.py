"""How a service runs: settings, broker session, database, clock, logs, shutdown, probes."""
