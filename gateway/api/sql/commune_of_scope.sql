-- The commune in which a commune, village or link lies.
SELECT commune_code AS commune FROM communes
WHERE %(kind)s::text = 'commune' AND commune_code = %(code)s
UNION ALL
SELECT commune_code FROM villages WHERE %(kind)s = 'village' AND village_code = %(code)s
UNION ALL
SELECT commune_code FROM links JOIN villages USING (village_code)
WHERE %(kind)s = 'link' AND link_code = %(code)s
