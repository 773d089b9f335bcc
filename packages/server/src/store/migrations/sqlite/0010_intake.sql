-- What a forge delivered, as it came; what it was read as; what was not taken, and when nobody was there to take it.

create table delivery (
  seq integer not null primary key,
  source text not null,
  delivery_id text not null,
  event text not null,
  encoding text not null check (encoding in ('plain', 'zstd')),
  body blob not null,
  body_bytes integer not null check (body_bytes >= 0),
  received_at integer not null,
  action text,
  reading text check (reading in ('told', 'ignored', 'unknown')),
  what text,
  superseded integer check (superseded in (0, 1)),
  read_at integer
) strict;
create index delivery_unread on delivery (seq) where read_at is null;
create index delivery_received on delivery (received_at);

create table delivery_count (
  source text not null,
  event text not null,
  reading text not null check (reading in ('told', 'ignored', 'unknown')),
  what text not null,
  n integer not null check (n >= 0),
  last_at integer not null,
  primary key (source, event, reading, what)
) strict;

create table delivery_refused (
  source text not null,
  reason text not null,
  n integer not null check (n >= 0),
  last_at integer not null,
  primary key (source, reason)
) strict;

create table delivery_gap (
  id text not null primary key,
  source text not null,
  why text not null check (why in ('not_running', 'busy', 'not_stored', 'stopping')),
  from_at integer not null,
  to_at integer not null,
  refused integer not null check (refused >= 0),
  check (from_at <= to_at)
) strict;
create index delivery_gap_to on delivery_gap (source, to_at);

create table delivery_alive (
  source text not null primary key,
  at integer not null
) strict;

create table entity_version (
  source text not null,
  entity text not null,
  at integer not null,
  primary key (source, entity)
) strict;
