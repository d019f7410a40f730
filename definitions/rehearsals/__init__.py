"""Test files and stories: dated facts and what must come of them, read into steps."""
