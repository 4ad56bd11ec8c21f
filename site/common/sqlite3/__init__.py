"""Django's SQLite, with a quicker wait for the lock: what ``ENGINE`` names."""
