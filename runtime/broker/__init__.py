"""The session with the MQTT broker: receive, acknowledge after the commit, publish."""
