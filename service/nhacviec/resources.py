"""Where the words, the configuration and the deployment files lie.

In a checkout ``templates/``, ``config/`` and ``deploy/`` lie beside ``service/``; in a wheel they lie inside
the package, under ``_shipped/``.  No other module knows the difference.
"""

from pathlib import Path

SHIPPED = ("templates", "config", "deploy")
_PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """Give one of the folders that ship with the product.

    Args:
        name: ``templates``, ``config`` or ``deploy``.

    Raises:
        ValueError: for any other name.
    """
    if name not in SHIPPED:
        raise ValueError(f"no folder {name!r} ships with nhacviec, only {', '.join(SHIPPED)}")
    inside = _PACKAGE / "_shipped" / name
    return inside if inside.is_dir() else _PACKAGE.parent.parent / name
