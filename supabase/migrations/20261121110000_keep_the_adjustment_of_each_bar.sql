-- The adjustment of each bar: its adjusted over its raw price, which tells how many shares a sum buys.

alter table public.market_bars add column adjustment double precision not null default 1;

-- The sample lies in a package: it is read from there once more, with its adjustments.
delete from public.market_bars where source = 'sample';
delete from public.market_coverage where source = 'sample';

create or replace function public.read_bars(
    p_owner text, p_symbol text, p_timeframe text, p_source text, p_start date, p_end date) returns text
language sql stable security invoker set search_path = '' as $$
    select json_build_object(
        'session', array_to_json(array_agg(session - date '1970-01-01')), 'start', array_to_json(array_agg(start)),
        'end', array_to_json(array_agg("end")), 'open', array_to_json(array_agg(open)),
        'high', array_to_json(array_agg(high)), 'low', array_to_json(array_agg(low)),
        'close', array_to_json(array_agg(close)), 'volume', array_to_json(array_agg(volume)),
        'adjustment', array_to_json(array_agg(adjustment)))
    from (
        select * from public.market_bars
        where symbol = p_symbol and timeframe = p_timeframe and source = p_source and owner = p_owner
            and session between p_start and p_end and "end" between private.week_before(p_start)
            and private.week_after(p_end)
        order by "end"
    ) bars
    having count(*) > 0
$$;

create or replace function public.write_bars(
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
        volume, adjustment)
    select v_series.symbol, v_series.timeframe, v_series.source, v_series.owner, date '1970-01-01' + bar.session,
        bar.start, bar."end", bar.open, bar.high, bar.low, bar.close, bar.volume,
        bar.adjustment
    from unnest(
        private.listed(v_columns, 'session')::integer[], private.listed(v_columns, 'start')::bigint[],
        private.listed(v_columns, 'end')::bigint[], private.listed(v_columns, 'open')::float8[],
        private.listed(v_columns, 'high')::float8[], private.listed(v_columns, 'low')::float8[],
        private.listed(v_columns, 'close')::float8[], private.listed(v_columns, 'volume')::float8[],
        private.listed(v_columns, 'adjustment')::float8[]
    ) as bar (session, start, "end", open, high, low, close, volume, adjustment);
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

-- Bars whose adjustments are all 1 are packed, and hashed, without that column, as they were when there was none.
create or replace function private.bars_hash(p_symbol text, p_timeframe text, p_data bytea) returns text
language plpgsql immutable set search_path = '' as $$
declare
    v_raw constant text := 'session <M8[D],start <M8[s],end <M8[s],open <f8,high <f8,low <f8,close <f8,volume <f8,';
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
    if v_at <> octet_length(p_data) or v_columns not in (v_raw, v_raw || 'adjustment <f8,') then
        return null;
    end if;
    return left(encode(sha256(v_content), 'hex'), 32);
exception when data_exception then
    return null;
end $$;

insert into public.schema_migrations (number, name, applied_at)
values (20261121110000, 'keep the adjustment of each bar', now());
