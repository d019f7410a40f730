"""Procedure files: their shape as people write it, and the checked model that is made of it."""
