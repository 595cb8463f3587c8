"""Measurements: printed, never asserted, because machines differ and are shared."""
