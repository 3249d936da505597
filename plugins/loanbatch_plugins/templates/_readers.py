"""Readers in code for what labels and places cannot say, by their names in templates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from loanbatch_plugins.templates import (
    _accounts,
    _captioned,
    _cards,
    _cash_to_close,
    _contacts,
    _costs,
    _crossed_rows,
    _holders,
    _holdings,
    _keyfacts,
    _parties,
    _payroll,
    _projected,
    _rentals,
    _schedules,
    _statements,
    _summaries,
)
from loanbatch_plugins.templates._candidates import Candidate
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._view import DocumentView

Reader = Callable[[DocumentView, Rule, str], Iterable[Candidate]]

READERS: Mapping[str, Reader] = {
    "person": _parties.person(address=False),
    "person_address": _parties.person(address=True),
    "payer_address": _parties.person(address=True, payer=True),
    "organization": _parties.organization(address=False),
    "organization_address": _parties.organization(address=True),
    "employee": _parties.person(address=False, after_employer=True),
    "employee_address": _parties.person(address=True, after_employer=True),
    "employer": _parties.organization(address=False, employer=True),
    "employer_address": _parties.organization(address=True, employer=True),
    "letterhead": _parties.letterhead,
    "holder": _holders.holder(address=False),
    "holder_address": _holders.holder(address=True),
    "institution": _holders.institution,
    "fees": _costs.fees,
    "section_totals": _costs.section_totals,
    "transaction_summary": _costs.transaction_summary,
    "cash_to_close_table": _cash_to_close.cash_to_close_table,
    "contacts": _contacts.contacts,
    "projected_payments": _projected.periods,
    "projected_mortgage_insurance": _projected.first_period("mortgage_insurance"),
    "projected_escrow": _projected.first_period("escrow"),
    "projected_total": _projected.first_period("total"),
    "card_element": _cards.card_element,
    "crossed_rows": _crossed_rows.crossed_rows,
    "accounts": _accounts.accounts,
    "captioned_rows": _captioned.captioned_rows,
    "labelled_row": _captioned.labelled_row,
    "celled_row": _captioned.celled_row,
    "coded_amounts": _captioned.coded_amounts,
    "first_of_rows": _captioned.first_of_rows,
    "earnings": _payroll.earnings,
    "deductions": _payroll.deductions,
    "table_total": _payroll.table_total,
    "regular_line": _payroll.regular_line,
    "transactions": _statements.transactions,
    "balance_summary": _summaries.balance_summary,
    "short_period": _summaries.short_period,
    "rental_properties": _rentals.rental_properties,
    "rental_addresses": _rentals.rental_addresses,
    "account_cells": _holdings.account_cells,
    "owned_properties": _holdings.owned_properties,
    "side_fees": _keyfacts.side_fees,
    "schedule_count": _schedules.count,
    "schedule_payment": _schedules.level_payment,
    "schedule_first_date": _schedules.date_of(0),
    "schedule_last_date": _schedules.date_of(-1),
}
