"""
What a client holds for us comes back as we gave it, or counts for nothing.

Problem: cookies, cursors and forms come from outside, and anybody can write them. Pattern: Client
Session State (Fowler, Patterns of Enterprise Application Architecture), signed; Intercepting the
forged request by its origin (OWASP, Cross-Site Request Forgery Prevention). Smallest example::

    from maestri.contracts import Message
    from maestri.edge import Signer, cookie, decode_cursor, encode_cursor

    class Place(Message):
        page: int

    signer = Signer("a long secret", "cart")
    header = cookie("cart", signer.sign("c-1"), max_age_s=3600, secure=True)
    assert signer.unsign(signer.sign("c-1")) == "c-1"
    assert signer.unsign("c-2") is None
    assert decode_cursor(encode_cursor(Place(2), signer), Place, signer) == Place(2)

Not for secrets: what is signed can be read by its holder.
"""

from maestri.edge.cookie import cookie
from maestri.edge.cursor import decode_cursor, encode_cursor
from maestri.edge.origin import is_same_origin
from maestri.edge.signer import Signer

__all__ = ["Signer", "cookie", "decode_cursor", "encode_cursor", "is_same_origin"]
