"""The library: the scenarios that come with Srepok, a YAML file each."""
