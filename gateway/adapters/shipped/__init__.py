"""The adapters that come with Srepok; each a YAML file."""
