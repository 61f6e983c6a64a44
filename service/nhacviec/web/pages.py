"""Pages out of ``templates/web/``."""

from pathlib import Path

import jinja2

from nhacviec.domain.errors import TemplateError


class Pages:
    """Fills page templates; everything in them is escaped.

    Args:
        folder: the folder of templates.
    """

    def __init__(self, folder: Path) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folder / "web"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def fill(self, name: str, **context: object) -> str:
        """One page.

        Raises:
            TemplateError: it is missing, or uses what the context lacks.
        """
        try:
            return self._environment.get_template(name).render(**context)
        except jinja2.TemplateError as error:
            raise TemplateError(f"web/{name}", str(error)) from error
