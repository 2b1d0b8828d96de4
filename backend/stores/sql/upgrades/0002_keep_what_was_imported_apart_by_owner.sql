ALTER TABLE market_bars RENAME TO old_market_bars;
ALTER TABLE market_coverage RENAME TO old_market_coverage;
ALTER TABLE post_scores RENAME TO old_post_scores;
ALTER TABLE posts RENAME TO old_posts;

DROP INDEX ix_market_bars_symbol_timeframe_source_session;
DROP INDEX ix_posts_provider_channel_symbol_created_at;

CREATE TABLE market_bars (
    symbol TEXT NOT NULL,
    timeframe TEXT NOT NULL,
    source TEXT NOT NULL,
    owner TEXT NOT NULL,
    "end" BIGINT NOT NULL,
    start BIGINT NOT NULL,
    session DATE NOT NULL,
    open DOUBLE NOT NULL,
    high DOUBLE NOT NULL,
    low DOUBLE NOT NULL,
    close DOUBLE NOT NULL,
    volume DOUBLE NOT NULL,
    CONSTRAINT pk_market_bars PRIMARY KEY (symbol, timeframe, source, owner, "end")
)
 WITHOUT ROWID;

CREATE TABLE market_coverage (
    symbol TEXT NOT NULL,
    timeframe TEXT NOT NULL,
    source TEXT NOT NULL,
    owner TEXT NOT NULL,
    start DATE NOT NULL,
    "end" DATE NOT NULL,
    CONSTRAINT pk_market_coverage PRIMARY KEY (symbol, timeframe, source, owner, start)
);

CREATE TABLE post_series (
    provider TEXT NOT NULL,
    channel TEXT NOT NULL,
    symbol TEXT NOT NULL,
    owner TEXT NOT NULL,
    start DATE,
    "end" DATE,
    posts INTEGER NOT NULL,
    seen JSON NOT NULL,
    CONSTRAINT pk_post_series PRIMARY KEY (provider, channel, symbol, owner)
);

CREATE TABLE posts (
    provider TEXT NOT NULL,
    channel TEXT NOT NULL,
    symbol TEXT NOT NULL,
    owner TEXT NOT NULL,
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
    CONSTRAINT pk_posts PRIMARY KEY (provider, channel, symbol, owner, id)
);

CREATE INDEX ix_posts_series_created_at ON posts (provider, channel, symbol, owner, created_at);

CREATE TABLE post_scores (
    provider TEXT NOT NULL,
    channel TEXT NOT NULL,
    symbol TEXT NOT NULL,
    owner TEXT NOT NULL,
    id TEXT NOT NULL,
    scorer TEXT NOT NULL,
    sentiment DOUBLE NOT NULL,
    CONSTRAINT pk_post_scores PRIMARY KEY (provider, channel, symbol, owner, id, scorer),
    CONSTRAINT fk_post_scores_post FOREIGN KEY(provider, channel, symbol, owner, id) REFERENCES posts (provider, channel, symbol, owner, id) ON DELETE CASCADE
)
 WITHOUT ROWID;

INSERT INTO market_bars (symbol, timeframe, source, owner, "end", start, session, open, high, low, close, volume)
SELECT symbol, timeframe, source, CASE WHEN source = 'file' THEN 'local' ELSE '' END, "end", start, session, open, high, low, close, volume FROM old_market_bars;

INSERT INTO market_coverage (symbol, timeframe, source, owner, start, "end")
SELECT symbol, timeframe, source, CASE WHEN source = 'file' THEN 'local' ELSE '' END, start, "end" FROM old_market_coverage;

INSERT INTO posts (provider, channel, symbol, owner, id, created_at, known_at, date_only, author, text, score, url, text_key, author_key)
SELECT provider, channel, symbol, CASE WHEN provider = 'file' THEN 'local' ELSE '' END, id, created_at, known_at, date_only, author, text, score, url, text_key, author_key FROM old_posts;

INSERT INTO post_scores (provider, channel, symbol, owner, id, scorer, sentiment)
SELECT provider, channel, symbol, CASE WHEN provider = 'file' THEN 'local' ELSE '' END, id, scorer, sentiment FROM old_post_scores;

INSERT INTO post_series (provider, channel, symbol, owner, start, "end", posts, seen)
SELECT provider, channel, symbol, owner, date(min(created_at)), date(max(created_at)), count(*), '[]'
FROM posts GROUP BY provider, channel, symbol, owner;

DROP TABLE old_market_bars;
DROP TABLE old_market_coverage;
DROP TABLE old_post_scores;
DROP TABLE old_posts;

CREATE TABLE collection_runs (
    number INTEGER NOT NULL,
    id TEXT NOT NULL,
    owner TEXT NOT NULL,
    provider TEXT NOT NULL,
    symbol TEXT NOT NULL,
    channel TEXT NOT NULL,
    started_at DATETIME NOT NULL,
    complete_from DATETIME,
    complete_to DATETIME,
    found INTEGER NOT NULL,
    failed_reason TEXT,
    CONSTRAINT pk_collection_runs PRIMARY KEY (number),
    CONSTRAINT uq_collection_runs_owner_id UNIQUE (owner, id)
);

CREATE INDEX ix_collection_runs_owner_started_at ON collection_runs (owner, started_at);
