"""A backup is worth what its restore is worth: here it is put back, on either database, and compared with what was there."""

import gzip
import hashlib
import io
import json
import os
import shutil
import stat
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice import clock
from backoffice.backup.cli import script
from backoffice.backup.making import make_backup
from backoffice.backup.rows import Kind, columns_of
from backoffice.catalogue.models import Product
from backoffice.clients.models import Client
from backoffice.db import Base, db
from backoffice.documents.archive import Archive
from backoffice.documents.models import Document
from backoffice.families.models import ProductFamily
from backoffice.legal.models import VatRate
from backoffice.settings import Settings
from backoffice.staff.models import FailureCounter, StaffMember
from backoffice.work import unit_of_work
from tests import factories
from tests.conftest import closed, migrate
from tests.databases import emptied
from tests.factories import everything
from wsgi import create_app

pytestmark = pytest.mark.slow

sqlite = pytest.mark.parametrize("database", ["sqlite"])
"""What has nothing to do with which database it is."""


class Places:
    """Applications, each with a database and an archive of its own."""

    def __init__(self, folder: Path, settings: Settings, request: pytest.FixtureRequest) -> None:
        self._folder, self._settings, self._request = folder, settings, request
        self._made: list[Flask] = []

    def __call__(self, name: str, database: str, *, migrated: bool = True) -> Flask:
        home = self._folder / name
        home.mkdir()
        fixture = self._request.getfixturevalue
        if database == "sqlite":
            url = f"sqlite:///{home / 'accord.db'}"
            if migrated:
                shutil.copyfile(fixture("migrated_sqlite"), home / "accord.db")
        else:
            closed(fixture("postgresql_app"))  # nobody may be connected to what is copied
            template = {"template": "accord"} if migrated else {}
            url = fixture("cluster").create(
                f"{self._folder.name}_{name}".lower().replace("-", "_"), **template
            )
        app = create_app(replace(self._settings, database_url=url, home=home, archive=home / "archive"))
        if migrated and database == "postgresql":
            with app.app_context():
                emptied(db.engine)
            closed(app)
        self._made.append(app)
        return app

    def close(self) -> None:
        for app in self._made:
            closed(app)


@pytest.fixture
def place(settings, tmp_path, request) -> Iterator[Places]:
    """``place("there", "sqlite")``: an empty application."""
    places = Places(tmp_path, settings, request)
    yield places
    places.close()


@dataclass(frozen=True)
class Firm:
    """At work, and backed up; nothing writes to it any more."""

    app: Flask
    backup: Path


@pytest.fixture(scope="module")
def firms(settings, tmp_path_factory, request) -> Iterator[Callable[[str], Firm]]:
    folder = tmp_path_factory.mktemp("firms")
    places, known = Places(folder, settings, request), {}

    def firm(database: str) -> Firm:
        if database not in known:
            app = places(database, database)
            with app.app_context():
                go_to_work(app)
            closed(app)
            told(app, "backup", folder / f"{database}.tar")
            known[database] = Firm(app, folder / f"{database}.tar")
        return known[database]

    yield firm
    places.close()


@pytest.fixture
def firm(firms, database) -> Firm:
    found: Firm = firms(database)
    return found


def go_to_work(app: Flask) -> None:
    """Quotes, signatures, a draft and an issued invoice, papers in the archive: frozen rows of every kind."""
    signed_order()
    for issued in (True, False):
        factories.an_invoice(signed_order(), issued=issued)
    title = 'Été « à l’œuvre »\n\t"quoted" \\ 😀'
    factories.a_sent_quote(factories.an_opportunity(*rep_and_client(), title=title))
    factories.a_staff_session(rep_and_client()[0])
    a_catalogue()
    keep_papers(app)


def a_catalogue() -> None:
    """A bundle, a picture, and rows that point to later rows of their own table."""
    part = factories.a_product()
    factories.a_bundle({part: "2.5"})
    factories.a_picture(part)
    within, around = factories.a_family("Chêne"), factories.a_family("Parquets")
    with unit_of_work() as session:
        session.get_one(ProductFamily, within).parent_id = around
        session.get_one(Product, part).family_id = within
        normal, *others = session.scalars(sa.select(VatRate).order_by(VatRate.id)).all()
        normal.valid_to, normal.successor_id = clock.now().date(), others[-1].id


def rep_and_client() -> tuple[int, int]:
    """Of the firm; made when first asked for."""
    client = db.session.scalar(sa.select(Client.id))
    rep = db.session.scalar(sa.select(StaffMember.id))
    db.session.rollback()
    if rep is None or client is None:
        rep = factories.a_member()
        client = factories.a_client(rep)
    return rep, client


def signed_order() -> int:
    _, _, signature = factories.a_signed_quote(factories.an_opportunity(*rep_and_client()))
    return factories.order_of(signature)


def keep_papers(app: Flask) -> None:
    """As the worker does, with other bytes."""
    archive: Archive = app.extensions["accord.archive"]
    with unit_of_work() as session:
        for document in session.scalars(sa.select(Document)):
            data = os.urandom(3000)
            document.sha256, document.size = archive.keep(data), len(data)
            document.archived_at = clock.now()


def told(app: Flask, *words: object) -> str:
    result = app.test_cli_runner().invoke(args=[str(word) for word in words])
    assert result.exit_code == 0, result.output
    closed(app)
    return result.output


def refused(app: Flask, *words: object) -> str:
    result = app.test_cli_runner().invoke(args=[str(word) for word in words])
    assert result.exit_code == 1, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    closed(app)
    return result.output


def dump(app: Flask) -> dict[str, object]:
    with app.app_context():
        return {"rows": everything(), "archive": digests(app)}


def digests(app: Flask) -> dict[str, bytes]:
    archive: Archive = app.extensions["accord.archive"]
    return {digest: archive.read(digest) for digest in archive.digests()}


@pytest.mark.parametrize(
    ("target", "migrated"), [("sqlite", False), ("postgresql", True)], ids=["new file", "migrated server"]
)
def test_rows_and_documents_come_back_as_they_were_on_either_database(firm, place, target, migrated):
    before = dump(firm.app)
    assert len(before["archive"]) > 3
    there = place("there", target, migrated=migrated)
    assert "rows and" in told(there, "restore", firm.backup)
    assert dump(there) == before


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_restored_installation_goes_on_working_and_its_frozen_rows_stay_frozen(firm, place, target):
    there = place("there", target)
    told(there, "restore", firm.backup)
    with there.app_context():
        factories.an_invoice(signed_order(), issued=True)  # new keys, and the next numbers
        for forbidden in (
            "UPDATE signatures SET name = 'X'",
            "DELETE FROM orders",
            "UPDATE invoices SET gross = 1 WHERE state = 'issued'",
        ):
            with pytest.raises(sa.exc.DatabaseError, match="frozen"), db.engine.begin() as connection:
                connection.execute(sa.text(forbidden))
        with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
            connection.execute(sa.text("UPDATE opportunities SET client_id = 999999"))


def test_a_backup_shows_one_moment_though_others_write_meanwhile(place, database, tmp_path):
    here = place("here", database)
    with here.app_context():
        factories.a_member()
        before = everything(["staff_members", "failure_counters"])

        def write_meanwhile(what: str, done: int, _whole: int) -> None:
            if what == "tables" and done == 1:
                with db.engine.begin() as connection:
                    connection.execute(sa.update(StaffMember).values(name="Renamed meanwhile"))
                    connection.execute(
                        sa.insert(FailureCounter).values(
                            purpose="meanwhile", subject="x", failures=1, since=clock.now()
                        )
                    )

        make_backup(
            db.engine,
            here.extensions["accord.archive"],
            tmp_path / "all.tar",
            at=clock.now(),
            head=str(script().get_current_head()),
            told=write_meanwhile,
        )
        assert everything(["staff_members"])["staff_members"] != before["staff_members"]
        db.session.rollback()
    there = place("there", "sqlite")
    told(there, "restore", tmp_path / "all.tar")
    with there.app_context():
        assert everything(["staff_members", "failure_counters"]) == before


@sqlite
def test_an_installation_in_use_is_never_written_over(firm):
    before = dump(firm.app)
    assert "is in use" in refused(firm.app, "restore", firm.backup)
    assert dump(firm.app) == before


@sqlite
def test_a_backup_is_never_written_over_and_is_for_its_owner_alone(firm):
    before = firm.backup.read_bytes()
    assert stat.S_IMODE(firm.backup.stat().st_mode) == 0o600
    assert "exists already" in refused(firm.app, "backup", firm.backup)
    assert firm.backup.read_bytes() == before
    assert list(firm.backup.parent.glob(".backup-*")) == []


def changed(source: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """``source`` with its members changed; None leaves one out."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old:
            extracted = old.extractfile(member)
            assert extracted is not None
            data = change(member.name, extracted.read())
            if data is not None:
                member.size = len(data)
                new.addfile(member, io.BytesIO(data))
    return target


def without_last_row(name: str, data: bytes) -> bytes:
    if name != "tables/orders.jsonl.gz":
        return data
    return gzip.compress(b"".join(gzip.decompress(data).splitlines(keepends=True)[:-1]))


def other_document(name: str, data: bytes) -> bytes:
    return data[:-1] + b"X" if name.startswith("archive/") else data


def other_amount(name: str, data: bytes) -> bytes:
    """A number in a row that the manifest's digest no longer fits."""
    if name != "tables/orders.jsonl.gz":
        return data
    rows = [json.loads(line) for line in gzip.decompress(data).splitlines()]
    last = max(place for place, value in enumerate(rows[0]) if type(value) is int)
    rows[0][last] += 1
    return gzip.compress(b"".join(json.dumps(row).encode() + b"\n" for row in rows))


DAMAGE = {
    "a row lost": without_last_row,
    "an amount changed": other_amount,
    "a document changed": other_document,
    "a document lost": lambda name, data: None if name.startswith("archive/") else data,
    "a table garbled": lambda name, data: (
        data[:200] + b"\xff\xff" + data[202:] if name == "tables/clients.jsonl.gz" else data
    ),
    "a row that is none": lambda name, data: (
        gzip.compress(b"5\n") if name == "tables/clients.jsonl.gz" else data
    ),
    "a table lost": lambda name, data: None if name == "tables/invoices.jsonl.gz" else data,
    "a table cut": lambda name, data: data[:20] if name == "tables/invoices.jsonl.gz" else data,
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
@sqlite
def test_a_damaged_backup_restores_nothing(firm, place, tmp_path, damage):
    broken = changed(firm.backup, tmp_path / "broken.tar", damage)
    there = place("there", "sqlite")
    with there.app_context():
        before = everything()
    assert "damaged" in refused(there, "restore", broken)
    with there.app_context():
        assert everything() == before


@pytest.mark.parametrize(
    "data", [b"", b"no archive at all", b"\0" * 10240], ids=["empty", "words", "an empty archive"]
)
def test_what_is_no_backup_is_told_so(place, tmp_path, data):
    (tmp_path / "odd.tar").write_bytes(data)
    there = place("there", "sqlite")
    assert "is not a backup" in refused(there, "restore", tmp_path / "odd.tar")


@sqlite
def test_a_backup_of_a_version_to_come_is_not_guessed_at(firm, place, tmp_path):

    def newer(name: str, data: bytes) -> bytes:
        return (
            json.dumps(json.loads(data) | {"revision": "9999"}).encode() if name == "manifest.json" else data
        )

    newer_file = changed(firm.backup, tmp_path / "newer.tar", newer)
    there = place("there", "sqlite", migrated=False)
    assert "newer version" in refused(there, "restore", newer_file)


@sqlite
def test_a_document_that_the_disk_spoiled_is_named_and_the_rest_is_saved(firm, place, tmp_path):
    archive: Archive = firm.app.extensions["accord.archive"]
    spoiled = next(archive.digests())
    path, whole = archive.path(spoiled), archive.read(spoiled)
    path.chmod(0o600)
    path.write_bytes(b"spoiled")
    try:
        assert spoiled in refused(firm.app, "backup", tmp_path / "all.tar")
    finally:
        path.write_bytes(whole)
    there = place("there", "sqlite")
    said = told(there, "restore", tmp_path / "all.tar")
    assert f"not in it: {spoiled}" in said
    kept: Archive = there.extensions["accord.archive"]
    assert set(kept.digests()) == set(archive.digests()) - {spoiled}


def test_tables_of_an_older_version_are_not_backed_up_by_this_one(place, tmp_path):
    there = place("there", "sqlite", migrated=False)
    migrate(there, "0001")
    assert "db upgrade" in refused(there, "backup", tmp_path / "all.tar")


def test_a_backup_of_an_older_version_is_brought_up_to_this_one(place, tmp_path):
    """Its rows go into the tables of that time, and the migrations since then do the rest."""
    columns = {"purpose": "text", "subject": "text", "failures": "whole", "since": "moment"}
    line = b'["sign-in","ab",3,"2026-01-05T09:00:00+00:00"]\n'
    table = {
        "name": "failure_counters", "columns": columns, "key": ["purpose", "subject"], "rows": 1,
        "sha256": hashlib.sha256(line).hexdigest(),
    }  # fmt: skip
    manifest = {
        "format": 1, "revision": "0001", "made_at": "2026-01-05T09:00:00+00:00", "database": "sqlite",
        "tables": [table], "archive": [],
    }  # fmt: skip
    with tarfile.open(tmp_path / "old.tar", "w") as tar:
        for name, data in (
            ("manifest.json", json.dumps(manifest).encode()),
            ("tables/failure_counters.jsonl.gz", gzip.compress(line)),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    there = place("there", "sqlite", migrated=False)
    told(there, "restore", tmp_path / "old.tar")
    with there.app_context():
        assert db.session.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one() == str(
            script().get_current_head()
        )
        ((purpose, _subject, failures, _since),) = everything(["failure_counters"])["failure_counters"]
    assert (purpose, failures) == ("sign-in", 3)


def test_every_column_has_a_kind():
    """A new column of a new type must be thought of before it can be lost."""
    kinds = {kind for table in Base.metadata.sorted_tables for kind in columns_of(table).values()}
    assert kinds == set(Kind)


@sqlite
def test_a_name_is_made_up_when_none_is_given(firm, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told(firm.app, "backup")
    (made,) = tmp_path.glob("accord-*.tar")
    stamp = made.name.removeprefix("accord-").removesuffix("Z.tar")
    assert abs(clock.now() - datetime.strptime(f"{stamp}+0000", "%Y-%m-%dT%H%M%S%z")) < timedelta(minutes=1)
