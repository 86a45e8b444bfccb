"""What makes a password acceptable (NIST SP 800-63B: length and a list, no composition rules)."""

from backoffice.staff.refusals import WeakPassword

SHORTEST = 12
LONGEST = 256
FEWEST_SIGNS = 3

# Of the most used ones, those long enough to pass the first test, and what our own name invites.
COMMON = frozenset(
    {
        "123456789012", "1234567890123", "12345678901234", "123456123456", "123123123123",
        "012345678910", "111111111111", "000000000000", "abcdefghijkl", "azertyuiopqs",
        "azertyuiop123", "qwertyuiopas", "qwertyuiop123", "qwertzuiop123", "1q2w3e4r5t6y",
        "1qaz2wsx3edc", "1a2b3c4d5e6f", "passwordpassword", "password1234", "password12345",
        "password123456", "motdepasse12", "motdepasse123", "motdepasse1234", "motdepassemotdepasse",
        "administrator", "administrateur", "admin1234567", "adminadminadmin", "bonjourbonjour",
        "jetaimejetaime", "iloveyouiloveyou", "letmeinletmein", "welcome12345", "bienvenue123",
        "bienvenue1234", "changeme1234", "changezmoi123", "unbelievable",
        "correcthorsebatterystaple", "accordaccord", "accord123456", "accord-accord",
    }
)  # fmt: skip


def check(password: str, *, email: str) -> None:
    """Raise WeakPassword when it is too short, too long, much used, of one or two signs, or the address."""
    reason = problem_of(password, email=email)
    if reason is not None:
        raise WeakPassword(reason=reason)


def problem_of(password: str, *, email: str) -> str | None:
    """What is wrong with it: "short", "long", "common" or None."""
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    folded = password.casefold()
    made_of_address = folded in {email, email.partition("@")[0]}
    if folded in COMMON or len(set(folded)) < FEWEST_SIGNS or made_of_address:
        return "common"
    return None
