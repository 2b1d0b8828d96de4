-- Functions of the REST interface: one call is one transaction and one method of a store.
--
-- Whoever calls keeps his own rights (security invoker), so row-level security decides what a call sees. Rows, and lists
-- of rows, travel as one JSON text each way: nothing between here and the caller rounds a number or cuts a long list.
-- Errors carry codes of PostgREST: PT404 unknown, PT409 conflict, PT422 invalid.


-- sessions ------------------------------------------------------------------------------------------------------------

create function public.add_session(p_row text) returns void
language plpgsql security invoker set search_path = '' as $$
declare
    v_row public.sessions := json_populate_record(null::public.sessions, p_row::json);
begin
    insert into public.sessions (owner, session_id, status, created_at, cancel_requested, document)
    values (v_row.owner, v_row.session_id, v_row.status, v_row.created_at, false, v_row.document);
exception when unique_violation then
    raise sqlstate 'PT409' using message = format('There is a session "%s" already.', v_row.session_id),
        hint = 'give the new one an id of its own';
end $$;

create function private.no_session(p_owner text, p_session_id text) returns void
language plpgsql stable security invoker set search_path = '' as $$
begin
    perform private.refuse_unknown('session', p_session_id, array(
        select session_id from public.sessions where owner = p_owner order by number desc limit 1000));
end $$;

create function public.load_session(p_owner text, p_session_id text) returns text
language plpgsql stable security invoker set search_path = '' as $$
declare
    v_document text;
begin
    select document into v_document from public.sessions where owner = p_owner and session_id = p_session_id;
    if not found then
        perform private.no_session(p_owner, p_session_id);
    end if;
    return v_document;
end $$;

create function public.list_sessions(p_owner text, p_limit integer) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(newest order by newest.at), '[]')
    from (
        select session_id, document, row_number() over (order by created_at desc, number desc) as at
        from public.sessions where owner = p_owner order by created_at desc, number desc limit p_limit
    ) newest
$$;

create function public.sessions_with_attempts(p_owner text) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(json_build_object('session_id', session_id, 'document', document)
        order by created_at desc, number desc), '[]')
    from public.sessions s
    where owner = p_owner and exists (select from public.attempts a where a.session_id = s.session_id)
$$;

create function public.save_session(p_row text) returns void
language plpgsql security invoker set search_path = '' as $$
declare
    v_row public.sessions := json_populate_record(null::public.sessions, p_row::json);
begin
    perform private.hold(array['session ' || v_row.session_id]);
    update public.sessions set status = v_row.status, document = v_row.document
    where owner = v_row.owner and session_id = v_row.session_id;
    if not found then
        perform private.no_session(v_row.owner, v_row.session_id);
    end if;
end $$;

create function public.append_event(p_row text) returns bigint
language plpgsql security invoker set search_path = '' as $$
declare
    v_row public.session_events := json_populate_record(null::public.session_events, p_row::json);
begin
    perform private.hold(array['session ' || v_row.session_id]);
    v_row.owner := private.owner_of_session(v_row.session_id);
    if exists (select from public.session_events where session_id = v_row.session_id and step = v_row.step) then
        return null;
    end if;
    select coalesce(max(id), 0) + 1 into v_row.id from public.session_events where session_id = v_row.session_id;
    insert into public.session_events (session_id, id, owner, step, at, type, data)
    values (v_row.session_id, v_row.id, v_row.owner, v_row.step, v_row.at, v_row.type, v_row.data);
    return v_row.id;
end $$;

create function private.owner_of_session(p_session_id text) returns text
language plpgsql stable security invoker set search_path = '' as $$
declare
    v_owner text;
begin
    select owner into v_owner from public.sessions where session_id = p_session_id;
    if not found then
        perform private.refuse_unknown('session', p_session_id, array[]::text[]);
    end if;
    return v_owner;
end $$;

create function public.list_events(p_session_id text, p_after bigint) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(json_build_object(
        'id', id, 'session_id', session_id, 'at', at, 'type', type, 'data', data) order by id), '[]')
    from public.session_events where session_id = p_session_id and id > p_after
$$;

create function public.save_attempt(p_attempt text, p_trials text) returns void
language plpgsql security invoker set search_path = '' as $$
declare
    v_attempt public.attempts := json_populate_record(null::public.attempts, p_attempt::json);
    v_trials public.trial_ledger := json_populate_record(null::public.trial_ledger, p_trials::json);
begin
    perform private.hold(array['session ' || v_attempt.session_id]);
    v_attempt.owner := private.owner_of_session(v_attempt.session_id);
    insert into public.attempts (session_id, n, owner, attempt_id, document)
    values (v_attempt.session_id, v_attempt.n, v_attempt.owner, v_attempt.attempt_id, v_attempt.document)
    on conflict (session_id, n) do update set attempt_id = excluded.attempt_id, document = excluded.document;
    if p_trials is not null then
        insert into public.trial_ledger (owner, session_id, step, count, sketch)
        values (v_attempt.owner, v_attempt.session_id, v_trials.step, v_trials.count, v_trials.sketch)
        on conflict do nothing;
    end if;
end $$;

create function public.list_attempts(p_session_id text) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(document order by n), '[]') from public.attempts where session_id = p_session_id
$$;

create function public.list_trials(p_session_id text) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(json_build_object(
        'session_id', session_id, 'step', step, 'count', count, 'sketch', sketch) order by number), '[]')
    from public.trial_ledger where session_id = p_session_id
$$;

create function public.request_cancel(p_owner text, p_session_id text, p_wanted boolean) returns void
language plpgsql security invoker set search_path = '' as $$
begin
    update public.sessions set cancel_requested = p_wanted where owner = p_owner and session_id = p_session_id;
    if not found then
        perform private.no_session(p_owner, p_session_id);
    end if;
end $$;

create function public.cancel_requested(p_session_id text) returns boolean
language sql stable security invoker set search_path = '' as $$
    select coalesce((select cancel_requested from public.sessions where session_id = p_session_id), false)
$$;

create function public.conclude(p_row text, p_opening text, p_openings_seen bigint) returns void
language plpgsql security invoker set search_path = '' as $$
declare
    v_row public.sessions := json_populate_record(null::public.sessions, p_row::json);
    v_made bigint;
begin
    perform private.hold(array['ledger ' || v_row.owner, 'session ' || v_row.session_id]);
    if p_opening is not null then
        select count(*) into v_made from public.holdout_openings where owner = v_row.owner;
        if v_made > p_openings_seen then
            raise sqlstate 'PT409' using
                message = format('The ledger has %s openings, and the verdict of session %s was computed from %s.',
                    v_made, v_row.session_id, p_openings_seen),
                hint = 'read the ledger again and compute the verdict anew';
        end if;
        perform private.add_openings('[' || p_opening || ']');
    end if;
    perform public.save_session(p_row);
end $$;


-- the ledger and direct backtests -------------------------------------------------------------------------------------

create function private.add_openings(p_rows text) returns void
language sql security invoker set search_path = '' as $$
    insert into public.holdout_openings (owner, id, kind, subject_id, symbol, spec_hash, data_hash, start, "end",
        fingerprint, opened_at)
    select owner, id, kind, subject_id, symbol, spec_hash, data_hash, start, "end", fingerprint, opened_at
    from json_populate_recordset(null::public.holdout_openings, p_rows::json) with ordinality as given
    order by ordinality
    on conflict do nothing
$$;

create function public.list_openings(p_owner text) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(opening order by opening.number), '[]')
    from public.holdout_openings opening where owner = p_owner
$$;

create function public.add_run(p_run text, p_trades text, p_openings text) returns void
language plpgsql security invoker set search_path = '' as $$
declare
    v_run public.backtest_runs := json_populate_record(null::public.backtest_runs, p_run::json);
begin
    perform private.hold(array['ledger ' || v_run.owner]);
    insert into public.backtest_runs (owner, run_id, created_at, document, equity)
    values (v_run.owner, v_run.run_id, v_run.created_at, v_run.document, v_run.equity)
    on conflict do nothing;
    if not found then
        raise sqlstate 'PT409' using message = format('There is a backtest "%s" already.', v_run.run_id),
            hint = 'give the new one an id of its own';
    end if;
    insert into public.backtest_trades (run_id, n, owner, symbol, side, entry_time, entry_price, exit_time, exit_price,
        units, pnl, return, bars_held, exit_reason)
    select v_run.run_id, n, v_run.owner, symbol, side, entry_time, entry_price, exit_time, exit_price, units, pnl,
        return, bars_held, exit_reason
    from json_populate_recordset(null::public.backtest_trades, p_trades::json);
    perform private.add_openings(p_openings);
end $$;

create function public.load_run(p_owner text, p_run_id text) returns text
language plpgsql stable security invoker set search_path = '' as $$
declare
    v_run json;
begin
    select to_json(run) into v_run from public.backtest_runs run where owner = p_owner and run_id = p_run_id;
    if not found then
        perform private.refuse_unknown('backtest', p_run_id, array(
            select run_id from public.backtest_runs where owner = p_owner order by number desc limit 1000));
    end if;
    return json_build_object('run', v_run, 'trades', (
        select coalesce(json_agg(trade order by trade.n), '[]')
        from public.backtest_trades trade where owner = p_owner and run_id = p_run_id));
end $$;

create function public.list_runs(p_owner text, p_limit integer) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(newest order by newest.at), '[]')
    from (
        select run_id, document, row_number() over (order by created_at desc, number desc) as at
        from public.backtest_runs where owner = p_owner order by created_at desc, number desc limit p_limit
    ) newest
$$;


-- bars ----------------------------------------------------------------------------------------------------------------

-- A bar ends within a week of its session, so bars are found by their end, which is their key.
create function private.week_before(p_day date) returns bigint
language sql immutable set search_path = '' as $$ select extract(epoch from p_day - 7)::bigint $$;

create function private.week_after(p_day date) returns bigint
language sql immutable set search_path = '' as $$ select extract(epoch from p_day + 7)::bigint $$;

create function public.bar_series(p_owner text, p_symbol text, p_timeframe text) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(json_build_object('source', source, 'covered', covered, 'held', held) order by source), '[]')
    from (
        select source, json_agg(json_build_array(start, "end") order by start) as covered, (
            select json_build_array(session, (
                select session from public.market_bars bar
                where bar.symbol = p_symbol and bar.timeframe = p_timeframe and bar.source = coverage.source
                    and bar.owner = coverage.owner
                order by "end" desc limit 1))
            from public.market_bars bar
            where bar.symbol = p_symbol and bar.timeframe = p_timeframe and bar.source = coverage.source
                and bar.owner = coverage.owner
            order by "end" limit 1
        ) as held
        from public.market_coverage coverage
        where symbol = p_symbol and timeframe = p_timeframe and owner in ('', p_owner)
        group by source, owner
    ) series
$$;

create function public.read_bars(
    p_owner text, p_symbol text, p_timeframe text, p_source text, p_start date, p_end date) returns text
language sql stable security invoker set search_path = '' as $$
    select json_build_object(
        'session', array_to_json(array_agg(session - date '1970-01-01')), 'start', array_to_json(array_agg(start)),
        'end', array_to_json(array_agg("end")), 'open', array_to_json(array_agg(open)),
        'high', array_to_json(array_agg(high)), 'low', array_to_json(array_agg(low)),
        'close', array_to_json(array_agg(close)), 'volume', array_to_json(array_agg(volume)))
    from (
        select * from public.market_bars
        where symbol = p_symbol and timeframe = p_timeframe and source = p_source and owner = p_owner
            and session between p_start and p_end and "end" between private.week_before(p_start)
            and private.week_after(p_end)
        order by "end"
    ) bars
    having count(*) > 0
$$;

-- A JSON list of numbers as the text of an array: unpacking it element by element takes ten times as long.
create function private.listed(p_columns json, p_name text) returns text
language sql immutable set search_path = '' as $$ select translate(p_columns ->> p_name, '[]', '{}') $$;

create function public.write_bars(
    p_lock text, p_series text, p_columns text, p_start date, p_end date, p_whole boolean) returns void
language plpgsql security invoker set search_path = '' as $$
declare
    v_series public.market_coverage := json_populate_record(null::public.market_coverage, p_series::json);
    v_columns json := p_columns;
begin
    perform private.hold(array[p_lock]);
    delete from public.market_bars
    where symbol = v_series.symbol and timeframe = v_series.timeframe and source = v_series.source
        and owner = v_series.owner and (p_whole or (session between p_start and p_end
            and "end" between private.week_before(p_start) and private.week_after(p_end)));
    insert into public.market_bars (symbol, timeframe, source, owner, session, start, "end", open, high, low, close,
        volume)
    select v_series.symbol, v_series.timeframe, v_series.source, v_series.owner, date '1970-01-01' + bar.session,
        bar.start, bar."end", bar.open, bar.high, bar.low, bar.close, bar.volume
    from unnest(
        private.listed(v_columns, 'session')::integer[], private.listed(v_columns, 'start')::bigint[],
        private.listed(v_columns, 'end')::bigint[], private.listed(v_columns, 'open')::float8[],
        private.listed(v_columns, 'high')::float8[], private.listed(v_columns, 'low')::float8[],
        private.listed(v_columns, 'close')::float8[], private.listed(v_columns, 'volume')::float8[]
    ) as bar (session, start, "end", open, high, low, close, volume);
    -- Stretches never touch each other: the new one swallows every stored one that it overlaps or follows on.
    with swallowed as (
        delete from public.market_coverage
        where symbol = v_series.symbol and timeframe = v_series.timeframe and source = v_series.source
            and owner = v_series.owner and (p_whole or (start <= p_end + 1 and "end" >= p_start - 1))
        returning start, "end"
    )
    select case when p_whole then p_start else least(p_start, min(start)) end,
        case when p_whole then p_end else greatest(p_end, max("end")) end
    into v_series.start, v_series."end" from swallowed;
    insert into public.market_coverage (symbol, timeframe, source, owner, start, "end")
    values (v_series.symbol, v_series.timeframe, v_series.source, v_series.owner, v_series.start, v_series."end");
end $$;

create function public.delete_bars(
    p_locks text, p_owner text, p_symbol text, p_timeframe text, p_before date) returns bigint
language plpgsql security invoker set search_path = '' as $$
declare
    v_deleted bigint;
begin
    perform private.hold(array(select json_array_elements_text(p_locks::json)));
    delete from public.market_bars
    where owner in ('', p_owner) and (p_symbol is null or symbol = p_symbol)
        and (p_timeframe is null or timeframe = p_timeframe) and (p_before is null or session < p_before);
    get diagnostics v_deleted = row_count;
    delete from public.market_coverage
    where owner in ('', p_owner) and (p_symbol is null or symbol = p_symbol)
        and (p_timeframe is null or timeframe = p_timeframe) and (p_before is null or "end" < p_before);
    update public.market_coverage set start = p_before
    where owner in ('', p_owner) and (p_symbol is null or symbol = p_symbol)
        and (p_timeframe is null or timeframe = p_timeframe) and start < p_before;
    return v_deleted;
end $$;

create function public.bar_spans(p_owner text) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(json_build_array(symbol, timeframe, source, start, "end", bars)
        order by symbol, timeframe, source), '[]')
    from (
        select symbol, timeframe, source, min(session) as start, max(session) as "end", count(*) as bars
        from public.market_bars where owner in ('', p_owner) group by symbol, timeframe, source
    ) spans
$$;


-- posts ---------------------------------------------------------------------------------------------------------------

create function public.write_posts(p_owner text, p_rows text) returns bigint
language plpgsql security invoker set search_path = '' as $$
declare
    v_added bigint;
begin
    perform private.hold(array(
        select distinct format('posts %s %s', row ->> 'provider', p_owner) from json_array_elements(p_rows::json) row));
    with added as (
        insert into public.posts (provider, channel, symbol, owner, id, created_at, known_at, date_only, author, text,
            score, url, text_key, author_key)
        select provider, channel, symbol, p_owner, id, created_at, known_at, date_only, author, text, score, url,
            text_key, author_key
        from json_populate_recordset(null::public.posts, p_rows::json)
        on conflict do nothing
        returning provider, channel, symbol, (created_at at time zone 'UTC')::date as day
    ), grown as (
        insert into public.post_series (provider, channel, symbol, owner, start, "end", posts, seen)
        select provider, channel, symbol, p_owner, min(day), max(day), count(*), '[]'
        from added group by provider, channel, symbol
        on conflict (provider, channel, symbol, owner) do update set
            start = least(post_series.start, excluded.start), "end" = greatest(post_series."end", excluded."end"),
            posts = post_series.posts + excluded.posts
        returning 1
    )
    select count(*) into v_added from added;
    return v_added;
end $$;

create function public.read_posts(
    p_owner text, p_provider text, p_symbol text, p_channel text, p_start date, p_end date) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(json_build_object(
        'id', id, 'symbol', symbol, 'channel', channel, 'created_at', created_at, 'known_at', known_at,
        'date_only', date_only, 'author', author, 'text', text, 'score', score, 'url', url)
        order by created_at, id collate "C"), '[]')
    from public.posts
    where provider = p_provider and symbol = p_symbol and channel = p_channel and owner = p_owner
        and created_at >= p_start::timestamp at time zone 'UTC'
        and created_at < (p_end + 1)::timestamp at time zone 'UTC'
$$;

create function public.post_spans(p_owner text) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(json_build_array(symbol, channel, provider, start, "end", posts, seen)
        order by symbol, channel, provider), '[]')
    from public.post_series where owner in ('', p_owner)
$$;

create function public.read_scored(
    p_owner text, p_provider text, p_symbol text, p_channel text, p_start date, p_end date, p_scorer text) returns text
language sql stable security invoker set search_path = '' as $$
    select json_build_object(
        'created_at', coalesce(array_to_json(array_agg(second)), '[]'),
        'sentiment', coalesce(array_to_json(array_agg(sentiment)), '[]'),
        'text_key', coalesce(array_to_json(array_agg(text_key)), '[]'),
        'author_key', coalesce(array_to_json(array_agg(author_key)), '[]'),
        'date_only', coalesce(array_to_json(array_agg(date_only)), '[]'),
        'unscored', coalesce(json_agg(json_build_array(row, id, text)) filter (where sentiment is null), '[]'))
    from (
        select trunc(extract(epoch from post.created_at))::bigint as second, (
                -- Looked up post by post: a join of two tables of which nothing is known yet may take their product.
                select score.sentiment from public.post_scores score
                where score.provider = p_provider and score.channel = p_channel and score.symbol = p_symbol
                    and score.owner = p_owner and score.id = post.id and score.scorer = p_scorer
            ) as sentiment, post.text_key, post.author_key, post.date_only, post.id, post.text,
            row_number() over (order by post.created_at, post.id collate "C") - 1 as row
        from public.posts post
        where post.provider = p_provider and post.symbol = p_symbol and post.channel = p_channel
            and post.owner = p_owner and post.created_at >= p_start::timestamp at time zone 'UTC'
            and post.created_at < (p_end + 1)::timestamp at time zone 'UTC'
        order by post.created_at, post.id collate "C"
    ) scored
$$;

create function public.write_scores(
    p_owner text, p_provider text, p_symbol text, p_channel text, p_scorer text, p_scores text) returns void
language plpgsql security invoker set search_path = '' as $$
declare
    v_unknown text[];
begin
    perform private.hold(array[format('posts %s %s', p_provider, p_owner)]);
    select array_agg(unknown.id order by unknown.id collate "C") into v_unknown
    from (
        select json_object_keys(p_scores::json) as id
        except
        select id from public.posts
        where provider = p_provider and symbol = p_symbol and channel = p_channel and owner = p_owner
    ) unknown;
    if v_unknown is not null then
        raise sqlstate 'PT404' using
            message = format('There are scores of %s %s posts about %s from %s that are not stored, e.g. %s.',
                cardinality(v_unknown), p_channel, p_symbol, p_provider, v_unknown[1]),
            hint = 'store the posts before their scores';
    end if;
    insert into public.post_scores (provider, channel, symbol, owner, id, scorer, sentiment)
    select p_provider, p_channel, p_symbol, p_owner, key, p_scorer, value::float8
    from json_each_text(p_scores::json)
    on conflict (provider, channel, symbol, owner, id, scorer) do update set sentiment = excluded.sentiment;
end $$;

create function public.write_collected(p_run text, p_posts text) returns bigint
language plpgsql security invoker set search_path = '' as $$
declare
    v_run public.collection_runs := json_populate_record(null::public.collection_runs, p_run::json);
    v_added bigint;
begin
    v_added := public.write_posts(v_run.owner, p_posts);
    perform private.hold(array[format('posts %s %s', v_run.provider, v_run.owner)]);
    insert into public.collection_runs (id, owner, provider, symbol, channel, started_at, complete_from, complete_to,
        found, failed_reason)
    values (v_run.id, v_run.owner, v_run.provider, v_run.symbol, v_run.channel, v_run.started_at, v_run.complete_from,
        v_run.complete_to, v_run.found, v_run.failed_reason)
    on conflict do nothing;
    if v_run.complete_from is not null and v_run.complete_to is not null then
        insert into public.post_series as held (provider, channel, symbol, owner, posts, seen)
        values (v_run.provider, v_run.channel, v_run.symbol, v_run.owner, 0,
            private.joined('[]', v_run.complete_from, v_run.complete_to))
        on conflict (provider, channel, symbol, owner) do update set
            seen = private.joined(held.seen, v_run.complete_from, v_run.complete_to);
    end if;
    return v_added;
end $$;

-- Stretches of moments with one more, as few as possible, ascending: those that overlap or touch are one.
create function private.joined(p_seen jsonb, p_from timestamptz, p_to timestamptz) returns jsonb
language sql stable set search_path = '' as $$
    with stretch as (
        select range_agg(tstzrange((pair ->> 0)::timestamptz, (pair ->> 1)::timestamptz, '[]')) as held
        from (select value as pair from jsonb_array_elements(p_seen)
            union all select jsonb_build_array(p_from, p_to)) pairs
    )
    select jsonb_agg(jsonb_build_array(lower(part), upper(part)) order by part)
    from stretch, lateral unnest(held) as part
$$;

create function public.list_collection_runs(p_owner text, p_limit integer) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(newest order by newest.at), '[]')
    from (
        select id, provider, symbol, channel, started_at, complete_from, complete_to, found, failed_reason,
            row_number() over (order by started_at desc, number desc) as at
        from public.collection_runs where owner in ('', p_owner) order by started_at desc, number desc limit p_limit
    ) newest
$$;


-- datasets ------------------------------------------------------------------------------------------------------------

create function public.read_series(
    p_owner text, p_symbol text, p_channel text, p_timeframe text, p_scorer text) returns text
language sql stable security invoker set search_path = '' as $$
    select json_build_object(
        'spans', (
            select coalesce(json_agg(json_build_array(symbol, channel, provider, start, "end", posts, seen)
                order by provider), '[]')
            from public.post_series where symbol = p_symbol and channel = p_channel and owner in ('', p_owner)),
        'datasets', (
            select coalesce(json_agg(newest order by provider), '[]') from (
                select distinct on (provider) * from public.trading_datasets
                where owner = p_owner and symbol = p_symbol and channel = p_channel and timeframe = p_timeframe
                    and scorer = p_scorer
                order by provider, number desc
            ) newest))
$$;

create function private.no_dataset(p_owner text, p_id text) returns void
language plpgsql stable security invoker set search_path = '' as $$
begin
    perform private.refuse_unknown('dataset', p_id, array(
        select id from public.trading_datasets where owner = p_owner order by number desc limit 1000));
end $$;

create function public.load_dataset(p_owner text, p_id text) returns text
language plpgsql stable security invoker set search_path = '' as $$
declare
    v_row json;
begin
    select to_json(dataset) into v_row from public.trading_datasets dataset where owner = p_owner and id = p_id;
    if not found then
        perform private.no_dataset(p_owner, p_id);
    end if;
    return v_row;
end $$;

-- Stores the versions of p_rows, and links them and those whose ids p_known lists; null, and nothing done, where one of
-- the latter is no longer there.
create function public.store_datasets(p_owner text, p_session_id text, p_rows text, p_known text) returns bigint
language plpgsql security invoker set search_path = '' as $$
declare
    v_added bigint;
    v_known text[] := array(select json_array_elements_text(p_known::json));
begin
    perform private.hold(array['datasets ' || p_owner]);
    if not exists (select from public.sessions where owner = p_owner and session_id = p_session_id) then
        perform private.no_session(p_owner, p_session_id);
    end if;
    if (select count(*) from public.trading_datasets where owner = p_owner and id = any (v_known))
        < cardinality(v_known) then
        return null;
    end if;
    with given as materialized (
        select row_number() over () as at, json_array_elements(p_rows::json) as row
    ), added as (
        insert into public.trading_datasets (owner, id, symbol, channel, provider, timeframe, scorer, start, "end",
            content_hash, created_at, metadata, data)
        select p_owner, parsed.id, parsed.symbol, parsed.channel, parsed.provider, parsed.timeframe, parsed.scorer,
            parsed.start, parsed."end", parsed.content_hash, coalesce(parsed.created_at, now()), parsed.metadata,
            parsed.data
        from given, lateral json_populate_record(null::public.trading_datasets, given.row) parsed
        order by given.at
        on conflict do nothing
        returning 1
    )
    select count(*) into v_added from added;
    insert into public.session_datasets (owner, session_id, dataset_id)
    select p_owner, p_session_id, row ->> 'id' from json_array_elements(p_rows::json) as row
    union all
    select p_owner, p_session_id, id from unnest(v_known) as id
    on conflict do nothing;
    return v_added;
end $$;

create function public.list_session_datasets(p_owner text, p_session_id text) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(json_build_object(
        'id', id, 'symbol', symbol, 'channel', channel, 'provider', provider, 'start', start, 'end', "end",
        'content_hash', content_hash, 'metadata', metadata) order by symbol collate "C", channel collate "C", number), '[]')
    from public.trading_datasets dataset
    where owner = p_owner and exists (
        select from public.session_datasets link
        where link.owner = p_owner and link.session_id = p_session_id and link.dataset_id = dataset.id)
$$;

create function private.orphaned(p_owner text, p_stored_before timestamptz) returns setof bigint
language sql stable security invoker set search_path = '' as $$
    select number from public.trading_datasets dataset
    where owner = p_owner and created_at < p_stored_before
        and not exists (
            select from public.bot_datasets link where link.owner = p_owner and link.dataset_id = dataset.id)
        and not exists (
            select from public.session_datasets link
            join public.sessions using (owner, session_id)
            where link.owner = p_owner and link.dataset_id = dataset.id and sessions.status = 'running')
$$;

create function public.orphans(p_owner text, p_stored_before timestamptz) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(json_build_object(
        'id', id, 'symbol', symbol, 'channel', channel, 'provider', provider, 'start', start, 'end', "end",
        'content_hash', content_hash, 'metadata', metadata) order by created_at, number), '[]')
    from public.trading_datasets where number in (select private.orphaned(p_owner, p_stored_before))
$$;

create function public.delete_orphans(p_owner text, p_ids text, p_stored_before timestamptz) returns bigint
language plpgsql security invoker set search_path = '' as $$
declare
    v_ids text[];
    v_deleted bigint;
begin
    perform private.hold(array['datasets ' || p_owner]);
    select array_agg(id) into v_ids from public.trading_datasets
    where number in (select private.orphaned(p_owner, p_stored_before))
        and id in (select json_array_elements_text(p_ids::json));
    delete from public.session_datasets where owner = p_owner and dataset_id = any (v_ids);
    delete from public.trading_datasets where owner = p_owner and id = any (v_ids);
    get diagnostics v_deleted = row_count;
    return v_deleted;
end $$;

create function public.read_days(
    p_owner text, p_symbol text, p_channel text, p_provider text, p_scorer text, p_start date, p_end date) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(day order by day.session), '[]')
    from (
        select session, cutoff_utc, coverage, failed_reason, posts, unique_posts, authors, positive, neutral, negative,
            mean, median, std, scorer, point_in_time, available_posts
        from public.sentiment_history
        where owner = p_owner and symbol = p_symbol and channel = p_channel and provider = p_provider
            and scorer = p_scorer and session between p_start and p_end
    ) day
$$;

create function public.write_days(p_rows text) returns void
language sql security invoker set search_path = '' as $$
    insert into public.sentiment_history (owner, symbol, channel, provider, scorer, session, cutoff_utc, coverage,
        failed_reason, posts, unique_posts, authors, positive, neutral, negative, mean, median, std, point_in_time,
        available_posts)
    select owner, symbol, channel, provider, scorer, session, cutoff_utc, coverage, failed_reason, posts, unique_posts,
        authors, positive, neutral, negative, mean, median, std, point_in_time, available_posts
    from json_populate_recordset(null::public.sentiment_history, p_rows::json)
    on conflict (owner, symbol, channel, provider, scorer, session) do update set
        cutoff_utc = excluded.cutoff_utc, coverage = excluded.coverage, failed_reason = excluded.failed_reason,
        posts = excluded.posts, unique_posts = excluded.unique_posts, authors = excluded.authors,
        positive = excluded.positive, neutral = excluded.neutral, negative = excluded.negative, mean = excluded.mean,
        median = excluded.median, std = excluded.std, point_in_time = excluded.point_in_time,
        available_posts = excluded.available_posts
$$;


-- bots ----------------------------------------------------------------------------------------------------------------

create function public.add_bot(p_row text, p_datasets text, p_snapshots text, p_pinned text) returns void
language plpgsql security invoker set search_path = '' as $$
declare
    v_row public.bots := json_populate_record(null::public.bots, p_row::json);
    v_holder text;
    v_dataset text;
begin
    perform private.hold(array['bots ' || v_row.owner, 'datasets ' || v_row.owner, 'session ' || v_row.session_id]);
    select bot_id into v_holder from public.bots where owner = v_row.owner and name = v_row.name;
    if found then
        raise sqlstate 'PT409' using
            message = format('There is a bot named "%s" already (%s).', v_row.name, v_holder),
            hint = 'choose another name, or delete that bot';
    end if;
    perform private.add_bot_row(v_row);
    for v_dataset in select json_array_elements_text(p_datasets::json) loop
        if not exists (select from public.trading_datasets where owner = v_row.owner and id = v_dataset) then
            perform private.no_dataset(v_row.owner, v_dataset);
        end if;
        insert into public.bot_datasets (owner, bot_id, dataset_id) values (v_row.owner, v_row.bot_id, v_dataset)
        on conflict do nothing;
    end loop;
    perform private.pin_bars(v_row.owner, v_row.bot_id, p_snapshots, p_pinned);
    update public.sessions set document = jsonb_set(document, '{bot_id}', to_jsonb(v_row.bot_id))
    where owner = v_row.owner and session_id = v_row.session_id;
end $$;

create function private.add_bot_row(p_row public.bots) returns void
language plpgsql security invoker set search_path = '' as $$
begin
    if exists (select from public.bots where bot_id = p_row.bot_id) then
        raise unique_violation;
    end if;
    if not exists (select from public.sessions where owner = p_row.owner and session_id = p_row.session_id) then
        perform private.no_session(p_row.owner, p_row.session_id);
    end if;
    insert into public.bots (owner, bot_id, name, session_id, created_at, document)
    values (p_row.owner, p_row.bot_id, p_row.name, p_row.session_id, p_row.created_at, p_row.document);
exception when unique_violation then
    raise sqlstate 'PT409' using message = format('There is a bot "%s" already.', p_row.bot_id),
        hint = 'give the new one an id of its own';
end $$;

-- The content hash of packed bars (backend/domain/hashing.py); null where the block is none. Whoever brings bars under a
-- hash must have them: nobody can take the place of a hash with other values, or pin what he merely knows the hash of.
create function private.bars_hash(p_symbol text, p_timeframe text, p_data bytea) returns text
language plpgsql immutable set search_path = '' as $$
declare
    v_header integer := get_byte(p_data, 0) + get_byte(p_data, 1) * 256 + get_byte(p_data, 2) * 65536;
    v_at integer := 4 + v_header;
    v_layout json := convert_from(substr(p_data, 5, v_header), 'UTF8');
    v_columns text := '';
    v_column json;
    v_content bytea := convert_to(format('text:%s:%stext:%s:%s', octet_length(p_symbol), p_symbol,
        octet_length(p_timeframe), p_timeframe), 'UTF8');
begin
    for v_column in select json_array_elements(v_layout) loop
        v_columns := v_columns || (v_column ->> 0) || ' ' || (v_column ->> 1) || ',';
        v_content := v_content || convert_to(format('%s:%s:', substr(v_column ->> 1, 2), v_column -> 2 ->> 0), 'UTF8')
            || substr(p_data, v_at + 1, 8 * (v_column -> 2 ->> 0)::integer);
        v_at := v_at + 8 * (v_column -> 2 ->> 0)::integer;
    end loop;
    if v_at <> octet_length(p_data) or v_columns <> 'session <M8[D],start <M8[s],end <M8[s],open <f8,high <f8,low <f8,'
        || 'close <f8,volume <f8,' then
        return null;
    end if;
    return left(encode(sha256(v_content), 'hex'), 32);
exception when data_exception then
    return null;
end $$;

-- The one part of a call with rights of its own: snapshots belong to everybody who brought them, so no user may write
-- their table. It trusts nobody: the owner must be the caller, the bot his, and every block must give its hash.
create function private.pin_bars(p_owner text, p_bot_id text, p_snapshots text, p_pinned text) returns void
language plpgsql security definer set search_path = '' as $$
declare
    v_given public.bars_snapshots;
    v_wanted text;
    v_brought text[] := '{}';
begin
    if p_owner is distinct from public.request_owner() and current_setting('role') not in ('service_role', 'none') then
        raise insufficient_privilege using message = 'these bars belong to another account';
    end if;
    perform private.hold(array['snapshots']);
    for v_given in select * from json_populate_recordset(null::public.bars_snapshots, p_snapshots::json) loop
        if v_given.snapshot_id is distinct from private.bars_hash(v_given.symbol, v_given.timeframe, v_given.data) then
            raise sqlstate 'PT422' using
                message = format('The bars brought as snapshot %s do not give that hash.', v_given.snapshot_id),
                hint = 'pin bars under their own content hash';
        end if;
        insert into public.bars_snapshots (snapshot_id, symbol, timeframe, source, bars, data)
        values (v_given.snapshot_id, v_given.symbol, v_given.timeframe, v_given.source, v_given.bars, v_given.data)
        on conflict do nothing;
        v_brought := v_brought || v_given.snapshot_id;
    end loop;
    for v_wanted in select json_array_elements_text(p_pinned::json) loop
        if v_wanted <> all (v_brought) and not exists (
            select from public.bot_snapshots where owner = p_owner and snapshot_id = v_wanted) then
            perform private.no_snapshot(v_wanted);
        end if;
        insert into public.bot_snapshots (owner, bot_id, snapshot_id) values (p_owner, p_bot_id, v_wanted)
        on conflict do nothing;
    end loop;
end $$;

create function private.no_snapshot(p_snapshot_id text) returns void
language plpgsql immutable set search_path = '' as $$
begin
    raise sqlstate 'PT404' using message = format('There are no pinned bars "%s".', p_snapshot_id),
        hint = 'a bot names its own under `backproof bots show ID`';
end $$;

create function private.no_bot(p_owner text, p_bot_id text) returns void
language plpgsql stable security invoker set search_path = '' as $$
begin
    perform private.refuse_unknown('bot', p_bot_id, array(
        select bot_id from public.bots where owner = p_owner order by number desc limit 1000));
end $$;

create function public.load_bot(p_owner text, p_bot_id text) returns text
language plpgsql stable security invoker set search_path = '' as $$
declare
    v_document text;
begin
    select document into v_document from public.bots where owner = p_owner and bot_id = p_bot_id;
    if not found then
        perform private.no_bot(p_owner, p_bot_id);
    end if;
    return v_document;
end $$;

create function public.list_bots(p_owner text) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(document order by created_at desc, number desc), '[]')
    from public.bots where owner = p_owner
$$;

create function public.delete_bot(p_owner text, p_bot_id text) returns void
language plpgsql security invoker set search_path = '' as $$
declare
    v_pinned text[];
    v_session_id text;
begin
    perform private.hold(array['bots ' || p_owner]);
    v_pinned := array(select snapshot_id from public.bot_snapshots where owner = p_owner and bot_id = p_bot_id);
    delete from public.bots where owner = p_owner and bot_id = p_bot_id returning session_id into v_session_id;
    if not found then
        perform private.no_bot(p_owner, p_bot_id);
    end if;
    update public.sessions set document = jsonb_set(document, '{bot_id}', 'null')
    where owner = p_owner and session_id = v_session_id and document ->> 'bot_id' = p_bot_id;
    perform private.drop_unpinned(v_pinned);
end $$;

-- Whether another owner pins a snapshot is nobody's business but the database's.
create function private.drop_unpinned(p_snapshots text[]) returns void
language plpgsql security definer set search_path = '' as $$
begin
    perform private.hold(array['snapshots']);
    delete from public.bars_snapshots snapshot
    where snapshot_id = any (p_snapshots)
        and not exists (select from public.bot_snapshots pin where pin.snapshot_id = snapshot.snapshot_id);
end $$;

create function public.load_snapshot(p_owner text, p_snapshot_id text) returns text
language plpgsql stable security invoker set search_path = '' as $$
declare
    v_row json;
begin
    select to_json(snapshot) into v_row from public.bars_snapshots snapshot
    where snapshot_id = p_snapshot_id and exists (
        select from public.bot_snapshots where owner = p_owner and snapshot_id = p_snapshot_id);
    if not found then
        perform private.no_snapshot(p_snapshot_id);
    end if;
    return v_row;
end $$;


-- who may call what ---------------------------------------------------------------------------------------------------

do $$
declare
    v_function regprocedure;
    v_role text;
    v_served constant text[] := array[
        'add_bot', 'add_run', 'add_session', 'append_event', 'bar_series', 'bar_spans', 'cancel_requested',
        'conclude', 'delete_bars', 'delete_bot', 'delete_orphans', 'list_attempts', 'list_bots',
        'list_collection_runs', 'list_events', 'list_openings', 'list_runs', 'list_session_datasets', 'list_sessions',
        'list_trials', 'load_bot', 'load_dataset', 'load_run', 'load_session', 'load_snapshot', 'orphans',
        'post_spans', 'read_bars', 'read_days', 'read_posts', 'read_scored', 'read_series', 'request_cancel',
        'save_attempt', 'save_session', 'sessions_with_attempts', 'store_datasets', 'write_bars', 'write_collected',
        'write_days', 'write_posts', 'write_scores'
    ];
begin
    for v_function in
        select oid::regprocedure from pg_catalog.pg_proc
        where pronamespace = 'private'::regnamespace
            or (pronamespace = 'public'::regnamespace and proname = any (v_served))
    loop
        execute format('revoke execute on function %s from public', v_function);
        for v_role in select rolname from pg_catalog.pg_roles where rolname in ('anon', 'authenticated', 'service_role')
        loop
            execute format('revoke execute on function %s from %I', v_function, v_role);
            if v_role <> 'anon' then
                execute format('grant execute on function %s to %I', v_function, v_role);
            end if;
        end loop;
    end loop;
end $$;

insert into public.schema_migrations (number, name, applied_at) values (20261121100200, 'functions', now());
