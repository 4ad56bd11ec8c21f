"""Mail against a server that does its worst."""
