"""Models: what is answered and what is taken, field by field, with units."""
