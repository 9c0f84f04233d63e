"""A text that clients keep for us, with a proof that it is ours."""

import hashlib
from typing import ClassVar

from itsdangerous import BadSignature, TimestampSigner

from maestri import clock

SIGNED_CHARACTERS_MAX = 4_096


class Signer:
    """
    Sign texts for one purpose, and tell what was signed for it.

    HMAC with SHA-256; the time of signing is part of what is signed.

    Args:
        secret: Known to all replicas, and to nobody else.
        purpose: What is signed for one purpose does not verify for another.

    Raises:
        ValueError: The secret is empty.
    """

    def __init__(self, secret: str, purpose: str) -> None:
        if not secret:
            raise ValueError("the secret is empty; set one that nobody can guess")
        self._signer = _ClockSigner(secret, salt=f"maestri.{purpose}", digest_method=hashlib.sha256)

    def sign(self, text: str) -> str:
        """Return *text* with its signature, in characters that a cookie or a URL may hold."""
        return self._signer.sign(text).decode()

    def unsign(self, text: str, max_age_s: float | None = None) -> str | None:
        """Return what was signed; None if it was not by us, or longer ago than *max_age_s*."""
        if len(text) > SIGNED_CHARACTERS_MAX or not text.isascii():
            return None
        try:
            return self._signer.unsign(text, max_age=max_age_s).decode()  # type: ignore[arg-type]  # any number will do
        except BadSignature:
            return None


class _ClockSigner(TimestampSigner):
    default_key_derivation: ClassVar[str] = "hmac"  # type: ignore[misc]  # it is declared per instance

    def get_timestamp(self) -> int:
        return int(clock.unix_s())
