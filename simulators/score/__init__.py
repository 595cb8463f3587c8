"""The score of a watcher: what really happened, against what it said of it."""
