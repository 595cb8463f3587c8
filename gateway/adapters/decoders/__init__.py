"""Decoders: what the bytes of a device mean, whichever network brought them."""
