"""The decoders that come with Srepok; each a YAML file."""
