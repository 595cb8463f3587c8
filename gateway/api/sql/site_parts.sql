-- What hangs on a site, as far as it exists for whoever asks.
SELECT
    ARRAY(
        SELECT link_code FROM links JOIN villages USING (village_code)
        WHERE node_code = %(site)s AND links.retired_at IS NULL
            AND (%(scope)s::text[] IS NULL OR commune_code = ANY(%(scope)s))
        ORDER BY link_code
    ) AS links,
    ARRAY(
        SELECT device_code FROM devices
        WHERE node_code = %(site)s AND retired_at IS NULL
            AND (%(scope)s::text[] IS NULL OR commune_code = ANY(%(scope)s))
        ORDER BY device_code
    ) AS devices
