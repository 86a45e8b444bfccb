"""What a program started by a test finds around it."""

import os

from backoffice.settings import VARIABLES


def environment_with(chosen: dict[str, str]) -> dict[str, str]:
    """The machine's environment without the settings of whoever runs the tests, which may name a real database."""
    ours = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return ours | chosen
