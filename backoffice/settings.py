"""What the environment decides, read once when the application is created."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

PROJECT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("development", "testing", "production")
DEFAULT_PORTS = {"http": 80, "https": 443}
LOG_FORMATS = ("text", "json")
LOG_LEVELS = ("debug", "info", "warning", "error")
YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off"})
VARIABLES = (
    "ACCORD_ENV", "ACCORD_HOME", "HOST", "PORT", "PUBLIC_URL", "SECRET_KEY", "TRUSTED_PROXIES",
    "DATABASE_URL", "QUEUE_URL", "ARCHIVE_URL", "OUTBOX_LEASE", "OUTBOX_SWEEP",
    "MAIL_SERVER", "MAIL_PORT", "MAIL_USERNAME", "MAIL_PASSWORD", "MAIL_USE_TLS", "MAIL_USE_SSL", "MAIL_SENDER",
    "MAIL_TIMEOUT", "LOG_FORMAT", "LOG_LEVEL",
)  # fmt: skip
"""All that is read of the environment; ``./accord test`` hands none of it on."""
SHORTEST_SECRET = 32
FEWEST_SIGNS = 8


class SettingsError(Exception):
    """The environment asks for something the program refuses to start with."""


@dataclass(frozen=True, kw_only=True)
class MailSettings:
    """How to reach the SMTP server; ``timeout`` in seconds bounds every exchange with it."""

    server: str
    port: int
    username: str | None
    password: str | None
    use_tls: bool
    use_ssl: bool
    sender: str
    timeout: int


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything a deployment can choose. ``secret_keys``: newest first, older ones still read."""

    environment: str
    home: Path
    database_url: str
    queue_url: str
    archive: Path
    secret_keys: tuple[str, ...]
    public_url: str
    host: str
    port: int
    trusted_proxies: int
    mail: MailSettings | None
    lease_seconds: int
    sweep_seconds: int
    log_format: str
    log_level: str
    languages: tuple[str, ...] = ("fr", "en")

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def development(self) -> bool:
        return self.environment == "development"

    @property
    def production(self) -> bool:
        return self.environment == "production"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Read and check; raises SettingsError with one sentence saying what to set."""
        environment = environ.get("ACCORD_ENV", "development")
        if environment not in ENVIRONMENTS:
            raise SettingsError(f"ACCORD_ENV must be one of {', '.join(ENVIRONMENTS)}, not {environment!r}.")
        home = Path(environ.get("ACCORD_HOME") or PROJECT / ".accord").resolve()
        _make_private(home)
        production = environment == "production"
        port = _number(environ, "PORT", 5000, least=1)
        host = environ.get("HOST") or "127.0.0.1"
        return cls(
            environment=environment,
            home=home,
            database_url=_database_url(environ.get("DATABASE_URL") or f"sqlite:///{home / 'accord.db'}"),
            queue_url=environ.get("QUEUE_URL") or f"sqlite:///{home / 'queue.db'}",
            archive=_archive(environ.get("ARCHIVE_URL"), home),
            secret_keys=_secret_keys(environ, environment, home),
            public_url=_public_url(environ, environment, host, port),
            host=host,
            port=port,
            trusted_proxies=_number(environ, "TRUSTED_PROXIES", 0),
            mail=_mail(environ),
            lease_seconds=_number(environ, "OUTBOX_LEASE", 120, least=1),
            sweep_seconds=_number(environ, "OUTBOX_SWEEP", 60, least=1),
            log_format=_one_of(environ, "LOG_FORMAT", LOG_FORMATS, "json" if production else "text"),
            log_level=_one_of(environ, "LOG_LEVEL", LOG_LEVELS, "info" if production else "warning").upper(),
        )


def _make_private(home: Path) -> None:
    """Made for this account alone; a folder that is there already keeps the rights that somebody gave it."""
    with contextlib.suppress(FileExistsError):
        home.mkdir(parents=True)
        home.chmod(0o700)  # whatever the umask


def _number(environ: Mapping[str, str], name: str, default: int, *, least: int = 0) -> int:
    text = environ.get(name, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit():
        raise SettingsError(f"{name} must be a whole number, not {text!r}.")
    number = int(text)
    if number < least:
        raise SettingsError(f"{name} must be at least {least}, not {number}.")
    return number


def _one_of(environ: Mapping[str, str], name: str, known: tuple[str, ...], default: str) -> str:
    word = environ.get(name, "").strip().lower() or default
    if word not in known:
        raise SettingsError(f"{name} must be one of {', '.join(known)}, not {word!r}.")
    return word


def _flag(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    word = environ.get(name, "").strip().lower()
    if word and word not in YES | NO:
        raise SettingsError(f"{name} must be 1 or 0 (true, yes, on; false, no, off), not {word!r}.")
    return word in YES if word else default


def _database_url(url: str) -> str:
    """Name the driver that the project installs, whichever spelling of PostgreSQL is given."""
    for spelling in ("postgres://", "postgresql://"):
        if url.startswith(spelling):
            return "postgresql+psycopg://" + url.removeprefix(spelling)
    return url


def _archive(url: str | None, home: Path) -> Path:
    if not url:
        return home / "archive"
    parts = urlsplit(url)
    if parts.scheme not in {"", "file"}:
        raise SettingsError(f"ARCHIVE_URL must be a folder (a path or file:// address), not {url!r}.")
    return Path(parts.path).resolve()


def _public_url(environ: Mapping[str, str], environment: str, host: str, port: int) -> str:
    """The address clients reach, never taken from the Host header."""
    url = environ.get("PUBLIC_URL", "").strip().rstrip("/")
    if not url:
        if environment == "production":
            raise SettingsError(
                "PUBLIC_URL must be set in production: the address that clients open, as https://quotes.example.com."
            )
        shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound
        return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
    try:
        return _origin(url)
    except ValueError:
        raise SettingsError(
            f"PUBLIC_URL must be an address without a path, as https://quotes.example.com, not {url!r}."
        ) from None


def _origin(url: str) -> str:
    """``url`` as browsers write an origin, which forms are compared with. Raises ValueError for more than an origin."""
    parts = urlsplit(url)
    more = parts.path or parts.query or parts.fragment or "@" in parts.netloc or url.endswith(("?", "#"))
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or more:
        raise ValueError(url)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname.encode("idna").decode()
    port = "" if parts.port in {None, DEFAULT_PORTS[parts.scheme]} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def _secret_keys(environ: Mapping[str, str], environment: str, home: Path) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in environ.get("SECRET_KEY", "").split(",") if key.strip())
    if keys:
        weak = [key for key in keys if len(key) < SHORTEST_SECRET or len(set(key)) < FEWEST_SIGNS]
        if environment == "production" and weak:
            raise SettingsError(
                f"SECRET_KEY must be random and at least {SHORTEST_SECRET} characters long in production."
            )
        return keys
    if environment == "production":
        raise SettingsError("SECRET_KEY must be set in production: at least 32 random characters.")
    return (_development_key(home),)


def _development_key(home: Path) -> str:
    """A random key kept in the home folder, so that links survive a restart on a developer's machine."""
    path = home / "secret-key"
    fresh = secrets.token_hex(32)
    draft = home / f".secret-key-{os.getpid()}-{secrets.token_hex(4)}"
    draft.touch(mode=0o600)
    draft.write_text(fresh)
    try:
        os.link(draft, path)  # fails when another process was first: its key is then the one
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text().strip()


def _mail(environ: Mapping[str, str]) -> MailSettings | None:
    server = environ.get("MAIL_SERVER", "").strip()
    if not server:
        return None
    sender = environ.get("MAIL_SENDER", "").strip()
    if not sender:
        raise SettingsError("MAIL_SENDER must be set with MAIL_SERVER: the address that mails come from.")
    use_ssl = _flag(environ, "MAIL_USE_SSL", default=False)
    return MailSettings(
        server=server,
        port=_number(environ, "MAIL_PORT", 465 if use_ssl else 587, least=1),
        username=environ.get("MAIL_USERNAME") or None,
        password=environ.get("MAIL_PASSWORD") or None,
        use_tls=_flag(environ, "MAIL_USE_TLS", default=not use_ssl),
        use_ssl=use_ssl,
        sender=_sender(sender),
        timeout=_number(environ, "MAIL_TIMEOUT", 20, least=1),
    )


def _sender(text: str) -> str:
    """As every mail server understands it: the domain in IDNA, and no letter that only some can carry."""
    try:
        checked = validate_email(
            text, check_deliverability=False, globally_deliverable=False, allow_smtputf8=False
        )
    except EmailNotValidError:
        raise SettingsError(
            f"MAIL_SENDER must be an address alone, as quotes@example.com, not {text!r}: "
            "the name that mails come from is the company’s."
        ) from None
    return str(checked.ascii_email)
