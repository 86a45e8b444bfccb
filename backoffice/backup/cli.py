"""``flask backup`` and ``flask restore``."""

import sys
from datetime import datetime
from pathlib import Path

import click
import flask_migrate
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext

from backoffice import clock
from backoffice.backup.making import NotMigrated, make_backup
from backoffice.backup.manifest import NotABackup
from backoffice.backup.restoring import BackupDamaged, InUse, MadeByNewerVersion, restore
from backoffice.db import db
from backoffice.documents.archive import Archive
from backoffice.settings import PROJECT

MIGRATIONS = PROJECT / "backoffice" / "migrations"


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@with_appcontext
def backup_command(file: Path | None) -> None:
    """Write all rows and documents into FILE (accord-<moment>.tar here), while the site goes on working."""
    at = clock.now()
    destination = (file or Path(default_name(at))).resolve()
    try:
        spoiled = make_backup(
            db.engine, archive(), destination, at=at, head=script().get_current_head() or "", told=tell
        )
    except NotMigrated:
        raise click.ClickException(
            "The tables are not those of this version. Run: flask --app wsgi db upgrade"
        ) from None
    except FileExistsError:
        raise click.ClickException(f"{destination} exists already; choose another name.") from None
    except OSError as error:
        raise click.ClickException(f"{destination} could not be written: {error.strerror}.") from error
    size = destination.stat().st_size
    click.echo(f"{destination}: {size:,} bytes. Keep SECRET_KEY too: without it links of clients are dead.")
    if spoiled:
        raise click.ClickException(
            "These documents are damaged on the disk and not in the backup: " + ", ".join(spoiled)
        )


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@with_appcontext
def restore_command(file: Path) -> None:
    """Put FILE back into an installation without data; the database may be another than it came from."""
    try:
        found = restore(
            db.engine,
            archive(),
            file,
            revisions=[each.revision for each in script().walk_revisions()],
            migrate=lambda revision: flask_migrate.upgrade(str(MIGRATIONS), revision=revision),
            told=tell,
        )
    except InUse:
        raise click.ClickException(
            "This installation is in use. Restore into a new database and a new ACCORD_HOME."
        ) from None
    except MadeByNewerVersion:
        raise click.ClickException(
            "This backup was made by a newer version of Accord. Install that version first."
        ) from None
    except NotABackup:
        raise click.ClickException(f"{file} is not a backup of Accord.") from None
    except BackupDamaged as error:
        raise click.ClickException(f"{file} is damaged ({error}); nothing was restored.") from None
    manifest, spoiled = found.manifest, found.spoiled
    rows, documents = sum(table.rows for table in manifest.tables), len(manifest.archive) - len(spoiled)
    click.echo(f"{rows:,} rows and {documents:,} documents of {manifest.made_at} are back.")
    if spoiled:
        click.echo("Damaged when the backup was made, and not in it: " + ", ".join(spoiled), err=True)


def default_name(at: datetime) -> str:
    return f"accord-{at:%Y-%m-%dT%H%M%SZ}.tar"


def archive() -> Archive:
    found: Archive = current_app.extensions["accord.archive"]
    return found


def script() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))


def tell(what: str, done: int, whole: int) -> None:
    """One line that is written over, on a terminal; nothing in a log."""
    if sys.stderr.isatty():
        click.echo(f"\r{what}: {done} of {whole}", nl=done == whole, err=True)
