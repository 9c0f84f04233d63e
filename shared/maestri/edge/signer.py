"""A text that clients keep for us, with a proof that it is ours."""

import hashlib
from collections.abc import Iterable
from typing import ClassVar

import itsdangerous

from maestri import clock

SIGNED_CHARACTERS_MAX = 4_096


class Signer:
    """
    Sign texts for one purpose, and tell what was signed for it.

    HMAC with SHA-256; the time of signing is part of what is signed.

    Args:
        secret: Known to all replicas, and to nobody else.
        purpose: What is signed for one purpose does not verify for another.
        dated: Whether the time is signed too. Without it equal texts are signed equally, so that a
            response that holds one keeps its ETag, and nothing grows old.

    Raises:
        ValueError: The secret is empty.
    """

    def __init__(self, secret: str, purpose: str, *, dated: bool = True) -> None:
        if not secret:
            raise ValueError("the secret is empty; set one that nobody can guess")
        self._signer: itsdangerous.Signer | _ClockSigner = (
            _ClockSigner(secret, salt=f"maestri.{purpose}", digest_method=hashlib.sha256)
            if dated
            else _UndatedSigner(
                secret, salt=f"maestri.{purpose}.undated", digest_method=hashlib.sha256
            )
        )

    def sign(self, text: str) -> str:
        """Return *text* with its signature, in characters that a cookie or a URL may hold."""
        return self._signer.sign(text).decode()

    def unsign(self, text: str, max_age_s: float | None = None) -> str | None:
        """
        Return what was signed; None if it was not by us, or longer ago than *max_age_s*.

        Replicas sign for each other: what another clock dated up to 60 s ahead is new.

        Raises:
            ValueError: An age is asked for, and this signer does not date what it signs.
        """
        if len(text) > SIGNED_CHARACTERS_MAX or not text.isascii():
            return None
        try:
            if isinstance(self._signer, _ClockSigner):
                signed, at = self._signer.unsign(text, return_timestamp=True)
                grown_old = max_age_s is not None and not (
                    0 <= clock.age_s(at.timestamp()) <= max_age_s
                )
                return None if grown_old else signed.decode()
            if max_age_s is not None:
                raise ValueError("the age is unknown; sign with dated=True")
            return self._signer.unsign(text).decode()
        except itsdangerous.BadSignature:
            return None

    def unsign_any(self, texts: Iterable[str], max_age_s: float | None = None) -> str | None:
        """
        Return the first of *texts* that was signed, as ``unsign`` does; None if none was.

        For cookies: of one name there may be several, and other applications' come first.
        """
        for text in texts:
            found = self.unsign(text, max_age_s)
            if found is not None:
                return found
        return None


class _UndatedSigner(itsdangerous.Signer):
    default_key_derivation: ClassVar[str] = "hmac"  # type: ignore[misc]  # it is declared per instance


class _ClockSigner(itsdangerous.TimestampSigner):
    default_key_derivation: ClassVar[str] = "hmac"  # type: ignore[misc]  # it is declared per instance

    def get_timestamp(self) -> int:
        return int(clock.unix_s())
