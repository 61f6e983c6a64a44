"""Letters out of ``templates/mail/``, reviews out of ``templates/review/``; the only home of Jinja here."""

from nhacviec.adapters.templating.composer import JinjaComposer
from nhacviec.adapters.templating.writer import JinjaWriter

__all__ = ["JinjaComposer", "JinjaWriter"]
