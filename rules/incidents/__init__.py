"""Incidents as people see them: impact, severity, ranking, timeline, mutes, exports. No I/O."""
