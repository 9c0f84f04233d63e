"""Whether a form was sent by one of our own pages."""


def is_same_origin(site: str, origin: str, host: str) -> bool:
    """
    Tell whether a request that changes something comes from our own pages.

    A browser says so in ``Sec-Fetch-Site`` on a trustworthy connection, and otherwise in
    ``Origin``; what sends neither is no browser, and holds no visitor's cookies.

    Args:
        site: ``Sec-Fetch-Site``; empty if it was not sent.
        origin: ``Origin``; likewise.
        host: ``Host``.

    Source:
        Fetch Metadata (W3C); OWASP, Cross-Site Request Forgery Prevention.
    """
    if site:
        return site in {"same-origin", "none"}
    if not origin:
        return True
    return bool(host) and origin.partition("://")[2].lower() == host.lower()
