"""The arithmetic of loans, without documents: a library below the plugins, without hooks.

Amounts and percents are decimals, rates nominal a year. It knows nothing of loanbatch.
"""

from loanbatch_plugins.finance._amortization import (
    MOST_PAYMENTS,
    MOST_PERCENT,
    ScheduledPayment,
    amortization_schedule,
    effective_annual_rate,
    level_payment,
    principal_repaid,
    rounded,
)
from loanbatch_plugins.finance._apr import (
    Advance,
    AnnualPercentageRate,
    PaymentSeries,
    annual_percentage_rate,
    unit_period_of,
)
from loanbatch_plugins.finance._business_days import business_days_after, public_holidays
from loanbatch_plugins.finance._intervals import NAMED, Count, Interval, Unit, count_between

__all__ = [
    "MOST_PAYMENTS",
    "MOST_PERCENT",
    "NAMED",
    "Advance",
    "AnnualPercentageRate",
    "Count",
    "Interval",
    "PaymentSeries",
    "ScheduledPayment",
    "Unit",
    "amortization_schedule",
    "annual_percentage_rate",
    "business_days_after",
    "count_between",
    "effective_annual_rate",
    "level_payment",
    "principal_repaid",
    "public_holidays",
    "rounded",
    "unit_period_of",
]
