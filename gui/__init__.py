"""The window: shows what the core does and passes on what the operator wants."""
