"""The guide: what a person can do with a running demo, to be pasted."""

from pathlib import Path
from typing import Final

from deploy.gateway import GatewayPlace
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
    gateway: GatewayPlace,
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
        gateway: where it is.
        boards: where a Grafana shows them, or how to get one.
    """
    url = postgres.url(database)
    return f"""
broker    {_broker(mosquitto)}   users: each device, by its code
database  {url}   password: {postgres.password_file()}
gateway   {gateway.url}   live page, uploads, and for programs {gateway.url}/api/docs
logs      {directory}/ingest.log, rules.log, gateway.log, fleet.log

In another terminal, in this directory, first:

  export DATABASE_URL={url} \\
    DATABASE_PASSWORD_FILE={postgres.password_file()}
{_trusting(gateway)}
The live page: open {gateway.url} and log in with the token that this prints:

  .venv/bin/python -m gateway token create --name me --scope operator

Programs ask with it too (docs/api.md):

  export SREPOK={gateway.url} TOKEN=srp_...

Incidents, and what people do about them (docs/operations/incidents.md):

  .venv/bin/python -m rules incident list
  .venv/bin/python -m rules report --now

In the first two minutes, and behind each absence of the broker, no outage opens: devices may still
be on their way back.

The boards in Grafana:

{boards}

A board as a page, without a Grafana (docs/dashboards.md); where there is none, the demo draws all
of them once there is something to see, and says where:

  .venv/bin/python -m dashboards preview wall --database $DATABASE_URL \\
    --password-file $DATABASE_PASSWORD_FILE

Tables, with   .venv/bin/python -m deploy psql

{_QUERIES}

Publish by hand, as docs/topics/README.md shows:

  export PATH={bin_directory}:$PATH MQTT_HOST=127.0.0.1 MQTT_PORT={mosquitto.port} \\
    MQTT_PASSWORD_FILE={by_hand}
{_by_tls(mosquitto)}
Give a device a key for uploads by HTTP and for the broker, which is shown once and takes the place
of its password (docs/operations/access.md):

  export GATEWAY_BROKER_USERS_FILE={mosquitto.users_file} \\
    GATEWAY_BROKER_RELOAD=pid:{mosquitto.pid_file}
  .venv/bin/python -m gateway device add 66-demo-air

Upload with that key (docs/operations/gateway.md):

  curl -u 66-demo-air:KEY {gateway.url}/v1/telemetry -H 'Content-Type: application/json' \\
    -d "{{\\"observed_at\\": $(date +%s%3N), \\"boot_id\\": 1, \\"seq\\": $(date +%s), \\
    \\"values\\": {{\\"pm2_5_ugm3\\": 18.4}}}}"

Devices of other systems (docs/adapters.md): give a device of this file an alias, and bring the file
in, as each start of the demo does too:

  .venv/bin/python -m runtime.database inventory {directory}/inventory.jsonl

What they sent before can be tried again:

  {_as_gateway(mosquitto)} \\
    .venv/bin/python -m gateway letters replay

Ctrl-C stops all of it.
"""


def _broker(mosquitto: Mosquitto) -> str:
    return mosquitto.trust("USER").get("MQTT_URL") or mosquitto.url("USER")


def _trusting(gateway: GatewayPlace) -> str:
    if gateway.trusted is None:
        return ""
    return f"""
The gateway speaks HTTPS, by an authority that was made for this directory. A browser asks whether
you trust it; curl is told with

  export CURL_CA_BUNDLE={gateway.trusted}
"""


def _as_gateway(mosquitto: Mosquitto) -> str:
    settings = mosquitto.variables("gateway")
    return " \\\n    ".join(f"{name}={value}" for name, value in settings.items())


def _by_tls(mosquitto: Mosquitto) -> str:
    trust = mosquitto.trust()
    if not trust:
        return ""
    port = trust["MQTT_URL"].rpartition(":")[2]
    return f"""
By TLS, the authority being one that was made for this directory:

  mosquitto_pub -V 5 -q 1 --cafile {trust["MQTT_CA_FILE"]} -h 127.0.0.1 -p {port} \\
    -u 66-demo-air -P "$(cat $MQTT_PASSWORD_FILE)" -t srepok/v1/66/24133/66-demo-air/telemetry \\
    -m "{{\\"observed_at\\": \\"$(date -u +%FT%TZ)\\", \\"boot_id\\": 1, \\
    \\"seq\\": $(date +%s), \\"values\\": {{\\"pm2_5_ugm3\\": 18.4}}}}"
"""
