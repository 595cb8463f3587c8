-- Communes of the inventory.
SELECT commune_code, name FROM communes WHERE retired_at IS NULL ORDER BY commune_code;
