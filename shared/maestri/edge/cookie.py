"""Cookies as response headers."""


def cookie(
    name: str, value: str, *, max_age_s: float, secure: bool, path: str = "/"
) -> tuple[str, str]:
    """
    Return the header that sets a cookie which scripts and other sites' forms cannot use.

    Always ``HttpOnly`` and ``SameSite=Lax``.

    Args:
        name: Its name.
        value: Printable ASCII without spaces, quotes, commas, semicolons and backslashes.
        max_age_s: How long the client keeps it; 0 deletes it.
        secure: Whether it travels over HTTPS only.
        path: Below which it is sent.

    Raises:
        ValueError: The value would end the cookie early.
    """
    if any(not "!" <= character <= "~" or character in '",;\\' for character in value):
        raise ValueError(f"{value!r} is no value of a cookie; sign or encode it first")
    attributes = f"Max-Age={int(max_age_s)}; Path={path}; HttpOnly; SameSite=Lax"
    return "set-cookie", f"{name}={value}; {attributes}{'; Secure' if secure else ''}"
