"""Cars: every listing of CHE168, loaded once and kept current."""
