-- The same for presence: a will has no time of its own, so (boot_id, seq, kind) names it.
DELETE FROM stage_presence AS s
USING presence_events AS r
WHERE r.device_id = s.device_id
  AND r.boot_id = s.boot_id
  AND r.seq = s.seq
  AND r.kind = s.kind
