"""The ports made of real things; adapters do not know each other."""
