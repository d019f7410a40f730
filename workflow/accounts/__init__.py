"""Accounts: who had a case and for how long, each stretch of its time attributed once; and each unit's own record."""

from .case_account import CaseAccount, account
from .slip_account import Return, SlipAccount, SlipWords
from .timeline import Holding, Interval, Span, partition, shares

__all__ = [
    "CaseAccount",
    "Holding",
    "Interval",
    "Return",
    "SlipAccount",
    "SlipWords",
    "Span",
    "account",
    "partition",
    "shares",
]
