"""Reports: the figures that leaders look at, the lists behind them, and the log of patrols, as of a cut-off."""

from .patrol import PatrolLog, patrol_log
from .plan import Group, PatrolPlan, Plan, plan_of
from .report import Report, make_report

__all__ = ["Group", "PatrolLog", "PatrolPlan", "Plan", "Report", "make_report", "patrol_log", "plan_of"]
