"""The commands of the rules, a module each."""
