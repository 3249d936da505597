"""Readers in code for what labels and places cannot say, by their names in templates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from importlib import import_module
from typing import Any

from loanbatch_plugins.templates._candidates import Candidate
from loanbatch_plugins.templates._schema import Rule
from loanbatch_plugins.templates._view import DocumentView

Reader = Callable[[DocumentView, Rule, str], Iterable[Candidate]]


class _Reader:
    """A reader in a module, which is loaded when it is first asked: many have many patterns."""

    def __init__(self, module: str, name: str, *arguments: object, **options: object) -> None:
        self._module = module
        self._name = name
        #: Of the function that makes the reader; without any, the function is the reader.
        self._arguments = arguments
        self._options = options

    @cached_property
    def _read(self) -> Reader:
        found: Any = getattr(import_module(f"{__package__}.{self._module}"), self._name)
        if self._arguments or self._options:
            found = found(*self._arguments, **self._options)
        read: Reader = found
        return read

    def __call__(self, view: DocumentView, rule: Rule, extractor: str) -> Iterable[Candidate]:
        return self._read(view, rule, extractor)


READERS: Mapping[str, Reader] = {
    "person": _Reader("_parties", "person", address=False),
    "person_address": _Reader("_parties", "person", address=True),
    "payer_address": _Reader("_parties", "person", address=True, payer=True),
    "organization": _Reader("_parties", "organization", address=False),
    "organization_address": _Reader("_parties", "organization", address=True),
    "employee": _Reader("_parties", "person", address=False, after_employer=True),
    "employee_address": _Reader("_parties", "person", address=True, after_employer=True),
    "employer": _Reader("_parties", "organization", address=False, employer=True),
    "employer_address": _Reader("_parties", "organization", address=True, employer=True),
    "letterhead": _Reader("_parties", "letterhead"),
    "holder": _Reader("_holders", "holder", address=False),
    "holder_address": _Reader("_holders", "holder", address=True),
    "institution": _Reader("_holders", "institution"),
    "fees": _Reader("_costs", "fees"),
    "section_totals": _Reader("_costs", "section_totals"),
    "transaction_summary": _Reader("_costs", "transaction_summary"),
    "cash_to_close_table": _Reader("_cash_to_close", "cash_to_close_table"),
    "contacts": _Reader("_contacts", "contacts"),
    "projected_payments": _Reader("_projected", "periods"),
    "projected_mortgage_insurance": _Reader("_projected", "first_period", "mortgage_insurance"),
    "projected_escrow": _Reader("_projected", "first_period", "escrow"),
    "projected_total": _Reader("_projected", "first_period", "total"),
    "card_element": _Reader("_cards", "card_element"),
    "crossed_rows": _Reader("_crossed_rows", "crossed_rows"),
    "accounts": _Reader("_accounts", "accounts"),
    "captioned_rows": _Reader("_captioned", "captioned_rows"),
    "labelled_row": _Reader("_captioned", "labelled_row"),
    "celled_row": _Reader("_captioned", "celled_row"),
    "coded_amounts": _Reader("_captioned", "coded_amounts"),
    "first_of_rows": _Reader("_captioned", "first_of_rows"),
    "ordered_tick": _Reader("_ordered_ticks", "ordered_tick"),
    "earnings": _Reader("_payroll", "earnings"),
    "deductions": _Reader("_payroll", "deductions"),
    "table_total": _Reader("_payroll", "table_total"),
    "regular_line": _Reader("_payroll", "regular_line"),
    "transactions": _Reader("_statements", "transactions"),
    "balance_summary": _Reader("_summaries", "balance_summary"),
    "short_period": _Reader("_summaries", "short_period"),
    "rental_properties": _Reader("_rentals", "rental_properties"),
    "rental_addresses": _Reader("_rentals", "rental_addresses"),
    "account_cells": _Reader("_holdings", "account_cells"),
    "owned_properties": _Reader("_holdings", "owned_properties"),
    "side_fees": _Reader("_keyfacts", "side_fees"),
    "schedule_count": _Reader("_schedules", "count"),
    "schedule_payment": _Reader("_schedules", "level_payment"),
    "schedule_first_date": _Reader("_schedules", "date_of", 0),
    "schedule_last_date": _Reader("_schedules", "date_of", -1),
}
