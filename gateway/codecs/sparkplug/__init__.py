"""Sparkplug B: industrial edge nodes, whose messages lean on the birth before them."""
