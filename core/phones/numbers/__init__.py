"""Phone numbers: their normal form, the reasons to reject one, and masking for logs."""
