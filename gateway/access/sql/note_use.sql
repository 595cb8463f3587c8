-- Notes the hour in which tokens were used; nothing where it is noted already.
UPDATE api_tokens SET last_used_at = %(hour)s
WHERE token_id = ANY(%(token_ids)s) AND (last_used_at IS NULL OR last_used_at < %(hour)s);
