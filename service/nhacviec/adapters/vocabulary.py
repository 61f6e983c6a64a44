"""Reading ``words/<language>.toml`` and ``sheets/<language>.toml``: one file, one language."""

import tomllib
from pathlib import Path

from nhacviec.domain.errors import RuleError, TemplateError
from nhacviec.domain.vocabulary import Vocabulary


def load_vocabulary(folder: Path, name: str = "words") -> Vocabulary:
    """Read the words of every language that has a file.

    Args:
        folder: the folder of templates.
        name: in which folder below it the words lie: ``words``, or ``sheets`` for those of workbooks.

    Raises:
        TemplateError: there is no such file, or one is not TOML of strings.
    """
    tables: dict[str, dict[str, object]] = {}
    for file in sorted((folder / name).glob("*.toml")):
        try:
            tables[file.stem] = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise TemplateError(f"{name}/{file.name}", str(error)) from error
    if not tables:
        raise TemplateError(name, "no language has a file of words here")
    try:
        return Vocabulary(tables)
    except RuleError as error:
        raise TemplateError(name, str(error)) from error
