"""Rehearsing a procedure: stories, and the tests that its owner writes, on an engine whose time is driven.

story (steps one after another) and expectations (what each must lead to) -> rehearsing (a file of them, each in an
empty office) -> coverage (what of the procedure was reached).
"""
