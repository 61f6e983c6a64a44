"""The shapes of the catalogue: what may be written, in which form; the only home of pydantic here."""

from nhacviec.application.catalogue.schema.base import Misfit, Path, Shape, read, read_strictly, written
from nhacviec.application.catalogue.schema.duty import json_schema

__all__ = ["Misfit", "Path", "Shape", "json_schema", "read", "read_strictly", "written"]
