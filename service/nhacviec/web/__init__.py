"""Driven by people: pages in a browser."""
