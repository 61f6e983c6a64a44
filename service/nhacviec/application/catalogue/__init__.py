"""The catalogue: what the secretary configures, from YAML to domain objects and back."""
