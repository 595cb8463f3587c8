"""The commands, one module each: `configure` adds its parser, `run` does what it says."""
