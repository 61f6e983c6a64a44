"""Letters out of ``templates/mail/``; the only home of Jinja among the adapters."""

from nhacviec.adapters.templating.composer import JinjaComposer

__all__ = ["JinjaComposer"]
