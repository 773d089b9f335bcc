-- Bypasses that somebody told of before they were found (docs/formats/disclosure.md). The story is sealed.

create table disclosure (
  id text not null primary key,
  about text not null check (about in ('own', 'seen')),
  told_by text not null references person (id) deferrable initially deferred,
  repository_key text not null references repository (key) deferrable initially deferred,
  ref text not null,
  commit_id text not null,
  gates text not null,
  happened_at integer not null,
  at integer not null,
  shared integer not null check (shared in (0, 1)),
  story_commit text not null,
  program_digest text not null,
  review_id text not null references review (id) deferrable initially deferred,
  finding_id text references finding (id) deferrable initially deferred,
  check (happened_at <= at)
) strict;
create index disclosure_landing on disclosure (commit_id, repository_key, ref);
create index disclosure_at on disclosure (at);
