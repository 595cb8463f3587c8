"""Makes the tree of the tiny archive, as a program that a test can kill.

python -m tests.deploy.tree_maker TREE MIRROR KEYRING
"""

import subprocess
import sys
from pathlib import Path

from deploy.debian_recipe import Recipe
from deploy.debian_tree import make_tree
from deploy.errors import DeployError
from deploy.progress import Progress


def make_recipe(keyring: Path) -> Recipe:
    answer = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
    )
    return Recipe(
        architecture=answer.stdout.strip(),
        packages=("srepok-test-first",),
        stand_ins=("srepok-test-absent",),
        keyrings=(keyring,),
        space_bytes=1,
    )


def main() -> None:
    tree, mirror, keyring = sys.argv[1:]
    try:
        make_tree(Path(tree), make_recipe(Path(keyring)), lambda _: [mirror], Progress())
    except DeployError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
