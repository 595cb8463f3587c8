"""Who may come in: tokens, device keys, sessions, and what each of them may do."""
