"""The rulebook: what else than broadband must be looked at, as rules that people write in YAML."""
