-- Note what became of a dead letter; only an accepted one is done with.
UPDATE dead_letters
SET replayed_at = %(replayed_at)s, replay_outcome = %(outcome)s
WHERE dead_letter_id = %(letter_id)s AND adapter IS NOT NULL
