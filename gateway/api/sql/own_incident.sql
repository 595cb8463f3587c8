-- Whether an incident lies wholly in somebody's communes.
SELECT incident_id FROM incidents
WHERE incident_id = %(incident)s AND communes <> '{}' AND communes <@ %(scope)s
