-- The payload of a dead letter, byte for byte.
SELECT payload FROM dead_letters WHERE dead_letter_id = %(letter)s
