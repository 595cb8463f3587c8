import sys

from runtime.database.cli import main

sys.exit(main())
