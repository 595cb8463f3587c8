"""The books: who was without broadband, for how long and why, by local day and for ever.

docs/operations/books.md defines every figure. Arithmetic without I/O: `spans`, `days`, `causes`,
`windows`, `scopes`, `timeline`, `pieces`, `ledger`, `figures`, `major`. Days in the database:
`sources`, `drafts`, `records`, `shelf`, `builder`, `bookkeeper`. Reports: `report`, `present`,
`request`, `table`, `sheet`, `page`, with `words` and `formats`.
"""
