"""Optional plugins, each behind an extra."""
