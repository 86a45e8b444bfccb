"""``flask staff``: accounts from the command line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import AppGroup

from backoffice import clock
from backoffice.errors import Refusal
from backoffice.staff import accounts, passwords
from backoffice.staff.addresses import normal
from backoffice.staff.models import Role
from backoffice.staff.security import hashed

staff_group = AppGroup("staff", help="Accounts of the people who sign in.")


password_stdin_option = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input, without asking."
)


@staff_group.command("add")
@click.argument("email")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--language", type=click.Choice(["fr", "en"]), default="fr", show_default=True)
@password_stdin_option
def add(email: str, name: str, role: str, language: str, password_stdin: bool) -> None:  # noqa: FBT001 - click's way
    """Create an account; asks for its password (at least 12 characters)."""
    with refusals_told():
        accounts.check(email=email, name=name)
        password = read_password(email, from_stdin=password_stdin)
        added = accounts.add(
            email=email,
            name=name,
            role=Role(role),
            language=language,
            password=hashed(password),
            at=clock.now(),
        )
    click.echo(f"{added.name} <{added.email}> can sign in as {added.role}.")


@staff_group.command("password")
@click.argument("email")
@password_stdin_option
def change_password(email: str, password_stdin: bool) -> None:  # noqa: FBT001 - click's way
    """Give an account a new password; every browser signed in with it is signed out."""
    with refusals_told():
        password = read_password(email, from_stdin=password_stdin)
        changed = accounts.change_password(email=email, password=hashed(password), at=clock.now())
    click.echo(f"{changed.name} <{changed.email}> has a new password.")


@staff_group.command("archive")
@click.argument("email")
def archive(email: str) -> None:
    """Close the account of somebody who has left."""
    with refusals_told():
        archived = accounts.archive(email=email, at=clock.now())
    click.echo(f"{archived.name} <{archived.email}> can no longer sign in.")


@contextmanager
def refusals_told() -> Iterator[None]:
    """A refusal ends the command with its sentence."""
    try:
        yield
    except Refusal as refusal:
        raise click.ClickException(refusal.sentence()) from None


def read_password(email: str, *, from_stdin: bool) -> str:
    """Asked for twice, or one line of standard input. Raises WeakPassword."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = str(click.prompt("Password", hide_input=True, confirmation_prompt="Once more"))
    passwords.check(password, email=normal(email))
    return password
