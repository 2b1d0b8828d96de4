CREATE TABLE model_calls (
    session_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    owner TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status TEXT NOT NULL,
    document JSON NOT NULL,
    CONSTRAINT pk_model_calls PRIMARY KEY (session_id, n),
    CONSTRAINT fk_model_calls_owner_session_id FOREIGN KEY(owner, session_id) REFERENCES sessions (owner, session_id) ON DELETE CASCADE
);
