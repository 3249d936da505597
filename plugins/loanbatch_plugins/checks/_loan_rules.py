"""All rules across the documents of a loan, by concern."""

from loanbatch_plugins.checks import _good_faith, _loan_papers
from loanbatch_plugins.checks._across import LoanRule

LOAN_RULES: tuple[LoanRule, ...] = (*_good_faith.RULES, *_loan_papers.RULES)
