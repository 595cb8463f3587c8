"""Who is told of an incident, when, and how: routes, the ledger of what was told, channels."""
