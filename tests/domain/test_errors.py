"""Errors say what is wrong and how to mend it (DESIGN §5)."""

import pytest

from nhacviec.domain.errors import (
    CatalogueError,
    DeliveryError,
    DeliveryRefused,
    Fault,
    NhacViecError,
    RuleError,
    TemplateError,
)


def test_a_rule_error_is_a_problem_and_its_mend() -> None:
    error = RuleError("it is wrong", mend="mend it")

    assert (str(error), error.problem, error.mend) == ("it is wrong — mend it", "it is wrong", "mend it")
    assert str(RuleError("it is wrong")) == "it is wrong"


def test_a_catalogue_error_carries_every_fault_with_its_place() -> None:
    faults = [
        Fault(file="a.yaml", line=3, column=7, problem="wrong", mend="mend it"),
        Fault(file="b.yaml", line=0, column=1, problem="empty"),
        Fault(file="c.xlsx", line=7, column=3, problem="late", place="Đơn vị!C7"),
    ]

    error = CatalogueError(faults)

    assert str(error) == "a.yaml:3:7: wrong — mend it\nb.yaml:0:1: empty\nĐơn vị!C7: late"
    assert error.faults == tuple(faults)
    assert isinstance(error, RuleError)


def test_a_template_error_names_its_template() -> None:
    error = TemplateError("mail/reminder/vi/body.txt", "no such word")

    assert str(error) == "mail/reminder/vi/body.txt: no such word"
    assert (error.template, error.problem) == ("mail/reminder/vi/body.txt", "no such word")


def test_a_delivery_error_shows_the_reply_as_it_came() -> None:
    error = DeliveryRefused("no such user", code=550, stage="rcpt")

    assert (str(error), error.stage) == ("550 no such user", "rcpt")
    assert str(DeliveryError("the line broke")) == "the line broke"
    with pytest.raises(NhacViecError):
        raise error
