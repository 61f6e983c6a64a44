"""The review of a month, a quarter, a half-year or a year: its figures, and what they say (DOMAIN §1.8)."""
