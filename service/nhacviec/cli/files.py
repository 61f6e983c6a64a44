"""Catalogue files as the command line names them: files, folders, and what they hold."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from nhacviec.adapters.yaml_files import Document


def documents(named: Sequence[Path]) -> "list[Document]":
    """Read catalogue files; a folder stands for its ``*.yaml``, in order of name.

    Raises:
        CatalogueError: faults of reading, of all files at once.
        typer.BadParameter: a file is not there.
    """
    from nhacviec.adapters.yaml_files import read_yaml
    from nhacviec.domain.errors import CatalogueError, Fault

    read: list[Document] = []
    faults: list[Fault] = []
    for path in _files(named):
        try:
            read.append(read_yaml(path))
        except CatalogueError as error:
            faults.extend(error.faults)
    if faults:
        raise CatalogueError(faults)
    return read


def _files(named: Sequence[Path]) -> list[Path]:
    files: list[Path] = []
    for path in named:
        if path.is_dir():
            found = sorted([*path.glob("*.yaml"), *path.glob("*.yml")])
            if not found:
                raise typer.BadParameter(f"{path} holds no *.yaml")
            files.extend(found)
        elif path.is_file():
            files.append(path)
        else:
            raise typer.BadParameter(f"{path}: no such file")
    return files
