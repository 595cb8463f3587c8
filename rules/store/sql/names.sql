-- What a report can be asked for, by code and name.
SELECT 'commune', commune_code, name FROM communes
UNION ALL SELECT 'operator', operator_code, name FROM operators
ORDER BY 1, 2
