"""Catalogue files, YAML 1.2, read and written; the only home of ruamel.yaml."""

from nhacviec.adapters.yaml_files.reading import Document, read_yaml
from nhacviec.adapters.yaml_files.writing import write_yaml

__all__ = ["Document", "read_yaml", "write_yaml"]
