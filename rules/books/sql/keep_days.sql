-- Keep days: rewrite what is provisional, append what is a correction.
INSERT INTO {of}_days AS known
SELECT * FROM json_populate_recordset(NULL::{of}_days, %(rows)s)
ON CONFLICT (day, {of}_code, revision) DO UPDATE SET
    households = excluded.households,
    served_seconds = excluded.served_seconds,
    degraded_seconds = excluded.degraded_seconds,
    down_seconds = excluded.down_seconds,
    unknown_seconds = excluded.unknown_seconds,
    maintenance_seconds = excluded.maintenance_seconds,
    mains_seconds = excluded.mains_seconds,
    battery_seconds = excluded.battery_seconds,
    backhaul_seconds = excluded.backhaul_seconds,
    radio_seconds = excluded.radio_seconds,
    access_seconds = excluded.access_seconds,
    core_seconds = excluded.core_seconds,
    unexplained_seconds = excluded.unexplained_seconds,
    sustained = excluded.sustained,
    momentary = excluded.momentary,
    sustained_net = excluded.sustained_net,
    momentary_net = excluded.momentary_net,
    sustained_network = excluded.sustained_network,
    momentary_network = excluded.momentary_network,
    built_at = excluded.built_at
