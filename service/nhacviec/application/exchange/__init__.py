"""Workbooks: the catalogue's entries as rows of sheets and back; pure but for the use case that imports."""
