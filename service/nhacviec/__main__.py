"""``python -m nhacviec`` is the command ``nhacviec``."""

from nhacviec.cli import main

if __name__ == "__main__":
    main()
