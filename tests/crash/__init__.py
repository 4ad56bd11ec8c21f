"""Real processes, killed with -9 at random moments under load, on either engine."""
