-- The standing review: reports that were delivered, forums that were held, and what they decided. Texts are sealed; a report
-- is a document.

create table forum_report (
  id text collate "C" not null primary key,
  due_at bigint not null unique,
  at bigint not null,
  from_at bigint not null,
  to_at bigint not null,
  digest text collate "C" not null references document (digest) deferrable initially deferred,
  headline text collate "C" not null,
  check (from_at < to_at)
);

create table forum (
  id text collate "C" not null primary key,
  held_at bigint not null unique,
  chair text collate "C" not null references person (id) deferrable initially deferred,
  recorded_by text collate "C" not null references person (id) deferrable initially deferred,
  recorded_at bigint not null,
  report_digest text collate "C" not null references document (digest) deferrable initially deferred,
  from_at bigint not null,
  to_at bigint not null,
  check (held_at <= recorded_at)
);

create table forum_decision (
  forum_id text collate "C" not null references forum (id) deferrable initially deferred,
  ordinal bigint not null check (ordinal >= 1),
  gate text collate "C" not null,
  question_commit text collate "C",
  decision_commit text collate "C",
  owner text collate "C" references person (id) deferrable initially deferred,
  due_on text collate "C" check (length(due_on) = 10),
  primary key (forum_id, ordinal),
  constraint forum_decision_gate unique (forum_id, gate),
  check ((decision_commit is null) = (owner is null) and (owner is null) = (due_on is null))
);
