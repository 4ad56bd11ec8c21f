"""The database away, slow, locked or full, under real processes: a 503, nothing half-done, healed at once."""
