"""Reference watchers: what a score is compared with, from good for nothing to knowing all."""
