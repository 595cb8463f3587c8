"""Grafana from code: boards, panels, queries, provisioning; docs/dashboards.md says how to add one.

`boards/` has a module for each screen and `sql/` its queries; `panels.py` has the kinds of panel
with the defaults of the house. `python -m dashboards build` writes `generated/`, which Grafana
reads. No service imports this package.
"""
