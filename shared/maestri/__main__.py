"""``python -m maestri`` is ``maestri``."""

from maestri.cli import main

if __name__ == "__main__":
    main()
