"""From reports to incidents: which villages are without broadband, since when, and why."""
