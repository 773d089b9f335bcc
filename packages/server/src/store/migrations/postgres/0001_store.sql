-- The first tables. Ids are text made by us, instants whole milliseconds since 1970 UTC, flags 0 or 1, JSON is text that
-- no query looks into. State words are not checked here: their tables live in core, and a new word must not need a new
-- table. References are checked at commit, so a transaction may write in the order that reads best.

create table meta (
  key text collate "C" not null primary key,
  value text collate "C" not null
);

-- People, their accounts and what they may do by role.

create table person (
  id text collate "C" not null primary key,
  kind text collate "C" not null,
  state text collate "C" not null,
  name_commit text collate "C" not null,
  created_at bigint not null,
  ended_at bigint
);

create table account (
  issuer text collate "C" not null,
  subject text collate "C" not null,
  person_id text collate "C" not null references person (id) deferrable initially deferred,
  linked_at bigint not null,
  primary key (issuer, subject)
);
create index account_person on account (person_id);

create table person_role (
  person_id text collate "C" not null references person (id) deferrable initially deferred,
  role text collate "C" not null,
  since_at bigint not null,
  primary key (person_id, role)
);

create table invitation (
  id text collate "C" not null primary key,
  code_hash text collate "C" not null unique,
  person_id text collate "C" references person (id) deferrable initially deferred,
  purpose text collate "C" not null,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint,
  ended_at bigint
);
create index invitation_person on invitation (person_id);

-- Repositories, the points that enforce, and the credentials of people, reporters and points.

create table repository (
  key text collate "C" not null primary key,
  forge text collate "C" not null,
  host text collate "C" not null,
  id text collate "C" not null,
  name text collate "C" not null unique,
  properties text collate "C" not null,
  registered_at bigint not null
);

create table point (
  id text collate "C" not null primary key,
  name text collate "C" not null,
  kind text collate "C" not null,
  enforcement text collate "C" not null,
  repository_key text collate "C" not null references repository (key) deferrable initially deferred,
  public_key text collate "C" not null,
  kid text collate "C" not null unique,
  event_seq bigint not null default 0 check (event_seq >= 0),
  event_prev text collate "C",
  registered_at bigint not null,
  last_seen_at bigint,
  ended_at bigint
);
create index point_repository on point (repository_key);

create table token (
  id text collate "C" not null primary key,
  hash text collate "C" not null unique,
  kind text collate "C" not null,
  person_id text collate "C" references person (id) deferrable initially deferred,
  point_id text collate "C" references point (id) deferrable initially deferred,
  gate text collate "C",
  repository_key text collate "C" references repository (key) deferrable initially deferred,
  name text collate "C" not null,
  created_at bigint not null,
  expires_at bigint not null,
  ended_at bigint,
  last_used_at bigint,
  check ((kind = 'person') = (person_id is not null)),
  check ((kind = 'point') = (point_id is not null)),
  check ((kind = 'reporter') = (gate is not null and repository_key is not null))
);
create index token_person on token (person_id);
create index token_point on token (point_id);

-- What is logged: documents by digest, texts that can be erased, and the signed statements.

create table document (
  digest text collate "C" not null primary key,
  bytes_length bigint not null check (bytes_length >= 0),
  text text collate "C" not null,
  created_at bigint not null
);

-- The salt goes with the text: with the salt alone a short text could be guessed and confirmed.
create table sealed_text (
  commitment text collate "C" not null primary key,
  salt text collate "C",
  text text collate "C",
  created_at bigint not null,
  erased_at bigint,
  check ((text is null) = (salt is null)),
  check ((text is null) = (erased_at is not null))
);

-- Rows without a ledger index are the outbox, except those withheld: signed, never sent, never to be sent.
create table statement (
  sid text collate "C" not null primary key,
  leaf text collate "C" not null unique,
  subject text collate "C" not null,
  seq bigint not null check (seq >= 1),
  prev text collate "C",
  kind text collate "C" not null,
  at bigint not null,
  jws text collate "C" not null,
  created_at bigint not null,
  ledger_index bigint unique,
  proof text collate "C",
  logged_at bigint,
  withheld_at bigint,
  unique (subject, seq),
  check ((prev is null) = (seq = 1)),
  check ((ledger_index is null) = (proof is null)),
  check ((ledger_index is null) = (logged_at is null)),
  check (ledger_index is null or withheld_at is null)
);
create index statement_outbox on statement (subject, seq) where ledger_index is null and withheld_at is null;
create index statement_kind on statement (kind, at);

-- The program's versions.

create table program_version (
  id text collate "C" not null primary key,
  program_id text collate "C" not null,
  version bigint check (version >= 1),
  digest text collate "C" not null,
  resolved_digest text collate "C" not null,
  previous text collate "C",
  state text collate "C" not null,
  class text collate "C" not null,
  changes text collate "C" not null,
  publisher text collate "C" not null references person (id) deferrable initially deferred,
  approvers text collate "C" not null,
  approvals_needed bigint not null check (approvals_needed >= 0),
  source text collate "C",
  proposed_at bigint not null,
  earliest_at bigint not null,
  effective_at bigint,
  statement_sid text collate "C" references statement (sid) deferrable initially deferred
);
create unique index program_version_in_force on program_version (program_id) where state = 'in_force';
create unique index program_version_number on program_version (program_id, version) where version is not null;
create unique index program_version_open on program_version (program_id, digest)
  where state in ('proposed', 'waiting', 'in_force');

-- Incidents of the built-in register.

create table incident (
  id text collate "C" not null primary key,
  title_commit text collate "C",
  severity text collate "C" not null,
  state text collate "C" not null,
  commander text collate "C" references person (id) deferrable initially deferred,
  opened_by text collate "C" not null references person (id) deferrable initially deferred,
  opened_at bigint not null,
  resolved_at bigint
);
create index incident_state on incident (state, opened_at);

-- Grants. "Glass" because GRANT is a word of SQL. A refused request may name an incident or a point nobody here knows,
-- so those two columns are not references.

create table glass (
  id text collate "C" not null primary key,
  request_id text collate "C" not null,
  state text collate "C" not null,
  gate text collate "C" not null,
  boundary text collate "C" not null,
  class text collate "C" not null,
  repository_key text collate "C" not null references repository (key) deferrable initially deferred,
  ref text collate "C",
  change_key text collate "C" not null,
  change text collate "C" not null,
  at_point text collate "C" not null,
  mode text collate "C" not null,
  actor text collate "C" not null references person (id) deferrable initially deferred,
  second_person text collate "C" not null,
  approvers text collate "C" not null,
  may_approve text collate "C" not null,
  waiting_since_at bigint,
  waits_until_at bigint,
  justification_commit text collate "C" not null,
  incident_id text collate "C",
  incident text collate "C",
  ttl_seconds bigint not null,
  uses bigint not null,
  used bigint not null default 0 check (used between 0 and uses),
  program_digest text collate "C" not null,
  keeps text collate "C" not null,
  authors text collate "C" not null,
  reasons_digest text collate "C" not null,
  roster_digest text collate "C",
  requested_at bigint not null,
  granted_at bigint,
  expires_at bigint,
  granted_sid text collate "C" references statement (sid) deferrable initially deferred,
  live_at bigint,
  revoked_at bigint,
  shut_at bigint,
  shut_confirmed_by text collate "C",
  refusal_code text collate "C",
  refusal_remedy text collate "C",
  told text collate "C" not null
);
-- Two people at one moment: the second finds the first one's glass instead of opening another.
create unique index glass_open on glass (gate, repository_key, change_key, at_point)
  where state in ('requested', 'waiting', 'granted', 'live');
create index glass_state on glass (state, expires_at);
create index glass_change on glass (repository_key, change_key);
create index glass_requested on glass (requested_at);
create index glass_request on glass (request_id);
create index glass_incident on glass (incident_id);

create table glass_use (
  grant_id text collate "C" not null references glass (id) deferrable initially deferred,
  use_key text collate "C" not null,
  at bigint not null,
  ref text collate "C",
  old text collate "C",
  new text collate "C",
  run text collate "C",
  late smallint not null default 0 check (late in (0, 1)),
  sid text collate "C" not null unique references statement (sid) deferrable initially deferred,
  primary key (grant_id, use_key)
);

-- Refusals are logged one by one up to a bound per person and hour, then once with a count.
create table refusal_window (
  person_id text collate "C" not null references person (id) deferrable initially deferred,
  hour bigint not null,
  count bigint not null check (count >= 1),
  primary key (person_id, hour)
);

-- Results of gates, and windows of passing while a gate could not run.

create table result (
  id text collate "C" not null primary key,
  gate text collate "C" not null,
  repository_key text collate "C" not null references repository (key) deferrable initially deferred,
  change_key text collate "C" not null,
  result text collate "C" not null,
  since_at bigint not null,
  at bigint not null,
  reporter text collate "C" not null references token (id) deferrable initially deferred,
  run text collate "C" not null,
  receipt_jws text collate "C" not null,
  expires_at bigint not null
);
create index result_newest on result (repository_key, change_key, gate, at);

create table unavailable_window (
  id text collate "C" not null primary key,
  gate text collate "C" not null,
  repository_key text collate "C" not null references repository (key) deferrable initially deferred,
  at_point text collate "C" not null references point (id) deferrable initially deferred,
  from_at bigint not null,
  until_at bigint not null,
  sid text collate "C" not null references statement (sid) deferrable initially deferred,
  recovered_at bigint
);
create unique index unavailable_window_open on unavailable_window (gate, repository_key, at_point) where recovered_at is null;
create index unavailable_window_from on unavailable_window (gate, repository_key, from_at);

create table unavailable_pass (
  window_id text collate "C" not null references unavailable_window (id) deferrable initially deferred,
  use_key text collate "C" not null,
  change text collate "C" not null,
  at bigint not null,
  primary key (window_id, use_key)
);

-- Reviews: what was said, who signed, what follows.

create table review (
  id text collate "C" not null primary key,
  "of" text collate "C" not null,
  subject text collate "C" not null,
  grant_id text collate "C" references glass (id) deferrable initially deferred,
  gate text collate "C" not null,
  state text collate "C" not null,
  form text collate "C" not null,
  actor text collate "C" references person (id) deferrable initially deferred,
  opened_at bigint not null,
  due_at bigint,
  due_zone text collate "C",
  calendar_digest text collate "C",
  provisional smallint not null check (provisional in (0, 1)),
  sign_offs_needed bigint not null check (sign_offs_needed >= 0),
  signed_at bigint,
  late smallint not null default 0 check (late in (0, 1)),
  overdue_logged smallint not null default 0 check (overdue_logged in (0, 1)),
  check ((due_at is null) = (due_zone is null))
);
create unique index review_subject on review ("of", subject);
create index review_due on review (state, due_at);
create index review_grant on review (grant_id);

create table review_answer (
  sid text collate "C" not null primary key references statement (sid) deferrable initially deferred,
  review_id text collate "C" not null references review (id) deferrable initially deferred,
  "by" text collate "C" not null references person (id) deferrable initially deferred,
  at bigint not null,
  body text collate "C" not null
);
create index review_answer_review on review_answer (review_id, at);

create table review_sign_off (
  sid text collate "C" not null primary key references statement (sid) deferrable initially deferred,
  review_id text collate "C" not null references review (id) deferrable initially deferred,
  "by" text collate "C" not null references person (id) deferrable initially deferred,
  at bigint not null,
  body text collate "C" not null,
  unique (review_id, "by")
);

create table follow_up (
  id text collate "C" not null primary key,
  review_id text collate "C" not null references review (id) deferrable initially deferred,
  owner text collate "C" not null references person (id) deferrable initially deferred,
  due_on text collate "C" not null,
  text_commit text collate "C" not null,
  link text collate "C",
  done_at bigint
);
create index follow_up_review on follow_up (review_id);
create index follow_up_due on follow_up (done_at, due_on);

-- What was found, what drifted, who was told.

create table finding (
  id text collate "C" not null primary key,
  kind text collate "C" not null,
  confidence text collate "C" not null,
  repository_key text collate "C" not null references repository (key) deferrable initially deferred,
  ref text collate "C" not null,
  old text collate "C",
  new text collate "C",
  gates text collate "C" not null,
  while_off smallint not null check (while_off in (0, 1)),
  delivery text collate "C" unique,
  detected_at bigint not null,
  state text collate "C" not null,
  resolution_commit text collate "C",
  resolved_at bigint
);
create index finding_state on finding (state, detected_at);

create table drift (
  id text collate "C" not null primary key,
  point_id text collate "C" not null references point (id) deferrable initially deferred,
  what text collate "C" not null,
  owner text collate "C" not null,
  landings_while_off bigint not null default 0 check (landings_while_off >= 0),
  since_at bigint not null,
  last_told_at bigint,
  until_at bigint
);
create unique index drift_open on drift (point_id, what) where until_at is null;

create table delivery_seen (
  source text collate "C" not null,
  delivery_id text collate "C" not null,
  seen_at bigint not null,
  primary key (source, delivery_id)
);

create table alarm (
  id text collate "C" not null primary key,
  kind text collate "C" not null,
  key text collate "C" not null,
  words text collate "C" not null,
  since_at bigint not null,
  last_told_at bigint,
  ended_at bigint
);
create unique index alarm_open on alarm (kind, key) where ended_at is null;

create table notice (
  id text collate "C" not null primary key,
  person_id text collate "C" not null references person (id) deferrable initially deferred,
  at bigint not null,
  words text collate "C" not null,
  subject text collate "C" not null,
  seen_at bigint
);
create index notice_person on notice (person_id, seen_at, at);

-- Work to be done later. `attempt` only ever grows: it is the fence. `attempt_base` is the attempt this round of tries
-- began at; `revision` counts requests, so that one made while the job runs is not lost.
create table job (
  id text collate "C" not null primary key,
  kind text collate "C" not null,
  key text collate "C" not null,
  payload text collate "C" not null,
  run_at bigint not null,
  revision bigint not null default 1 check (revision >= 1),
  attempt bigint not null default 0 check (attempt >= 0),
  attempt_base bigint not null default 0 check (attempt_base between 0 and attempt),
  attempts_max bigint not null check (attempts_max >= 1),
  leased_until bigint,
  lease_owner text collate "C",
  last_error text collate "C",
  created_at bigint not null,
  done_at bigint,
  failed_at bigint,
  check ((leased_until is null) = (lease_owner is null)),
  check (done_at is null or failed_at is null)
);
create unique index job_open on job (kind, key) where done_at is null and failed_at is null;
create index job_due on job (run_at) where done_at is null and failed_at is null;
create index job_failed on job (failed_at) where failed_at is not null;
