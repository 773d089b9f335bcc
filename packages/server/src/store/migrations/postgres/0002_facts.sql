-- Since when each member of a group, and each account named on its own, has stood in the program: JSON, written when the
-- version takes effect.
alter table program_version add column members_since text collate "C";

-- The files of the program by name, a document: what is resolved anew when a repository is registered.
alter table program_version add column files_digest text collate "C";

-- One text may be resolved anew when a repository is registered, so two open versions may share it.
drop index program_version_open;
create unique index program_version_open on program_version (program_id, digest, resolved_digest)
  where state in ('proposed', 'waiting', 'in_force');

-- Refusals by code in the hour, JSON: what the counting statement says.
alter table refusal_window add column codes text collate "C" not null default '{}';

-- What an enforcement point says of a gate it ran itself. It informs decisions and never opens anything: a pass counts only
-- with a receipt of a reporter credential.
create table point_result (
  leaf text collate "C" not null primary key,
  point_id text collate "C" not null references point (id) deferrable initially deferred,
  gate text collate "C" not null,
  repository_key text collate "C" not null references repository (key) deferrable initially deferred,
  change_key text collate "C" not null,
  result text collate "C" not null,
  since_at bigint not null,
  at bigint not null,
  run text collate "C"
);
create index point_result_newest on point_result (repository_key, change_key, gate, at);

-- When a bypass happened, as far as can be told, and the grant it has to do with.
alter table finding add column happened_at bigint;
alter table finding add column grant_id text collate "C" references glass (id) deferrable initially deferred;
alter table finding add column program_digest text collate "C";
