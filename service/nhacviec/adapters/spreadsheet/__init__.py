"""Workbooks (.xlsx), read and written; the only home of python-calamine and xlsxwriter."""

from nhacviec.adapters.spreadsheet.reading import read_workbook
from nhacviec.adapters.spreadsheet.writing import write_workbook

__all__ = ["read_workbook", "write_workbook"]
