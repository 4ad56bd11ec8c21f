"""How long PostgreSQL may make us wait, said when a connection opens."""


def postgresql_waits(*, lock: int, statement: int, idle: int) -> dict[str, str]:
    """In seconds; 0 sets nothing, which a pooler that refuses such options (PgBouncer) asks for."""
    waits = {
        "lock_timeout": lock,
        "statement_timeout": statement,
        "idle_in_transaction_session_timeout": idle,
    }
    said = " ".join(f"-c {name}={seconds}s" for name, seconds in waits.items() if seconds)
    return {"options": said} if said else {}
