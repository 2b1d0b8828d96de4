ALTER TABLE session_datasets RENAME TO old_session_datasets;
ALTER TABLE bot_datasets RENAME TO old_bot_datasets;
ALTER TABLE trading_datasets RENAME TO old_trading_datasets;

DROP INDEX ix_session_datasets_owner_dataset_id;
DROP INDEX ix_bot_datasets_owner_dataset_id;
DROP INDEX ix_trading_datasets_series;

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
    created_at DATETIME NOT NULL,
    metadata JSON NOT NULL,
    data JSON NOT NULL,
    CONSTRAINT pk_trading_datasets PRIMARY KEY (number),
    CONSTRAINT uq_trading_datasets_owner_id UNIQUE (owner, id)
);

CREATE INDEX ix_trading_datasets_owner_created_at ON trading_datasets (owner, created_at);

CREATE INDEX ix_trading_datasets_series ON trading_datasets (owner, symbol, channel, timeframe, scorer, provider, number);

CREATE TABLE session_datasets (
    session_id TEXT NOT NULL,
    dataset_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    CONSTRAINT pk_session_datasets PRIMARY KEY (session_id, dataset_id),
    CONSTRAINT fk_session_datasets_owner_session_id FOREIGN KEY(owner, session_id) REFERENCES sessions (owner, session_id) ON DELETE CASCADE,
    CONSTRAINT fk_session_datasets_owner_dataset_id FOREIGN KEY(owner, dataset_id) REFERENCES trading_datasets (owner, id)
);

CREATE INDEX ix_session_datasets_owner_dataset_id ON session_datasets (owner, dataset_id);

CREATE TABLE bot_datasets (
    bot_id TEXT NOT NULL,
    dataset_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    CONSTRAINT pk_bot_datasets PRIMARY KEY (bot_id, dataset_id),
    CONSTRAINT fk_bot_datasets_owner_bot_id FOREIGN KEY(owner, bot_id) REFERENCES bots (owner, bot_id) ON DELETE CASCADE,
    CONSTRAINT fk_bot_datasets_owner_dataset_id FOREIGN KEY(owner, dataset_id) REFERENCES trading_datasets (owner, id)
);

CREATE INDEX ix_bot_datasets_owner_dataset_id ON bot_datasets (owner, dataset_id);

INSERT INTO trading_datasets (number, owner, id, symbol, channel, provider, timeframe, scorer, start, "end", content_hash, created_at, metadata, data)
SELECT number, owner, id, symbol, channel, provider, timeframe, scorer, start, "end", content_hash,
    -- 2024-05-06T12:00:00.123456Z or 2024-05-06T12:00:00Z, as a moment is stored here
    substr(fetched_at, 1, 10) || ' ' || substr(rtrim(substr(fetched_at, 12), 'Z') || '.000000', 1, 15), metadata, data
FROM (SELECT *, json_extract(metadata, '$.fetched_at') AS fetched_at FROM old_trading_datasets);

INSERT INTO session_datasets (session_id, dataset_id, owner) SELECT session_id, dataset_id, owner FROM old_session_datasets;

INSERT INTO bot_datasets (bot_id, dataset_id, owner) SELECT bot_id, dataset_id, owner FROM old_bot_datasets;

DROP TABLE old_session_datasets;
DROP TABLE old_bot_datasets;
DROP TABLE old_trading_datasets;

CREATE TABLE sentiment_history (
    owner TEXT NOT NULL,
    symbol TEXT NOT NULL,
    channel TEXT NOT NULL,
    provider TEXT NOT NULL,
    scorer TEXT NOT NULL,
    session DATE NOT NULL,
    cutoff_utc DATETIME NOT NULL,
    coverage TEXT NOT NULL,
    failed_reason TEXT,
    posts INTEGER NOT NULL,
    unique_posts INTEGER NOT NULL,
    authors INTEGER NOT NULL,
    positive INTEGER NOT NULL,
    neutral INTEGER NOT NULL,
    negative INTEGER NOT NULL,
    mean DOUBLE,
    median DOUBLE,
    std DOUBLE,
    point_in_time BOOLEAN NOT NULL,
    available_posts INTEGER,
    CONSTRAINT pk_sentiment_history PRIMARY KEY (owner, symbol, channel, provider, scorer, session)
);

CREATE VIEW latest_sentiment AS
SELECT * FROM sentiment_history AS record
WHERE session = (
    SELECT max(session) FROM sentiment_history AS other
    WHERE other.owner = record.owner AND other.symbol = record.symbol AND other.channel = record.channel
    AND other.provider = record.provider AND other.scorer = record.scorer
);

CREATE VIEW backtest_performance AS
SELECT
    run_id,
    owner,
    json_extract(document, '$.symbols') AS symbols,
    json_extract(document, '$.timeframe') AS timeframe,
    json_extract(document, '$.start') AS start,
    json_extract(document, '$.end') AS "end",
    json_extract(document, '$.metrics.total_return') AS total_return,
    json_extract(document, '$.metrics.sharpe') AS sharpe,
    json_extract(document, '$.metrics.max_drawdown') AS max_drawdown,
    json_extract(document, '$.metrics.trades') AS trades,
    created_at
FROM backtest_runs;
