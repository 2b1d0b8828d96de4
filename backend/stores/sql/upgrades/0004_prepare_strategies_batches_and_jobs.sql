CREATE TABLE api_tokens (
    number INTEGER NOT NULL,
    owner TEXT NOT NULL,
    token_id TEXT NOT NULL,
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    created_at DATETIME NOT NULL,
    expires_at DATETIME,
    revoked_at DATETIME,
    CONSTRAINT pk_api_tokens PRIMARY KEY (number),
    CONSTRAINT uq_api_tokens_token_id UNIQUE (token_id),
    CONSTRAINT uq_api_tokens_token_hash UNIQUE (token_hash)
);

CREATE INDEX ix_api_tokens_owner_created_at ON api_tokens (owner, created_at);

CREATE TABLE batches (
    number INTEGER NOT NULL,
    owner TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at DATETIME NOT NULL,
    document JSON NOT NULL,
    CONSTRAINT pk_batches PRIMARY KEY (number),
    CONSTRAINT uq_batches_batch_id UNIQUE (batch_id),
    CONSTRAINT uq_batches_owner_batch_id UNIQUE (owner, batch_id)
);

CREATE INDEX ix_batches_owner_created_at ON batches (owner, created_at);

CREATE TABLE idempotency_keys (
    owner TEXT NOT NULL,
    "key" TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    created_at DATETIME NOT NULL,
    status INTEGER,
    response JSON,
    CONSTRAINT pk_idempotency_keys PRIMARY KEY (owner, "key")
);

CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at);

CREATE TABLE model_replies (
    owner TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    model TEXT NOT NULL,
    created_at DATETIME NOT NULL,
    input_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    reply JSON NOT NULL,
    CONSTRAINT pk_model_replies PRIMARY KEY (owner, request_hash)
);

CREATE INDEX ix_model_replies_owner_created_at ON model_replies (owner, created_at);

CREATE TABLE strategies (
    number INTEGER NOT NULL,
    owner TEXT NOT NULL,
    strategy_id TEXT NOT NULL,
    name TEXT NOT NULL,
    spec_hash TEXT NOT NULL,
    created_at DATETIME NOT NULL,
    document JSON NOT NULL,
    CONSTRAINT pk_strategies PRIMARY KEY (number),
    CONSTRAINT uq_strategies_strategy_id UNIQUE (strategy_id),
    CONSTRAINT uq_strategies_owner_strategy_id UNIQUE (owner, strategy_id),
    CONSTRAINT uq_strategies_owner_name UNIQUE (owner, name)
);

CREATE TABLE batch_cells (
    batch_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    owner TEXT NOT NULL,
    symbol TEXT NOT NULL,
    status TEXT NOT NULL,
    run_id TEXT,
    document JSON NOT NULL,
    CONSTRAINT pk_batch_cells PRIMARY KEY (batch_id, n),
    CONSTRAINT fk_batch_cells_owner_batch_id FOREIGN KEY(owner, batch_id) REFERENCES batches (owner, batch_id) ON DELETE CASCADE,
    CONSTRAINT fk_batch_cells_owner_run_id FOREIGN KEY(owner, run_id) REFERENCES backtest_runs (owner, run_id)
);

CREATE INDEX ix_batch_cells_owner_run_id ON batch_cells (owner, run_id);

CREATE TABLE jobs (
    number INTEGER NOT NULL,
    owner TEXT NOT NULL,
    job_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    session_id TEXT,
    created_at DATETIME NOT NULL,
    started_at DATETIME,
    ended_at DATETIME,
    document JSON NOT NULL,
    CONSTRAINT pk_jobs PRIMARY KEY (number),
    CONSTRAINT uq_jobs_job_id UNIQUE (job_id),
    CONSTRAINT fk_jobs_owner_session_id FOREIGN KEY(owner, session_id) REFERENCES sessions (owner, session_id) ON DELETE CASCADE
);

CREATE INDEX ix_jobs_owner_created_at ON jobs (owner, created_at);

CREATE INDEX ix_jobs_owner_session_id ON jobs (owner, session_id);

CREATE INDEX ix_jobs_status_number ON jobs (status, number);
