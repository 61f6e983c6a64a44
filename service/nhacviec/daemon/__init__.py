"""Driven by time: the rhythm, the life from start to stop, and the talk with systemd."""
