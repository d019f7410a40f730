"""The archive package of a case: what is in it, made from the recorded history alone; `storage.bags` writes it down."""

from .completeness import check_complete
from .gathering import gather
from .items import NamedFile
from .metadata import Fonds
from .package import Package, make_package

__all__ = ["Fonds", "NamedFile", "Package", "check_complete", "gather", "make_package"]
