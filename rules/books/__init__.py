"""The books: who was without broadband, for how long and why, by local day and for ever.

docs/operations/books.md defines every figure. `spans` to `ledger` and `figures` to `major` are
arithmetic and do no I/O; `records`, `builder` and `statements` keep the days in the database;
`reading`, `table`, `csv` and `page` make reports of them.
"""
