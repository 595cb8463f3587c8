"""SenML (RFC 8428): lists of measurements whose records lean on the ones before them."""
