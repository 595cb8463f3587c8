-- commune: communes, by name
SELECT name AS __text, commune_code AS __value
FROM communes
WHERE retired_at IS NULL
ORDER BY name_ascii;

-- commune_with_villages: communes that have a village, by name; those that have none are there for their sensors and nodes
SELECT name AS __text, commune_code AS __value
FROM communes AS c
WHERE retired_at IS NULL AND EXISTS (
    SELECT FROM villages AS v WHERE v.commune_code = c.commune_code AND v.retired_at IS NULL
)
ORDER BY name_ascii;

-- operator: operators, by name
SELECT name AS __text, operator_code AS __value
FROM operators
WHERE retired_at IS NULL
ORDER BY name;

-- technology: technologies that links have
SELECT DISTINCT @technology_words AS __text, technology AS __value
FROM links
WHERE retired_at IS NULL
ORDER BY __text;

-- village: villages of the chosen communes, by commune and name
SELECT c.name || ': ' || v.name AS __text, v.village_code AS __value
FROM villages AS v
JOIN communes AS c USING (commune_code)
WHERE v.retired_at IS NULL AND @in_commune
ORDER BY c.name_ascii, v.name;

-- site: sites of the chosen communes and operators, by name
SELECT name AS __text, node_code AS __value
FROM nodes
WHERE kind = 'site' AND retired_at IS NULL AND @in_commune AND @in_operator
ORDER BY name;

-- device: sensors of the chosen communes, by name
SELECT name || ' (' || device_code || ')' AS __text, device_code AS __value
FROM devices
WHERE kind = 'sensor' AND retired_at IS NULL AND @in_commune
ORDER BY name, device_code;
