"""Printing: an issued paper and a template become HTML, a Word file or a PDF."""

from .rendering import FORMATS, print_paper
from .template_check import check_templates
from .templates import Templates

__all__ = ["FORMATS", "Templates", "check_templates", "print_paper"]
