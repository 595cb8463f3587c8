"""The guide: what a person can do with a running demo, to be pasted."""

from pathlib import Path
from typing import Final

from deploy.mosquitto import Mosquitto
from deploy.postgres import Postgres

_QUERIES: Final = """\
  SELECT count(*), max(observed_at) FROM link_reports;

  SELECT c.name, count(*) AS reports, round(avg(rtt_p50_ms)::numeric, 1) AS rtt_ms
  FROM link_reports JOIN devices USING (device_id) JOIN communes AS c USING (commune_code)
  WHERE observed_at > now() - interval '5 minutes' GROUP BY 1 ORDER BY 2 DESC LIMIT 10;

  SELECT metric, count(*), round(avg(value)::numeric, 2) AS mean, unit
  FROM sensor_readings JOIN metrics USING (metric_id) GROUP BY metric, unit ORDER BY 1;

  SELECT date_bin('10 seconds', received_at, 'epoch') AS at, count(*) AS reports,
    count(*) FILTER (WHERE power = 'battery') AS on_battery, count(DISTINCT device_id) AS devices
  FROM link_reports WHERE received_at > now() - interval '5 minutes' GROUP BY 1 ORDER BY 1;"""
"""The last one shows what a scenario does to the province."""


def write_guide(
    postgres: Postgres,
    mosquitto: Mosquitto,
    database: str,
    directory: Path,
    bin_directory: Path,
    by_hand: Path,
    boards: str,
) -> str:
    """Return the guide.

    Args:
        postgres: the server.
        mosquitto: the broker.
        database: name of the demo's.
        directory: of the demo's files.
        bin_directory: has the broker's clients.
        by_hand: file with the password of the devices to publish as by hand.
        boards: where a Grafana shows them, or how to get one.
    """
    url = postgres.url(database)
    return f"""
broker    {mosquitto.url("USER")}   users: each device, by its code
database  {url}   password: {postgres.password_file()}
logs      {directory}/ingest.log, rules.log, fleet.log

Incidents, and what people do about them (docs/operations/incidents.md), in another terminal:

  export DATABASE_URL={url} \\
    DATABASE_PASSWORD_FILE={postgres.password_file()}
  .venv/bin/python -m rules incident list
  .venv/bin/python -m rules report --now

The boards in Grafana:

{boards}

The boards as pages, without a Grafana (docs/dashboards.md):

  .venv/bin/python -m dashboards preview wall --database $DATABASE_URL \\
    --password-file $DATABASE_PASSWORD_FILE --out {directory}/boards

Tables, with   .venv/bin/python -m deploy psql

{_QUERIES}

Publish by hand, as docs/topics/README.md shows:

  export PATH={bin_directory}:$PATH MQTT_HOST=127.0.0.1 MQTT_PORT={mosquitto.port} \\
    MQTT_PASSWORD_FILE={by_hand}

Ctrl-C stops all of it.
"""
