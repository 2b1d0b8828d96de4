-- No version so far has written a batch: the tables are made anew, since SQLite adds no column that must have a value.
DROP TABLE batch_cells;

DROP TABLE batches;

CREATE TABLE batches (
    number INTEGER NOT NULL,
    owner TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at DATETIME NOT NULL,
    cancel_requested BOOLEAN NOT NULL,
    document JSON NOT NULL,
    CONSTRAINT pk_batches PRIMARY KEY (number),
    CONSTRAINT uq_batches_batch_id UNIQUE (batch_id),
    CONSTRAINT uq_batches_owner_batch_id UNIQUE (owner, batch_id)
);

CREATE INDEX ix_batches_owner_created_at ON batches (owner, created_at);

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

CREATE TABLE batch_events (
    batch_id TEXT NOT NULL,
    id INTEGER NOT NULL,
    owner TEXT NOT NULL,
    step TEXT NOT NULL,
    at DATETIME NOT NULL,
    type TEXT NOT NULL,
    data JSON NOT NULL,
    CONSTRAINT pk_batch_events PRIMARY KEY (batch_id, id),
    CONSTRAINT uq_batch_events_batch_id_step UNIQUE (batch_id, step),
    CONSTRAINT fk_batch_events_owner_batch_id FOREIGN KEY(owner, batch_id) REFERENCES batches (owner, batch_id) ON DELETE CASCADE
);
