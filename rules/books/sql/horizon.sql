-- How long everything is kept from which days are computed.
SELECT min(keep) FROM retention_settings
WHERE relation IN ('village_spells', 'link_spells', 'watch_spells', 'incidents')
