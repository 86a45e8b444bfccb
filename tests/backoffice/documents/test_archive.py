import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from backoffice.documents.archive import Archive, ArchiveDamaged, NotArchived

DATA = b"%PDF-1.7 a quote"
DIGEST = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path / "archive")


def test_bytes_come_back_under_their_digest(archive):
    assert archive.keep(DATA) == DIGEST
    assert archive.read(DIGEST) == DATA
    with archive.open(DIGEST) as file:
        assert file.read(4) == b"%PDF"


def test_the_same_bytes_are_kept_once(archive):
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(archive.keep, [DATA] * 40)) == {DIGEST}
    assert [path.name for path in archive.path(DIGEST).parent.iterdir()] == [DIGEST]


def test_damage_is_noticed(archive):
    archive.keep(DATA)
    place = archive.path(DIGEST)
    place.chmod(0o640)
    place.write_bytes(b"tampered")
    with pytest.raises(ArchiveDamaged):
        archive.read(DIGEST)


def test_keeping_again_repairs_a_damaged_copy(archive):
    archive.keep(DATA)
    place = archive.path(DIGEST)
    place.chmod(0o640)
    place.write_bytes(b"tampered")
    archive.keep(DATA)
    assert archive.read(DIGEST) == DATA


@pytest.mark.parametrize("digest", ["0" * 64, "../../etc/passwd", "", DIGEST.upper(), DIGEST + "\n"])
def test_what_was_never_kept_is_not_found(archive, digest):
    with pytest.raises(NotArchived):
        archive.read(digest)
