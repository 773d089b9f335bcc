-- Bypasses that somebody told of before they were found (docs/formats/disclosure.md). The story is sealed.

create table disclosure (
  id text collate "C" not null primary key,
  about text collate "C" not null check (about in ('own', 'seen')),
  told_by text collate "C" not null references person (id) deferrable initially deferred,
  repository_key text collate "C" not null references repository (key) deferrable initially deferred,
  ref text collate "C" not null,
  commit_id text collate "C" not null,
  gates text collate "C" not null,
  happened_at bigint not null,
  at bigint not null,
  shared bigint not null check (shared in (0, 1)),
  story_commit text collate "C" not null,
  program_digest text collate "C" not null,
  review_id text collate "C" not null references review (id) deferrable initially deferred,
  finding_id text collate "C" references finding (id) deferrable initially deferred,
  check (happened_at <= at)
);
create index disclosure_landing on disclosure (commit_id, repository_key, ref);
create index disclosure_at on disclosure (at);
