"""The commands, a module each: `configure` adds its parser, which runs it."""
