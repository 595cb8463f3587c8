"""Grafana from code: boards, panels, queries, provisioning.

The room is reserved by the architecture (docs/architecture/README.md); nothing is built yet.
"""
