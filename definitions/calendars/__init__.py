"""Calendar files: a base of holidays or other calendars, closed seasons and single days laid over it, compiled."""
