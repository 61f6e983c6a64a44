"""Reading ``words/<language>.toml``: one file, one language."""

import tomllib
from pathlib import Path

from nhacviec.domain.errors import RuleError, TemplateError
from nhacviec.domain.vocabulary import Vocabulary


def load_vocabulary(folder: Path) -> Vocabulary:
    """Read the words of every language that has a file.

    Args:
        folder: the folder of templates; the words lie in its ``words/``.

    Raises:
        TemplateError: there is no such file, or one is not TOML of strings.
    """
    tables: dict[str, dict[str, object]] = {}
    for file in sorted((folder / "words").glob("*.toml")):
        try:
            tables[file.stem] = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise TemplateError(f"words/{file.name}", str(error)) from error
    if not tables:
        raise TemplateError("words", "no language has a file of words here")
    try:
        return Vocabulary(tables)
    except RuleError as error:
        raise TemplateError("words", str(error)) from error
