"""LwM2M: what a device's objects say, read as SenML."""
