"""Commands of ``flask --app wsgi``: thin, each one intention."""

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from backoffice import archiving, tasks
from backoffice.backup.cli import backup_command, restore_command
from backoffice.demonstration import loading, showing
from backoffice.seller.cli import seller_group
from backoffice.serving import serve
from backoffice.settings import Settings
from backoffice.staff.cli import staff_group
from backoffice.welcome.cli import invitation, welcome_command


def init_app(app: Flask) -> None:
    for command in (
        staff_group, seller_group, demo_group, welcome_command, serve_command, worker_command, backup_command,
        restore_command,
    ):  # fmt: skip
        app.cli.add_command(command)


@click.group("demo")
def demo_group() -> None:
    """A demonstration company."""


@demo_group.command("load")
@with_appcontext
def demo_load() -> None:
    """Put the demonstration company into an empty database; does nothing when there is a company."""
    refuse_in_production()
    loading.load()


@demo_group.command("show")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@with_appcontext
def demo_show(as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Accounts with their passwords, and one client's link per state of a quote."""
    refuse_in_production()
    click.echo(showing.as_json() if as_json else showing.as_text())


def refuse_in_production() -> None:
    settings: Settings = current_app.extensions["accord"]
    if settings.production:
        raise click.ClickException(
            "There is no demonstration in production: invented clients have no place among real ones, "
            "and links of real clients are not printed."
        )


@click.command("serve")
@with_appcontext
def serve_command() -> None:
    """Serve the pages and run the worker until Ctrl-C."""
    settings: Settings = current_app.extensions["accord"]
    raise SystemExit(serve(settings, greeting=greeting))


def greeting() -> str:
    """What the terminal says when the pages answer."""
    return "\n\n".join(filter(None, [showing.briefly(), invitation()]))


@click.command("worker")
@with_appcontext
def worker_command() -> None:
    """Deliver mails and make documents."""
    archiving.forget_unfinished()
    tasks.run_worker(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - a thread needs the app itself
