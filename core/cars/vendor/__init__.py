"""CHE168's API: the one place that knows its requests, its field names and its forms."""
