-- The standing review: reports that were delivered, forums that were held, and what they decided. Texts are sealed; a report
-- is a document.

create table forum_report (
  id text not null primary key,
  due_at integer not null unique,
  at integer not null,
  from_at integer not null,
  to_at integer not null,
  digest text not null references document (digest) deferrable initially deferred,
  headline text not null,
  check (from_at < to_at)
) strict;

create table forum (
  id text not null primary key,
  held_at integer not null unique,
  chair text not null references person (id) deferrable initially deferred,
  recorded_by text not null references person (id) deferrable initially deferred,
  recorded_at integer not null,
  report_digest text not null references document (digest) deferrable initially deferred,
  from_at integer not null,
  to_at integer not null,
  check (held_at <= recorded_at)
) strict;

create table forum_decision (
  forum_id text not null references forum (id) deferrable initially deferred,
  ordinal integer not null check (ordinal >= 1),
  gate text not null,
  question_commit text,
  decision_commit text,
  owner text references person (id) deferrable initially deferred,
  due_on text check (length(due_on) = 10),
  primary key (forum_id, ordinal),
  constraint forum_decision_gate unique (forum_id, gate),
  check ((decision_commit is null) = (owner is null) and (owner is null) = (due_on is null))
) strict;
