"""nhacviec: a daemon that keeps an organisation's periodic duties."""

__version__ = "0.1.0"
