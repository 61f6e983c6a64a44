"""The schema for editors is the one that the shapes give."""

import json

from nhacviec.application.catalogue.schema import json_schema
from tests.application.catalogue.given import ROOT

FILE = ROOT / "config/schema/catalogue.schema.json"


def test_the_schema_file_is_fresh() -> None:
    written = json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"

    assert FILE.read_text("utf-8") == written, f"write json_schema() to {FILE} anew"


def test_the_schema_names_every_section_and_refuses_others() -> None:
    schema = json_schema()

    assert list(schema["properties"]) == [
        "nhacviec",
        "organisation",
        "calendar",
        "units",
        "policies",
        "duties",
        "adjust",
    ]
    assert schema["additionalProperties"] is False
    assert schema["$defs"]["DutyShape"]["properties"]["every"]["anyOf"][0]["oneOf"][0]["enum"][0] == "day"
