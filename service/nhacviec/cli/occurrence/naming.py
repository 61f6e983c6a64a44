"""How an occurrence is named on the command line."""

from typing import Annotated

import typer

Duty = Annotated[str, typer.Argument(metavar="DUTY", help="Code of the duty, such as BC-01.")]
Unit = Annotated[str, typer.Argument(metavar="UNIT", help="Code of the unit.")]
Period = Annotated[str, typer.Argument(metavar="PERIOD", help="2017-06, 2017-Q2, 2017-H1, 2017, a date …")]
Evidence = Annotated[
    list[str], typer.Option("--evidence", metavar="KEY=VALUE", help="Repeat for each field.")
]
