"""What can go wrong with the database besides what psycopg raises.

DatabaseError
├── EditionError         TimescaleDB is missing, too old, or of another edition than before
├── MigrationError       a migration cannot be applied, or has gone wrong
│   ├── ChainError       the files do not fit each other, or what was applied
│   └── MigrationLockError  someone else is migrating
├── WriterError          another process writes what only one may write
├── SchemaError          the schema is older or newer than this program
└── LoginError           a login cannot be made as asked
"""


class DatabaseError(Exception):
    """Something about the database is not as it must be; the message says what and where."""


class EditionError(DatabaseError):
    """TimescaleDB is missing, too old, or of another edition than the schema was made for."""


class MigrationError(DatabaseError):
    """A migration cannot be applied; the message names the file and the statement."""


class ChainError(MigrationError):
    """The migration files do not fit each other, or what the database says was applied."""


class MigrationLockError(MigrationError):
    """Someone else is migrating this database, and did not finish in time."""


class WriterError(DatabaseError):
    """Another process writes what only one may write; the message says which."""


class SchemaError(DatabaseError):
    """The schema is older or newer than this program; the message says what to do."""


class LoginError(DatabaseError):
    """A login cannot be made as asked; the message names it."""
