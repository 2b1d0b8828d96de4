-- Strategies are read by their list alone, and what is said of pinned bars fits every door.

drop function public.load_strategy(text, text);

create or replace function private.no_snapshot(p_snapshot_id text) returns void
language plpgsql immutable set search_path = '' as $$
begin
    raise sqlstate 'PT404' using message = format('There are no pinned bars "%s".', p_snapshot_id),
        hint = 'a bot names its own';
end $$;

insert into public.schema_migrations (number, name, applied_at)
values (20261122160000, 'read strategies by their list', now());
