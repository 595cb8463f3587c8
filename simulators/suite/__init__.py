"""The suite: every scenario, every watcher, one table."""
