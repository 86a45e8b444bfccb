"""``flask welcome``: how to begin with an installation that nobody has begun with."""

import click
from flask import current_app
from flask.cli import with_appcontext

from backoffice.db import db
from backoffice.settings import Settings
from backoffice.welcome.code import set_up_code
from backoffice.welcome.queries import is_untouched


def invitation() -> str:
    """For the terminal; empty when somebody has begun."""
    settings: Settings = current_app.extensions["accord"]
    untouched = is_untouched(db.session())
    db.session.remove()  # the server that greets lives long: it keeps no read transaction open
    if not untouched:
        return ""
    code = set_up_code(settings.secret_keys[0])
    return f"Nobody has begun here yet. Open {settings.public_url}/welcome with this set-up code:\n\n  {code}"


@click.command("welcome")
@with_appcontext
def welcome_command() -> None:
    """Print the address and the code with which the first administrator begins."""
    click.echo(invitation() or "This installation has its administrator: sign in.")
