-- Every table, index and view. The same tables are declared in backend/stores/sql/tables; a test compares the two.
-- The owner of what was fetched is '', so that all may read it; everything else belongs to one owner.

CREATE TABLE public.api_tokens (
    number BIGSERIAL NOT NULL,
    owner TEXT NOT NULL,
    token_id TEXT NOT NULL,
    name TEXT NOT NULL,
    token_hash BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_api_tokens PRIMARY KEY (number),
    CONSTRAINT uq_api_tokens_token_id UNIQUE (token_id),
    CONSTRAINT uq_api_tokens_token_hash UNIQUE (token_hash)
);

CREATE INDEX ix_api_tokens_owner_created_at ON public.api_tokens (owner, created_at);

CREATE TABLE public.backtest_runs (
    number BIGSERIAL NOT NULL,
    owner TEXT NOT NULL,
    run_id TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    document JSONB NOT NULL,
    equity BYTEA NOT NULL,
    CONSTRAINT pk_backtest_runs PRIMARY KEY (number),
    CONSTRAINT uq_backtest_runs_run_id UNIQUE (run_id),
    CONSTRAINT uq_backtest_runs_owner_run_id UNIQUE (owner, run_id)
);

CREATE INDEX ix_backtest_runs_owner_created_at ON public.backtest_runs (owner, created_at);

CREATE TABLE public.bars_snapshots (
    snapshot_id TEXT NOT NULL,
    symbol TEXT NOT NULL,
    timeframe TEXT NOT NULL,
    source TEXT NOT NULL,
    bars INTEGER NOT NULL,
    data BYTEA NOT NULL,
    CONSTRAINT pk_bars_snapshots PRIMARY KEY (snapshot_id)
);

CREATE TABLE public.batches (
    number BIGSERIAL NOT NULL,
    owner TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    document JSONB NOT NULL,
    CONSTRAINT pk_batches PRIMARY KEY (number),
    CONSTRAINT uq_batches_batch_id UNIQUE (batch_id),
    CONSTRAINT uq_batches_owner_batch_id UNIQUE (owner, batch_id)
);

CREATE INDEX ix_batches_owner_created_at ON public.batches (owner, created_at);

CREATE TABLE public.collection_runs (
    number BIGSERIAL NOT NULL,
    id TEXT NOT NULL,
    owner TEXT NOT NULL,
    provider TEXT NOT NULL,
    symbol TEXT NOT NULL,
    channel TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    complete_from TIMESTAMP WITH TIME ZONE,
    complete_to TIMESTAMP WITH TIME ZONE,
    found INTEGER NOT NULL,
    failed_reason TEXT,
    CONSTRAINT pk_collection_runs PRIMARY KEY (number),
    CONSTRAINT uq_collection_runs_owner_id UNIQUE (owner, id)
);

CREATE INDEX ix_collection_runs_owner_started_at ON public.collection_runs (owner, started_at);

CREATE TABLE public.holdout_openings (
    number BIGSERIAL NOT NULL,
    owner TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    symbol TEXT NOT NULL,
    spec_hash TEXT NOT NULL,
    data_hash TEXT NOT NULL,
    start DATE NOT NULL,
    "end" DATE NOT NULL,
    fingerprint BYTEA NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_holdout_openings PRIMARY KEY (number),
    CONSTRAINT uq_holdout_openings_owner_id UNIQUE (owner, id)
);

CREATE TABLE public.idempotency_keys (
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    status INTEGER,
    response JSONB,
    CONSTRAINT pk_idempotency_keys PRIMARY KEY (owner, key)
);

CREATE INDEX ix_idempotency_keys_created_at ON public.idempotency_keys (created_at);

CREATE TABLE public.market_bars (
    symbol TEXT NOT NULL,
    timeframe TEXT NOT NULL,
    source TEXT NOT NULL,
    owner TEXT NOT NULL,
    "end" BIGINT NOT NULL,
    start BIGINT NOT NULL,
    session DATE NOT NULL,
    open DOUBLE PRECISION NOT NULL,
    high DOUBLE PRECISION NOT NULL,
    low DOUBLE PRECISION NOT NULL,
    close DOUBLE PRECISION NOT NULL,
    volume DOUBLE PRECISION NOT NULL,
    CONSTRAINT pk_market_bars PRIMARY KEY (symbol, timeframe, source, owner, "end")
);

CREATE TABLE public.market_coverage (
    symbol TEXT NOT NULL,
    timeframe TEXT NOT NULL,
    source TEXT NOT NULL,
    owner TEXT NOT NULL,
    start DATE NOT NULL,
    "end" DATE NOT NULL,
    CONSTRAINT pk_market_coverage PRIMARY KEY (symbol, timeframe, source, owner, start)
);

CREATE TABLE public.model_replies (
    owner TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    model TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    input_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    reply JSONB NOT NULL,
    CONSTRAINT pk_model_replies PRIMARY KEY (owner, request_hash)
);

CREATE INDEX ix_model_replies_owner_created_at ON public.model_replies (owner, created_at);

CREATE TABLE public.post_series (
    provider TEXT NOT NULL,
    channel TEXT NOT NULL,
    symbol TEXT NOT NULL,
    owner TEXT NOT NULL,
    start DATE,
    "end" DATE,
    posts INTEGER NOT NULL,
    seen JSONB NOT NULL,
    CONSTRAINT pk_post_series PRIMARY KEY (provider, channel, symbol, owner)
);

CREATE TABLE public.posts (
    provider TEXT NOT NULL,
    channel TEXT NOT NULL,
    symbol TEXT NOT NULL,
    owner TEXT NOT NULL,
    id TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE,
    date_only BOOLEAN NOT NULL,
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    score DOUBLE PRECISION,
    url TEXT NOT NULL,
    text_key BIGINT NOT NULL,
    author_key BIGINT NOT NULL,
    CONSTRAINT pk_posts PRIMARY KEY (provider, channel, symbol, owner, id)
);

CREATE INDEX ix_posts_series_created_at ON public.posts (provider, channel, symbol, owner, created_at)
    WHERE created_at IS NOT NULL;

CREATE TABLE public.schema_migrations (
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    applied_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_schema_migrations PRIMARY KEY (number)
);

CREATE TABLE public.sentiment_history (
    owner TEXT NOT NULL,
    symbol TEXT NOT NULL,
    channel TEXT NOT NULL,
    provider TEXT NOT NULL,
    scorer TEXT NOT NULL,
    session DATE NOT NULL,
    cutoff_utc TIMESTAMP WITH TIME ZONE NOT NULL,
    coverage TEXT NOT NULL,
    failed_reason TEXT,
    posts INTEGER NOT NULL,
    unique_posts INTEGER NOT NULL,
    authors INTEGER NOT NULL,
    positive INTEGER NOT NULL,
    neutral INTEGER NOT NULL,
    negative INTEGER NOT NULL,
    mean DOUBLE PRECISION,
    median DOUBLE PRECISION,
    std DOUBLE PRECISION,
    point_in_time BOOLEAN NOT NULL,
    available_posts INTEGER,
    CONSTRAINT pk_sentiment_history PRIMARY KEY (owner, symbol, channel, provider, scorer, session)
);

CREATE TABLE public.sessions (
    number BIGSERIAL NOT NULL,
    owner TEXT NOT NULL,
    session_id TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    cancel_requested BOOLEAN NOT NULL,
    document JSONB NOT NULL,
    CONSTRAINT pk_sessions PRIMARY KEY (number),
    CONSTRAINT uq_sessions_session_id UNIQUE (session_id),
    CONSTRAINT uq_sessions_owner_session_id UNIQUE (owner, session_id)
);

CREATE INDEX ix_sessions_owner_created_at ON public.sessions (owner, created_at);

CREATE TABLE public.strategies (
    number BIGSERIAL NOT NULL,
    owner TEXT NOT NULL,
    strategy_id TEXT NOT NULL,
    name TEXT NOT NULL,
    spec_hash TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    document JSONB NOT NULL,
    CONSTRAINT pk_strategies PRIMARY KEY (number),
    CONSTRAINT uq_strategies_strategy_id UNIQUE (strategy_id),
    CONSTRAINT uq_strategies_owner_strategy_id UNIQUE (owner, strategy_id),
    CONSTRAINT uq_strategies_owner_name UNIQUE (owner, name)
);

CREATE TABLE public.trading_datasets (
    number BIGSERIAL NOT NULL,
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
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    metadata JSONB NOT NULL,
    data JSON NOT NULL,
    CONSTRAINT pk_trading_datasets PRIMARY KEY (number),
    CONSTRAINT uq_trading_datasets_owner_id UNIQUE (owner, id)
);

CREATE INDEX ix_trading_datasets_owner_created_at ON public.trading_datasets (owner, created_at);

CREATE INDEX ix_trading_datasets_series ON public.trading_datasets (owner, symbol, channel, timeframe, scorer, provider, number);

CREATE TABLE public.attempts (
    session_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    owner TEXT NOT NULL,
    attempt_id TEXT NOT NULL,
    document JSONB NOT NULL,
    CONSTRAINT pk_attempts PRIMARY KEY (session_id, n),
    CONSTRAINT fk_attempts_owner_session_id FOREIGN KEY(owner, session_id) REFERENCES public.sessions (owner, session_id) ON DELETE CASCADE
);

CREATE TABLE public.backtest_trades (
    run_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    owner TEXT NOT NULL,
    symbol TEXT NOT NULL,
    side TEXT NOT NULL,
    entry_time TIMESTAMP WITH TIME ZONE NOT NULL,
    entry_price DOUBLE PRECISION NOT NULL,
    exit_time TIMESTAMP WITH TIME ZONE NOT NULL,
    exit_price DOUBLE PRECISION NOT NULL,
    units DOUBLE PRECISION NOT NULL,
    pnl DOUBLE PRECISION NOT NULL,
    return DOUBLE PRECISION NOT NULL,
    bars_held INTEGER NOT NULL,
    exit_reason TEXT NOT NULL,
    CONSTRAINT pk_backtest_trades PRIMARY KEY (run_id, n),
    CONSTRAINT fk_backtest_trades_owner_run_id FOREIGN KEY(owner, run_id) REFERENCES public.backtest_runs (owner, run_id) ON DELETE CASCADE
);

CREATE TABLE public.batch_cells (
    batch_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    owner TEXT NOT NULL,
    symbol TEXT NOT NULL,
    status TEXT NOT NULL,
    run_id TEXT,
    document JSONB NOT NULL,
    CONSTRAINT pk_batch_cells PRIMARY KEY (batch_id, n),
    CONSTRAINT fk_batch_cells_owner_batch_id FOREIGN KEY(owner, batch_id) REFERENCES public.batches (owner, batch_id) ON DELETE CASCADE,
    CONSTRAINT fk_batch_cells_owner_run_id FOREIGN KEY(owner, run_id) REFERENCES public.backtest_runs (owner, run_id)
);

CREATE INDEX ix_batch_cells_owner_run_id ON public.batch_cells (owner, run_id);

CREATE TABLE public.bots (
    number BIGSERIAL NOT NULL,
    owner TEXT NOT NULL,
    bot_id TEXT NOT NULL,
    name TEXT NOT NULL,
    session_id TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    document JSONB NOT NULL,
    CONSTRAINT pk_bots PRIMARY KEY (number),
    CONSTRAINT uq_bots_bot_id UNIQUE (bot_id),
    CONSTRAINT uq_bots_owner_bot_id UNIQUE (owner, bot_id),
    CONSTRAINT uq_bots_owner_name UNIQUE (owner, name),
    CONSTRAINT fk_bots_owner_session_id FOREIGN KEY(owner, session_id) REFERENCES public.sessions (owner, session_id)
);

CREATE TABLE public.jobs (
    number BIGSERIAL NOT NULL,
    owner TEXT NOT NULL,
    job_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    session_id TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    document JSONB NOT NULL,
    CONSTRAINT pk_jobs PRIMARY KEY (number),
    CONSTRAINT uq_jobs_job_id UNIQUE (job_id),
    CONSTRAINT fk_jobs_owner_session_id FOREIGN KEY(owner, session_id) REFERENCES public.sessions (owner, session_id) ON DELETE CASCADE
);

CREATE INDEX ix_jobs_owner_created_at ON public.jobs (owner, created_at);

CREATE INDEX ix_jobs_owner_session_id ON public.jobs (owner, session_id);

CREATE INDEX ix_jobs_status_number ON public.jobs (status, number);

CREATE TABLE public.post_scores (
    provider TEXT NOT NULL,
    channel TEXT NOT NULL,
    symbol TEXT NOT NULL,
    owner TEXT NOT NULL,
    id TEXT NOT NULL,
    scorer TEXT NOT NULL,
    sentiment DOUBLE PRECISION NOT NULL,
    CONSTRAINT pk_post_scores PRIMARY KEY (provider, channel, symbol, owner, id, scorer),
    CONSTRAINT fk_post_scores_post FOREIGN KEY(provider, channel, symbol, owner, id) REFERENCES public.posts (provider, channel, symbol, owner, id) ON DELETE CASCADE
);

CREATE TABLE public.session_datasets (
    session_id TEXT NOT NULL,
    dataset_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    CONSTRAINT pk_session_datasets PRIMARY KEY (session_id, dataset_id),
    CONSTRAINT fk_session_datasets_owner_session_id FOREIGN KEY(owner, session_id) REFERENCES public.sessions (owner, session_id) ON DELETE CASCADE,
    CONSTRAINT fk_session_datasets_owner_dataset_id FOREIGN KEY(owner, dataset_id) REFERENCES public.trading_datasets (owner, id)
);

CREATE INDEX ix_session_datasets_owner_dataset_id ON public.session_datasets (owner, dataset_id);

CREATE TABLE public.session_events (
    session_id TEXT NOT NULL,
    id INTEGER NOT NULL,
    owner TEXT NOT NULL,
    step TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    type TEXT NOT NULL,
    data JSONB NOT NULL,
    CONSTRAINT pk_session_events PRIMARY KEY (session_id, id),
    CONSTRAINT uq_session_events_session_id_step UNIQUE (session_id, step),
    CONSTRAINT fk_session_events_owner_session_id FOREIGN KEY(owner, session_id) REFERENCES public.sessions (owner, session_id) ON DELETE CASCADE
);

CREATE TABLE public.trial_ledger (
    number BIGSERIAL NOT NULL,
    owner TEXT NOT NULL,
    session_id TEXT NOT NULL,
    step TEXT NOT NULL,
    count INTEGER NOT NULL,
    sketch BYTEA NOT NULL,
    CONSTRAINT pk_trial_ledger PRIMARY KEY (number),
    CONSTRAINT uq_trial_ledger_session_id_step UNIQUE (session_id, step),
    CONSTRAINT fk_trial_ledger_owner_session_id FOREIGN KEY(owner, session_id) REFERENCES public.sessions (owner, session_id) ON DELETE CASCADE
);

CREATE TABLE public.bot_datasets (
    bot_id TEXT NOT NULL,
    dataset_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    CONSTRAINT pk_bot_datasets PRIMARY KEY (bot_id, dataset_id),
    CONSTRAINT fk_bot_datasets_owner_bot_id FOREIGN KEY(owner, bot_id) REFERENCES public.bots (owner, bot_id) ON DELETE CASCADE,
    CONSTRAINT fk_bot_datasets_owner_dataset_id FOREIGN KEY(owner, dataset_id) REFERENCES public.trading_datasets (owner, id)
);

CREATE INDEX ix_bot_datasets_owner_dataset_id ON public.bot_datasets (owner, dataset_id);

CREATE TABLE public.bot_snapshots (
    bot_id TEXT NOT NULL,
    snapshot_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    CONSTRAINT pk_bot_snapshots PRIMARY KEY (bot_id, snapshot_id),
    CONSTRAINT fk_bot_snapshots_owner_bot_id FOREIGN KEY(owner, bot_id) REFERENCES public.bots (owner, bot_id) ON DELETE CASCADE,
    CONSTRAINT fk_bot_snapshots_snapshot_id FOREIGN KEY(snapshot_id) REFERENCES public.bars_snapshots (snapshot_id)
);

CREATE INDEX ix_bot_snapshots_snapshot_id ON public.bot_snapshots (snapshot_id);

-- The newest trading session on record of each series.
CREATE VIEW public.latest_sentiment WITH (security_invoker = true) AS
SELECT DISTINCT ON (owner, symbol, channel, provider, scorer) *
FROM public.sentiment_history
ORDER BY owner, symbol, channel, provider, scorer, session DESC;

CREATE VIEW public.backtest_performance WITH (security_invoker = true) AS
SELECT
    run_id,
    owner,
    document -> 'symbols' AS symbols,
    document ->> 'timeframe' AS timeframe,
    (document ->> 'start')::date AS start,
    (document ->> 'end')::date AS "end",
    (document #>> '{metrics,total_return}')::double precision AS total_return,
    (document #>> '{metrics,sharpe}')::double precision AS sharpe,
    (document #>> '{metrics,max_drawdown}')::double precision AS max_drawdown,
    (document #>> '{metrics,trades}')::integer AS trades,
    created_at
FROM public.backtest_runs;

INSERT INTO public.schema_migrations (number, name, applied_at) VALUES (20261121100000, 'tables', now());
