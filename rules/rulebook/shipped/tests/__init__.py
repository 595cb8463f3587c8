"""Timelines that the shipped rulebook must hold, and a commune with invented villages."""
