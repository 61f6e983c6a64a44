"""The use cases, one per module; the ports they need are declared in ``ports``."""
