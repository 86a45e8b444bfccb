import stat

import pytest

from backoffice.settings import Settings, SettingsError

GOOD = {
    "ACCORD_ENV": "production",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
    "PUBLIC_URL": "https://devis.example.com",
}

MAIL = {"MAIL_SERVER": "smtp.example.com", "MAIL_SENDER": "a@example.com"}


@pytest.fixture
def read(tmp_path):
    return lambda **environ: Settings.from_environment({"ACCORD_HOME": str(tmp_path / "home"), **environ})


def test_a_newcomer_needs_to_set_nothing(read, tmp_path):
    settings = read()
    assert (settings.environment, settings.public_url, settings.mail) == (
        "development",
        "http://127.0.0.1:5000",
        None,
    )
    assert settings.database_url == f"sqlite:///{tmp_path / 'home' / 'accord.db'}"
    assert read().secret_keys == settings.secret_keys
    assert stat.S_IMODE((tmp_path / "home" / "secret-key").stat().st_mode) == 0o600


def test_production_starts_with_a_key_and_an_address(read):
    settings = read(**GOOD)
    assert (settings.https, settings.development) == (True, False)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY must be set in production"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be random"),
        ({"SECRET_KEY": "a" * 64}, "SECRET_KEY must be random"),
        ({"SECRET_KEY": f"{GOOD['SECRET_KEY']},short"}, "SECRET_KEY must be random"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL must be set in production"),
        ({"PUBLIC_URL": "devis.example.com"}, "PUBLIC_URL must be an address"),
        ({"PUBLIC_URL": "ftp://devis.example.com"}, "PUBLIC_URL must be an address"),
        ({"PUBLIC_URL": "https://example.com/devis"}, "PUBLIC_URL must be an address"),
        ({"ACCORD_ENV": "prod"}, "ACCORD_ENV must be one of"),
        ({"PORT": "http"}, "PORT must be a whole number"),
        ({"PORT": "-1"}, "PORT must be a whole number"),
        ({"PORT": "0"}, "PORT must be at least 1, not 0"),
        ({"OUTBOX_SWEEP": "0"}, "OUTBOX_SWEEP must be at least 1, not 0"),
        ({"OUTBOX_LEASE": "0"}, "OUTBOX_LEASE must be at least 1, not 0"),
        ({"TRUSTED_PROXIES": "²"}, "TRUSTED_PROXIES must be a whole number"),
        ({"ARCHIVE_URL": "s3://bucket"}, "ARCHIVE_URL must be a folder"),
        ({"MAIL_SERVER": "smtp.example.com"}, "MAIL_SENDER must be set"),
        (MAIL | {"MAIL_SENDER": "Accord <devis@example.com>"}, "MAIL_SENDER must be an address alone"),
        (MAIL | {"MAIL_SENDER": "devis"}, "MAIL_SENDER must be an address alone"),
        (MAIL | {"MAIL_SENDER": "hélène@example.com"}, "MAIL_SENDER must be an address alone"),
        (MAIL | {"MAIL_SENDER": "a@example.com\nBcc: b@example.com"}, "MAIL_SENDER must be an address alone"),
        (MAIL | {"MAIL_TIMEOUT": "0"}, "MAIL_TIMEOUT must be at least 1, not 0"),
        (MAIL | {"MAIL_PORT": "0"}, "MAIL_PORT must be at least 1, not 0"),
        (MAIL | {"MAIL_USE_TLS": "oui"}, "MAIL_USE_TLS must be 1 or 0"),
        (MAIL | {"MAIL_USE_SSL": "2"}, "MAIL_USE_SSL must be 1 or 0"),
    ],
)
def test_what_cannot_work_is_refused_with_a_sentence(read, changes, sentence):
    with pytest.raises(SettingsError, match=sentence):
        read(**GOOD | changes)


@pytest.mark.parametrize("spelling", ["postgres", "postgresql"])
def test_postgresql_may_be_spelled_as_its_hosts_do(read, spelling):
    assert read(DATABASE_URL=f"{spelling}://u@h/d").database_url == "postgresql+psycopg://u@h/d"


def test_keys_are_rotated_by_putting_the_new_one_first(read):
    assert read(SECRET_KEY="a" * 40 + " , " + "b" * 40).secret_keys == ("a" * 40, "b" * 40)


@pytest.mark.parametrize(
    ("given", "port"), [({}, 587), ({"MAIL_USE_SSL": "1"}, 465), ({"MAIL_PORT": "25"}, 25)]
)
def test_mail_goes_to_the_usual_port(read, given, port):
    mail = read(**MAIL, **given).mail
    assert (mail.port, mail.timeout) == (port, 20)


@pytest.mark.parametrize(
    ("given", "encryption"),
    [
        ({}, (True, False)),
        ({"MAIL_USE_TLS": ""}, (True, False)),
        ({"MAIL_USE_TLS": "Yes"}, (True, False)),
        *(({"MAIL_USE_TLS": word}, (False, False)) for word in ("0", "false", "no", "OFF")),
        ({"MAIL_USE_SSL": "1"}, (False, True)),
        ({"MAIL_USE_SSL": "0"}, (True, False)),
    ],
)
def test_mail_is_encrypted_unless_somebody_says_otherwise(read, given, encryption):
    mail = read(**MAIL, **given).mail
    assert (mail.use_tls, mail.use_ssl) == encryption


def test_a_sender_is_written_as_every_mail_server_reads_it(read):
    assert (
        read(**MAIL | {"MAIL_SENDER": " devis@hélène.example "}).mail.sender == "devis@xn--hlne-6oae.example"
    )


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://Devis.Example.COM", "https://devis.example.com"),
        ("HTTPS://devis.example.com/", "https://devis.example.com"),
        ("https://devis.example.com:443", "https://devis.example.com"),
        ("http://devis.example.com:80/", "http://devis.example.com"),
        ("https://devis.example.com:8443", "https://devis.example.com:8443"),
        ("http://devis.example.com:443", "http://devis.example.com:443"),
        ("https://menuisérie.example", "https://xn--menuisrie-g4a.example"),
        ("http://[2001:DB8::1]:5000", "http://[2001:db8::1]:5000"),
        ("https://[2001:db8::1]:443", "https://[2001:db8::1]"),
    ],
)
def test_the_public_address_is_spelled_as_browsers_write_an_origin(read, given, origin):
    assert read(PUBLIC_URL=given).public_url == origin


@pytest.mark.parametrize(
    "more",
    [
        "https://devis.example.com/devis",
        "https://devis.example.com?a=b",
        "https://devis.example.com?",
        "https://devis.example.com#a",
        "https://anne@devis.example.com",
        "https://anne:secret@devis.example.com",
        "https://devis.example.com:http",
        "https://devis.example.com:70000",
        "https://",
        "https://[2001:db8::1",
        "//devis.example.com",
    ],
)
def test_a_public_address_is_an_origin_and_nothing_more(read, more):
    with pytest.raises(SettingsError, match="PUBLIC_URL must be an address without a path"):
        read(PUBLIC_URL=more)


def test_a_new_home_is_for_its_owner_alone_and_an_old_one_stays_as_it_was_set(read, tmp_path):
    read()
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700
    (tmp_path / "home").chmod(0o750)
    read()
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o750
