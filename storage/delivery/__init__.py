"""Sending letters to the world outside: by mail, to web addresses, and to the robots of group chats."""

from .post import Post

__all__ = ["Post"]
