"""A title insurer's commitment: schedule A, and some requirements and exceptions.

Source: ALTA commitment for title insurance.
"""

from __future__ import annotations

from datetime import timedelta

from loanbatch.testing.samples._canvas import Canvas
from loanbatch.testing.samples._formats import dollars, long_date, short_dollars, us_date_padded
from loanbatch.testing.samples._mortgage import Mortgage
from loanbatch.testing.samples._sheet import Look, Sheet

STYLES = {
    "alta": Look(family="times", layout="inline", size=10, money=dollars, date=long_date),
    "table": Look(layout="ruled", wording=1, date=us_date_padded, money=short_dollars),
    "columns": Look(layout="colon", wording=2, size=9.5, tabs=True, date=long_date),
}

_LABELS = {
    "title_commitment_number": ("Commitment No.", "Commitment Number", "File No."),
    "title_commitment_date": ("Commitment Date", "Effective Date", "Commitment Date"),
    "title_insurer_name": ("Title Insurance Company", "Underwriter", "Insurer"),
    "title_agent_name": ("Issuing Agent", "Title Agent", "Issuing Office"),
    "loan_identifier": ("Loan ID No.", "Loan Number", "Lender's Loan No."),
    "property_address": ("Property Address",),
    "property_owner_of_record": ("Title is vested in", "Owner of Record", "Vested Owner"),
}


def draw(canvas: Canvas, loan: Mortgage, style: str) -> None:
    """Draw the commitment on one or two pages."""
    sheet = Sheet(canvas, STYLES[style], _LABELS)
    truth = sheet.truth
    insurer = f"{loan.agent.name.split()[0]} National Title Insurance Company"
    sheet.title("ALTA COMMITMENT FOR TITLE INSURANCE")
    sheet.title("SCHEDULE A", size=12)
    sheet.values(
        [
            sheet.plain("title_commitment_number", loan.file_number),
            sheet.date("title_commitment_date", loan.issued - timedelta(days=20)),
            sheet.plain("title_insurer_name", insurer),
            sheet.plain("title_agent_name", loan.agent.name),
            sheet.plain("loan_identifier", loan.identifier),
            sheet.address("property_address", loan.property_lines, one_line=True),
        ]
    )
    sheet.section("Policy to be issued")
    buyers = [person.name for person in loan.borrowers]
    for title, name, amount in (
        ("ALTA Owner's Policy", "owner_policy_amount", loan.terms.price),
        ("ALTA Loan Policy", "loan_policy_amount", loan.terms.amount),
    ):
        sheet.paragraph(title, bold=True)
        if name == "owner_policy_amount":
            who = truth.names("proposed_insured_owner_names", buyers)
        else:
            who = truth.plain("lender_name", loan.lender.name)
        sheet.values(
            [
                ("Proposed Insured", who),
                ("Proposed Policy Amount", truth.money(name, amount, sheet.look.money(amount))),
            ]
        )
    sheet.section("Estate or Interest")
    owners = " and ".join(person.name for person in loan.sellers)
    sheet.values(
        [
            ("The estate or interest in the Land", "Fee Simple"),
            sheet.plain("property_owner_of_record", owners),
        ]
    )
    sheet.section("SCHEDULE B, PART I - Requirements")
    sheet.paragraph("1. Pay the agreed amount for the estate or interest to be insured.")
    sheet.paragraph("2. Pay the premiums, fees, and charges for the Policy to the Company.")
    sheet.paragraph("3. Record the deed and the mortgage in the public records.")
    sheet.section("SCHEDULE B, PART II - Exceptions")
    sheet.paragraph("1. Taxes for the current year, a lien not yet due and payable.")
    sheet.paragraph("2. Easements, if any, not shown by the public records.")
