CREATE TABLE backtest_runs (
    number INTEGER NOT NULL,
    owner TEXT NOT NULL,
    run_id TEXT NOT NULL,
    created_at DATETIME NOT NULL,
    document JSON NOT NULL,
    equity BLOB NOT NULL,
    CONSTRAINT pk_backtest_runs PRIMARY KEY (number),
    CONSTRAINT uq_backtest_runs_run_id UNIQUE (run_id),
    CONSTRAINT uq_backtest_runs_owner_run_id UNIQUE (owner, run_id)
);

CREATE INDEX ix_backtest_runs_owner_created_at ON backtest_runs (owner, created_at);

CREATE TABLE bars_snapshots (
    snapshot_id TEXT NOT NULL,
    symbol TEXT NOT NULL,
    timeframe TEXT NOT NULL,
    source TEXT NOT NULL,
    bars INTEGER NOT NULL,
    data BLOB NOT NULL,
    CONSTRAINT pk_bars_snapshots PRIMARY KEY (snapshot_id)
);

CREATE TABLE holdout_openings (
    number INTEGER NOT NULL,
    owner TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    symbol TEXT NOT NULL,
    spec_hash TEXT NOT NULL,
    data_hash TEXT NOT NULL,
    start DATE NOT NULL,
    "end" DATE NOT NULL,
    fingerprint BLOB NOT NULL,
    opened_at DATETIME NOT NULL,
    CONSTRAINT pk_holdout_openings PRIMARY KEY (number),
    CONSTRAINT uq_holdout_openings_owner_id UNIQUE (owner, id)
);

CREATE TABLE market_bars (
    symbol TEXT NOT NULL,
    timeframe TEXT NOT NULL,
    source TEXT NOT NULL,
    "end" BIGINT NOT NULL,
    start BIGINT NOT NULL,
    session DATE NOT NULL,
    open DOUBLE NOT NULL,
    high DOUBLE NOT NULL,
    low DOUBLE NOT NULL,
    close DOUBLE NOT NULL,
    volume DOUBLE NOT NULL,
    CONSTRAINT pk_market_bars PRIMARY KEY (symbol, timeframe, source, "end")
) WITHOUT ROWID;

CREATE INDEX ix_market_bars_symbol_timeframe_source_session ON market_bars (symbol, timeframe, source, session);

CREATE TABLE market_coverage (
    symbol TEXT NOT NULL,
    timeframe TEXT NOT NULL,
    source TEXT NOT NULL,
    start DATE NOT NULL,
    "end" DATE NOT NULL,
    CONSTRAINT pk_market_coverage PRIMARY KEY (symbol, timeframe, source, start)
);

CREATE TABLE posts (
    provider TEXT NOT NULL,
    channel TEXT NOT NULL,
    symbol TEXT NOT NULL,
    id TEXT NOT NULL,
    created_at DATETIME NOT NULL,
    known_at DATETIME,
    date_only BOOLEAN NOT NULL,
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    score DOUBLE,
    url TEXT NOT NULL,
    text_key BIGINT NOT NULL,
    author_key BIGINT NOT NULL,
    CONSTRAINT pk_posts PRIMARY KEY (provider, channel, symbol, id)
);

CREATE INDEX ix_posts_provider_channel_symbol_created_at ON posts (provider, channel, symbol, created_at);

CREATE TABLE schema_migrations (
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    applied_at DATETIME NOT NULL,
    CONSTRAINT pk_schema_migrations PRIMARY KEY (number)
);

CREATE TABLE sessions (
    number INTEGER NOT NULL,
    owner TEXT NOT NULL,
    session_id TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at DATETIME NOT NULL,
    cancel_requested BOOLEAN NOT NULL,
    document JSON NOT NULL,
    CONSTRAINT pk_sessions PRIMARY KEY (number),
    CONSTRAINT uq_sessions_session_id UNIQUE (session_id),
    CONSTRAINT uq_sessions_owner_session_id UNIQUE (owner, session_id)
);

CREATE INDEX ix_sessions_owner_created_at ON sessions (owner, created_at);

CREATE TABLE trading_datasets (
    number INTEGER NOT NULL,
    owner TEXT NOT NULL,
    id TEXT NOT NULL,
    symbol TEXT NOT NULL,
    channel TEXT NOT NULL,
    provider TEXT NOT NULL,
    timeframe TEXT NOT NULL,
    scorer TEXT NOT NULL,
    start DATE NOT NULL,
    "end" DATE NOT NULL,
    content_hash TEXT NOT NULL,
    metadata JSON NOT NULL,
    data JSON NOT NULL,
    CONSTRAINT pk_trading_datasets PRIMARY KEY (number),
    CONSTRAINT uq_trading_datasets_owner_id UNIQUE (owner, id)
);

CREATE INDEX ix_trading_datasets_series ON trading_datasets (owner, symbol, channel, provider, timeframe, scorer, number);

CREATE TABLE attempts (
    session_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    owner TEXT NOT NULL,
    attempt_id TEXT NOT NULL,
    document JSON NOT NULL,
    CONSTRAINT pk_attempts PRIMARY KEY (session_id, n),
    CONSTRAINT fk_attempts_owner_session_id FOREIGN KEY(owner, session_id) REFERENCES sessions (owner, session_id) ON DELETE CASCADE
);

CREATE TABLE backtest_trades (
    run_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    owner TEXT NOT NULL,
    symbol TEXT NOT NULL,
    side TEXT NOT NULL,
    entry_time DATETIME NOT NULL,
    entry_price DOUBLE NOT NULL,
    exit_time DATETIME NOT NULL,
    exit_price DOUBLE NOT NULL,
    units DOUBLE NOT NULL,
    pnl DOUBLE NOT NULL,
    return DOUBLE NOT NULL,
    bars_held INTEGER NOT NULL,
    exit_reason TEXT NOT NULL,
    CONSTRAINT pk_backtest_trades PRIMARY KEY (run_id, n),
    CONSTRAINT fk_backtest_trades_owner_run_id FOREIGN KEY(owner, run_id) REFERENCES backtest_runs (owner, run_id) ON DELETE CASCADE
);

CREATE TABLE bots (
    number INTEGER NOT NULL,
    owner TEXT NOT NULL,
    bot_id TEXT NOT NULL,
    name TEXT NOT NULL,
    session_id TEXT NOT NULL,
    created_at DATETIME NOT NULL,
    document JSON NOT NULL,
    CONSTRAINT pk_bots PRIMARY KEY (number),
    CONSTRAINT uq_bots_bot_id UNIQUE (bot_id),
    CONSTRAINT uq_bots_owner_bot_id UNIQUE (owner, bot_id),
    CONSTRAINT uq_bots_owner_name UNIQUE (owner, name),
    CONSTRAINT fk_bots_owner_session_id FOREIGN KEY(owner, session_id) REFERENCES sessions (owner, session_id)
);

CREATE TABLE post_scores (
    provider TEXT NOT NULL,
    channel TEXT NOT NULL,
    symbol TEXT NOT NULL,
    id TEXT NOT NULL,
    scorer TEXT NOT NULL,
    sentiment DOUBLE NOT NULL,
    CONSTRAINT pk_post_scores PRIMARY KEY (provider, channel, symbol, id, scorer),
    CONSTRAINT fk_post_scores_provider_channel_symbol_id FOREIGN KEY(provider, channel, symbol, id) REFERENCES posts (provider, channel, symbol, id) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE session_datasets (
    session_id TEXT NOT NULL,
    dataset_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    CONSTRAINT pk_session_datasets PRIMARY KEY (session_id, dataset_id),
    CONSTRAINT fk_session_datasets_owner_session_id FOREIGN KEY(owner, session_id) REFERENCES sessions (owner, session_id) ON DELETE CASCADE,
    CONSTRAINT fk_session_datasets_owner_dataset_id FOREIGN KEY(owner, dataset_id) REFERENCES trading_datasets (owner, id)
);

CREATE INDEX ix_session_datasets_owner_dataset_id ON session_datasets (owner, dataset_id);

CREATE TABLE session_events (
    session_id TEXT NOT NULL,
    id INTEGER NOT NULL,
    owner TEXT NOT NULL,
    step TEXT NOT NULL,
    at DATETIME NOT NULL,
    type TEXT NOT NULL,
    data JSON NOT NULL,
    CONSTRAINT pk_session_events PRIMARY KEY (session_id, id),
    CONSTRAINT uq_session_events_session_id_step UNIQUE (session_id, step),
    CONSTRAINT fk_session_events_owner_session_id FOREIGN KEY(owner, session_id) REFERENCES sessions (owner, session_id) ON DELETE CASCADE
);

CREATE TABLE trial_ledger (
    number INTEGER NOT NULL,
    owner TEXT NOT NULL,
    session_id TEXT NOT NULL,
    step TEXT NOT NULL,
    count INTEGER NOT NULL,
    sketch BLOB NOT NULL,
    CONSTRAINT pk_trial_ledger PRIMARY KEY (number),
    CONSTRAINT uq_trial_ledger_session_id_step UNIQUE (session_id, step),
    CONSTRAINT fk_trial_ledger_owner_session_id FOREIGN KEY(owner, session_id) REFERENCES sessions (owner, session_id) ON DELETE CASCADE
);

CREATE TABLE bot_datasets (
    bot_id TEXT NOT NULL,
    dataset_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    CONSTRAINT pk_bot_datasets PRIMARY KEY (bot_id, dataset_id),
    CONSTRAINT fk_bot_datasets_owner_bot_id FOREIGN KEY(owner, bot_id) REFERENCES bots (owner, bot_id) ON DELETE CASCADE,
    CONSTRAINT fk_bot_datasets_owner_dataset_id FOREIGN KEY(owner, dataset_id) REFERENCES trading_datasets (owner, id)
);

CREATE INDEX ix_bot_datasets_owner_dataset_id ON bot_datasets (owner, dataset_id);

CREATE TABLE bot_snapshots (
    bot_id TEXT NOT NULL,
    snapshot_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    CONSTRAINT pk_bot_snapshots PRIMARY KEY (bot_id, snapshot_id),
    CONSTRAINT fk_bot_snapshots_owner_bot_id FOREIGN KEY(owner, bot_id) REFERENCES bots (owner, bot_id) ON DELETE CASCADE,
    CONSTRAINT fk_bot_snapshots_snapshot_id FOREIGN KEY(snapshot_id) REFERENCES bars_snapshots (snapshot_id)
);

CREATE INDEX ix_bot_snapshots_snapshot_id ON bot_snapshots (snapshot_id);
