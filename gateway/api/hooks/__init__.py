"""Hooks: what Alertmanager and Grafana say, kept in the timelines of incidents that it is about."""
