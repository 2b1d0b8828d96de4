-- Sessions are listed by what a line shows of each; a whole one is read by its id.

drop function public.list_sessions(text, integer);

insert into public.schema_migrations (number, name, applied_at)
values (20261122170000, 'list sessions by their lines', now());
