"""The true province while it runs: what stands, what each device lives through."""
