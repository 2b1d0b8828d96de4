-- What an owner has looked at of some symbols.

create index ix_holdout_openings_owner_symbol on public.holdout_openings (owner, symbol);

create function public.list_looks(p_owner text, p_symbols text[], p_first date, p_last date) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(json_build_array(symbol, spec_hash, data_hash)), '[]')
    from (
        select distinct symbol, spec_hash, data_hash from public.holdout_openings
        where owner = p_owner and symbol = any (p_symbols) and start <= p_last and "end" >= p_first
    ) seen
$$;

-- Openings of one market on the same data have one fingerprint; it comes with the first of them.
create or replace function public.list_openings(p_owner text) returns text
language sql stable security invoker set search_path = '' as $$
    select coalesce(json_agg(json_build_object('number', number, 'owner', owner, 'id', id, 'kind', kind,
        'subject_id', subject_id, 'symbol', symbol, 'spec_hash', spec_hash, 'data_hash', data_hash, 'start', start,
        'end', "end", 'fingerprint', case when place = 1 then fingerprint end, 'opened_at', opened_at)
        order by number), '[]')
    from (
        select *, row_number() over (partition by symbol, data_hash, start, "end" order by number) as place
        from public.holdout_openings where owner = p_owner
    ) opening
$$;

do $$
declare
    v_role text;
begin
    revoke execute on function public.list_looks(text, text[], date, date) from public;
    for v_role in select rolname from pg_catalog.pg_roles where rolname in ('anon', 'authenticated', 'service_role')
    loop
        execute format('revoke execute on function public.list_looks(text, text[], date, date) from %I', v_role);
        if v_role <> 'anon' then
            execute format('grant execute on function public.list_looks(text, text[], date, date) to %I', v_role);
        end if;
    end loop;
end $$;

insert into public.schema_migrations (number, name, applied_at)
values (20261122150000, 'find openings by symbol', now());
