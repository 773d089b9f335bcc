CREATE TABLE account (
  issuer text not null,
  subject text not null,
  person_id text not null references person (id) deferrable initially deferred,
  linked_at integer not null,
  primary key (issuer, subject)
) strict;

CREATE INDEX account_person on account (person_id);

CREATE TABLE alarm (
  id text not null primary key,
  kind text not null,
  key text not null,
  words text not null,
  since_at integer not null,
  last_told_at integer,
  ended_at integer
) strict;

CREATE UNIQUE INDEX alarm_open on alarm (kind, key) where ended_at is null;

CREATE TABLE cell_dirty (
  gate text not null,
  day text not null check (length(day) = 10),
  primary key (gate, day)
) strict;

CREATE TABLE correction (
  landing_id text not null,
  gate text not null,
  day text not null,
  was text not null,
  "is" text not null,
  at integer not null,
  primary key (landing_id, gate, at),
  check (was <> "is")
) strict;

CREATE INDEX correction_gate on correction (gate, at);

CREATE TABLE delivery (
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

CREATE INDEX delivery_received on delivery (received_at);

CREATE INDEX delivery_unread on delivery (seq) where read_at is null;

CREATE TABLE delivery_alive (
  source text not null primary key,
  at integer not null
) strict;

CREATE TABLE delivery_count (
  source text not null,
  event text not null,
  reading text not null check (reading in ('told', 'ignored', 'unknown')),
  what text not null,
  n integer not null check (n >= 0),
  last_at integer not null,
  primary key (source, event, reading, what)
) strict;

CREATE TABLE delivery_gap (
  id text not null primary key,
  source text not null,
  why text not null check (why in ('not_running', 'busy', 'not_stored', 'stopping')),
  from_at integer not null,
  to_at integer not null,
  refused integer not null check (refused >= 0),
  check (from_at <= to_at)
) strict;

CREATE INDEX delivery_gap_to on delivery_gap (source, to_at);

CREATE TABLE delivery_refused (
  source text not null,
  reason text not null,
  n integer not null check (n >= 0),
  last_at integer not null,
  primary key (source, reason)
) strict;

CREATE TABLE delivery_seen (
  source text not null,
  delivery_id text not null,
  seen_at integer not null,
  primary key (source, delivery_id)
) strict;

CREATE TABLE derived_day (
  digest text not null references import_batch (digest) deferrable initially deferred,
  gate text not null,
  day text not null check (length(day) = 10),
  passages integer not null check (passages >= 0),
  bypassed integer not null check (bypassed between 0 and passages),
  rollbacks integer not null check (rollbacks between 0 and bypassed),
  primary key (digest, gate, day)
) strict;

CREATE INDEX derived_day_gate on derived_day (gate, day);

CREATE TABLE disclosure (
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

CREATE INDEX disclosure_at on disclosure (at);

CREATE INDEX disclosure_landing on disclosure (commit_id, repository_key, ref);

CREATE TABLE document (
  digest text not null primary key,
  bytes_length integer not null check (bytes_length >= 0),
  text text not null,
  created_at integer not null
) strict;

CREATE TABLE drift (
  id text not null primary key,
  point_id text not null references point (id) deferrable initially deferred,
  what text not null,
  owner text not null,
  landings_while_off integer not null default 0 check (landings_while_off >= 0),
  since_at integer not null,
  last_told_at integer,
  until_at integer
, gates text) strict;

CREATE UNIQUE INDEX drift_open on drift (point_id, what) where until_at is null;

CREATE TABLE entity_version (
  source text not null,
  entity text not null,
  at integer not null,
  primary key (source, entity)
) strict;

CREATE TABLE episode (
  id text not null primary key,
  gate text not null,
  at integer not null,
  day text not null check (length(day) = 10),
  actor text,
  incident_id text,
  sanctioned integer not null check (sanctioned in (0, 1)),
  in_person_signals integer not null check (in_person_signals in (0, 1)),
  uses integer not null check (uses >= 1)
) strict;

CREATE INDEX episode_day on episode (day, gate);

CREATE INDEX episode_gate on episode (gate, day);

CREATE TABLE finding (
  id text not null primary key,
  kind text not null,
  confidence text not null,
  repository_key text not null references repository (key) deferrable initially deferred,
  ref text not null,
  old text,
  new text,
  gates text not null,
  while_off integer not null check (while_off in (0, 1)),
  delivery text unique,
  detected_at integer not null,
  state text not null,
  resolution_commit text,
  resolved_at integer
, happened_at integer, grant_id text references glass (id) deferrable initially deferred, program_digest text) strict;

CREATE INDEX finding_grant on finding (grant_id) where grant_id is not null;

CREATE INDEX finding_state on finding (state, detected_at);

CREATE TABLE follow_up (
  id text not null primary key,
  review_id text not null references review (id) deferrable initially deferred,
  owner text not null references person (id) deferrable initially deferred,
  due_on text not null,
  text_commit text not null,
  link text,
  done_at integer
) strict;

CREATE INDEX follow_up_due on follow_up (done_at, due_on);

CREATE INDEX follow_up_review on follow_up (review_id);

CREATE TABLE forum (
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

CREATE TABLE forum_decision (
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

CREATE TABLE forum_report (
  id text not null primary key,
  due_at integer not null unique,
  at integer not null,
  from_at integer not null,
  to_at integer not null,
  digest text not null references document (digest) deferrable initially deferred,
  headline text not null, publish_to text, published_at integer, publish_error text,
  check (from_at < to_at)
) strict;

CREATE TABLE gate_actor_month (
  gate text not null,
  month text not null check (length(month) = 7),
  actor text not null,
  passages integer not null check (passages >= 0),
  outside integer not null check (outside between 0 and passages),
  primary key (gate, month, actor)
) strict;

CREATE TABLE gate_day (
  gate text not null,
  day text not null check (length(day) = 10),
  zone text not null,
  passed integer not null check (passed >= 0),
  opened_by_grant integer not null check (opened_by_grant >= 0),
  waived integer not null check (waived >= 0),
  failed_open integer not null check (failed_open >= 0),
  preapproved integer not null check (preapproved >= 0),
  late_use integer not null check (late_use >= 0),
  grant_mismatch integer not null check (grant_mismatch >= 0),
  bypassed_while_grant_open integer not null check (bypassed_while_grant_open >= 0),
  bypassed_unsanctioned integer not null check (bypassed_unsanctioned >= 0),
  disclosed integer not null check (disclosed >= 0),
  landed_while_off integer not null check (landed_while_off >= 0),
  unknown integer not null check (unknown >= 0),
  during_incident integer not null check (during_incident >= 0),
  primary key (gate, day, zone)
) strict;

CREATE TABLE gate_hour (
  gate text not null,
  month text not null check (length(month) = 7),
  weekday integer not null check (weekday between 1 and 7),
  hour integer not null check (hour between 0 and 23),
  passages integer not null check (passages >= 0),
  bypassed integer not null check (bypassed between 0 and passages),
  primary key (gate, month, weekday, hour)
) strict;

CREATE TABLE gate_month (
  gate text not null,
  month text not null check (length(month) = 7),
  days text not null,
  primary key (month, gate)
) strict;

CREATE TABLE glass (
  id text not null primary key,
  request_id text not null,
  state text not null,
  gate text not null,
  boundary text not null,
  class text not null,
  repository_key text not null references repository (key) deferrable initially deferred,
  ref text,
  change_key text not null,
  change text not null,
  at_point text not null,
  mode text not null,
  actor text not null references person (id) deferrable initially deferred,
  second_person text not null,
  approvers text not null,
  may_approve text not null,
  waiting_since_at integer,
  waits_until_at integer,
  justification_commit text not null,
  incident_id text,
  incident text,
  ttl_seconds integer not null,
  uses integer not null,
  used integer not null default 0 check (used between 0 and uses),
  program_digest text not null,
  keeps text not null,
  authors text not null,
  reasons_digest text not null,
  roster_digest text,
  requested_at integer not null,
  granted_at integer,
  expires_at integer,
  granted_sid text references statement (sid) deferrable initially deferred,
  live_at integer,
  revoked_at integer,
  shut_at integer,
  shut_confirmed_by text,
  refusal_code text,
  refusal_remedy text,
  told text not null
) strict;

CREATE INDEX glass_change on glass (repository_key, change_key);

CREATE INDEX glass_incident on glass (incident_id);

CREATE UNIQUE INDEX glass_open on glass (gate, repository_key, change_key, at_point)
  where state in ('requested', 'waiting', 'granted', 'live');

CREATE INDEX glass_request on glass (request_id);

CREATE INDEX glass_requested on glass (requested_at);

CREATE INDEX glass_state on glass (state, expires_at);

CREATE TABLE glass_use (
  grant_id text not null references glass (id) deferrable initially deferred,
  use_key text not null,
  at integer not null,
  ref text,
  old text,
  new text,
  run text,
  late integer not null default 0 check (late in (0, 1)),
  sid text not null unique references statement (sid) deferrable initially deferred,
  primary key (grant_id, use_key)
) strict;

CREATE TABLE import_batch (
  digest text not null primary key,
  name text not null,
  derived_from text not null,
  imported_by text not null references person (id) deferrable initially deferred,
  at integer not null
) strict;

CREATE TABLE incident (
  id text not null primary key,
  title_commit text,
  severity text not null,
  state text not null,
  commander text references person (id) deferrable initially deferred,
  opened_by text not null references person (id) deferrable initially deferred,
  opened_at integer not null,
  resolved_at integer
) strict;

CREATE INDEX incident_state on incident (state, opened_at);

CREATE TABLE incident_cause (
  incident_id text not null references incident (id) deferrable initially deferred,
  repository_key text not null references repository (key) deferrable initially deferred,
  commit_id text not null,
  named_by text not null references person (id) deferrable initially deferred,
  at integer not null,
  primary key (incident_id, repository_key, commit_id)
) strict;

CREATE INDEX incident_cause_landing on incident_cause (repository_key, commit_id);

CREATE TABLE invitation (
  id text not null primary key,
  code_hash text not null unique,
  person_id text references person (id) deferrable initially deferred,
  purpose text not null,
  created_at integer not null,
  expires_at integer not null,
  used_at integer,
  ended_at integer
) strict;

CREATE INDEX invitation_person on invitation (person_id);

CREATE TABLE job (
  id text not null primary key,
  kind text not null,
  key text not null,
  payload text not null,
  run_at integer not null,
  revision integer not null default 1 check (revision >= 1),
  attempt integer not null default 0 check (attempt >= 0),
  attempt_base integer not null default 0 check (attempt_base between 0 and attempt),
  attempts_max integer not null check (attempts_max >= 1),
  leased_until integer,
  lease_owner text,
  last_error text,
  created_at integer not null,
  done_at integer,
  failed_at integer,
  check ((leased_until is null) = (lease_owner is null)),
  check (done_at is null or failed_at is null)
) strict;

CREATE INDEX job_due on job (run_at) where done_at is null and failed_at is null;

CREATE INDEX job_failed on job (failed_at) where failed_at is not null;

CREATE UNIQUE INDEX job_open on job (kind, key) where done_at is null and failed_at is null;

CREATE TABLE label_run (
  gate text not null,
  month text not null check (length(month) = 7),
  found text not null,
  shown text not null,
  fired text not null,
  x integer not null check (x >= 0),
  n integer not null check (n >= x),
  reason text not null,
  ran_at integer not null,
  primary key (gate, month)
) strict;

CREATE TABLE landing (
  id text not null primary key,
  repository_key text not null references repository (key) deferrable initially deferred,
  ref text not null,
  before text not null,
  after text not null,
  ordinal integer not null check (ordinal >= 1),
  seen text not null check (seen in ('hook', 'watcher', 'both', 'ci', 'inferred')),
  program_digest text not null,
  at integer not null,
  received_at integer not null,
  check (at <= received_at),
  constraint landing_key unique (repository_key, ref, before, after, ordinal)
) strict;

CREATE INDEX landing_at on landing (repository_key, ref, at);

CREATE INDEX landing_to on landing (after, repository_key, ref);

CREATE TABLE landing_undone (
  repository_key text not null references repository (key) deferrable initially deferred,
  ref text not null,
  before text not null,
  after text not null,
  undone_by text not null,
  at integer not null,
  primary key (repository_key, ref, before, after, undone_by)
) strict;

CREATE TABLE meta (
  key text not null primary key,
  value text not null
) strict;

CREATE TABLE migration (number integer not null primary key, name text not null, checksum text not null, landed_at integer not null) strict;

CREATE TABLE move_dirty (
  repository_key text not null references repository (key) deferrable initially deferred,
  ref text not null,
  before text not null,
  after text not null,
  primary key (repository_key, ref, before, after)
) strict;

CREATE TABLE notice (
  id text not null primary key,
  person_id text not null references person (id) deferrable initially deferred,
  at integer not null,
  words text not null,
  subject text not null,
  seen_at integer
) strict;

CREATE INDEX notice_person on notice (person_id, seen_at, at);

CREATE TABLE observation (
  id text not null primary key,
  source text not null check (source in ('hook', 'watcher', 'ci')),
  point_id text not null references point (id) deferrable initially deferred,
  repository_key text not null references repository (key) deferrable initially deferred,
  ref text not null,
  before text not null,
  after text not null,
  body text not null,
  at integer not null,
  received_at integer not null, pusher text,
  check (at <= received_at)
) strict;

CREATE INDEX observation_at on observation (repository_key, at);

CREATE INDEX observation_from on observation (before, repository_key, ref);

CREATE INDEX observation_pusher on observation (pusher) where pusher is not null;

CREATE INDEX observation_to on observation (after, repository_key, ref);

CREATE TABLE passage (
  landing_id text not null references landing (id) deferrable initially deferred,
  gate text not null,
  outcome text not null,
  at integer not null,
  zone text not null,
  day text not null check (length(day) = 10),
  weekday integer not null check (weekday between 1 and 7),
  hour integer not null check (hour between 0 and 23),
  actor text,
  incident_id text,
  grant_id text,
  primary key (landing_id, gate)
) strict;

CREATE INDEX passage_day on passage (gate, day, at);

CREATE INDEX passage_incident on passage (gate, incident_id) where incident_id is not null;

CREATE INDEX passage_use on passage (gate, outcome, at);

CREATE TABLE person (
  id text not null primary key,
  kind text not null,
  state text not null,
  name_commit text not null,
  created_at integer not null,
  ended_at integer
) strict;

CREATE TABLE person_role (
  person_id text not null references person (id) deferrable initially deferred,
  role text not null,
  since_at integer not null,
  primary key (person_id, role)
) strict;

CREATE TABLE point (
  id text not null primary key,
  name text not null,
  kind text not null,
  enforcement text not null,
  repository_key text not null references repository (key) deferrable initially deferred,
  public_key text not null,
  kid text not null unique,
  event_seq integer not null default 0 check (event_seq >= 0),
  event_prev text,
  registered_at integer not null,
  last_seen_at integer,
  ended_at integer
) strict;

CREATE INDEX point_repository on point (repository_key);

CREATE TABLE point_result (
  leaf text not null primary key,
  point_id text not null references point (id) deferrable initially deferred,
  gate text not null,
  repository_key text not null references repository (key) deferrable initially deferred,
  change_key text not null,
  result text not null,
  since_at integer not null,
  at integer not null,
  run text
, took_ms integer check (took_ms >= 0)) strict;

CREATE INDEX point_result_newest on point_result (repository_key, change_key, gate, at);

CREATE TABLE program_version (
  id text not null primary key,
  program_id text not null,
  version integer check (version >= 1),
  digest text not null,
  resolved_digest text not null,
  previous text,
  state text not null,
  class text not null,
  changes text not null,
  publisher text not null references person (id) deferrable initially deferred,
  approvers text not null,
  approvals_needed integer not null check (approvals_needed >= 0),
  source text,
  proposed_at integer not null,
  earliest_at integer not null,
  effective_at integer,
  statement_sid text references statement (sid) deferrable initially deferred
, members_since text, files_digest text) strict;

CREATE UNIQUE INDEX program_version_in_force on program_version (program_id) where state = 'in_force';

CREATE UNIQUE INDEX program_version_number on program_version (program_id, version) where version is not null;

CREATE UNIQUE INDEX program_version_open on program_version (program_id, digest, resolved_digest)
  where state in ('proposed', 'waiting', 'in_force');

CREATE TABLE refusal_window (
  person_id text not null references person (id) deferrable initially deferred,
  hour integer not null,
  count integer not null check (count >= 1), codes text not null default '{}',
  primary key (person_id, hour)
) strict;

CREATE TABLE repair (
  id text not null primary key,
  gate text not null,
  cause text not null,
  state text not null,
  owner text not null references person (id) deferrable initially deferred,
  sponsor text not null references person (id) deferrable initially deferred,
  opened_by text not null references person (id) deferrable initially deferred,
  plan_commit text not null,
  paused_commit text not null,
  due_on text not null check (length(due_on) = 10),
  opened_at integer not null,
  ended_at integer,
  note_commit text,
  check ((ended_at is null) = (note_commit is null))
) strict;

CREATE INDEX repair_gate on repair (gate, opened_at);

CREATE INDEX repair_state on repair (state, due_on);

CREATE TABLE repository (
  key text not null primary key,
  forge text not null,
  host text not null,
  id text not null,
  name text not null unique,
  properties text not null,
  registered_at integer not null
) strict;

CREATE TABLE result (
  id text not null primary key,
  gate text not null,
  repository_key text not null references repository (key) deferrable initially deferred,
  change_key text not null,
  result text not null,
  since_at integer not null,
  at integer not null,
  reporter text not null references token (id) deferrable initially deferred,
  run text not null,
  receipt_jws text not null,
  expires_at integer not null
, took_ms integer check (took_ms >= 0)) strict;

CREATE INDEX result_newest on result (repository_key, change_key, gate, at);

CREATE TABLE review (
  id text not null primary key,
  "of" text not null,
  subject text not null,
  grant_id text references glass (id) deferrable initially deferred,
  gate text not null,
  state text not null,
  form text not null,
  actor text references person (id) deferrable initially deferred,
  opened_at integer not null,
  due_at integer,
  due_zone text,
  calendar_digest text,
  provisional integer not null check (provisional in (0, 1)),
  sign_offs_needed integer not null check (sign_offs_needed >= 0),
  signed_at integer,
  late integer not null default 0 check (late in (0, 1)),
  overdue_logged integer not null default 0 check (overdue_logged in (0, 1)),
  check ((due_at is null) = (due_zone is null))
) strict;

CREATE INDEX review_due on review (state, due_at);

CREATE INDEX review_grant on review (grant_id);

CREATE UNIQUE INDEX review_subject on review ("of", subject);

CREATE TABLE review_answer (
  sid text not null primary key references statement (sid) deferrable initially deferred,
  review_id text not null references review (id) deferrable initially deferred,
  "by" text not null references person (id) deferrable initially deferred,
  at integer not null,
  body text not null
) strict;

CREATE INDEX review_answer_review on review_answer (review_id, at);

CREATE TABLE review_sign_off (
  sid text not null primary key references statement (sid) deferrable initially deferred,
  review_id text not null references review (id) deferrable initially deferred,
  "by" text not null references person (id) deferrable initially deferred,
  at integer not null,
  body text not null,
  unique (review_id, "by")
) strict;

CREATE TABLE review_wait (
  repository_key text not null references repository (key) deferrable initially deferred,
  gate text not null,
  number integer not null check (number >= 1),
  asked_at integer not null,
  given_at integer,
  ended_at integer,
  primary key (repository_key, gate, number),
  check (given_at is null or given_at >= asked_at)
) strict;

CREATE INDEX review_wait_gate on review_wait (gate, asked_at);

CREATE TABLE sealed_text (
  commitment text not null primary key,
  salt text,
  text text,
  created_at integer not null,
  erased_at integer,
  check ((text is null) = (salt is null)),
  check ((text is null) = (erased_at is not null))
) strict;

CREATE TABLE statement (
  sid text not null primary key,
  leaf text not null unique,
  subject text not null,
  seq integer not null check (seq >= 1),
  prev text,
  kind text not null,
  at integer not null,
  jws text not null,
  created_at integer not null,
  ledger_index integer unique,
  proof text,
  logged_at integer,
  withheld_at integer,
  unique (subject, seq),
  check ((prev is null) = (seq = 1)),
  check ((ledger_index is null) = (proof is null)),
  check ((ledger_index is null) = (logged_at is null)),
  check (ledger_index is null or withheld_at is null)
) strict;

CREATE INDEX statement_kind on statement (kind, at);

CREATE INDEX statement_outbox on statement (subject, seq) where ledger_index is null and withheld_at is null;

CREATE TABLE token (
  id text not null primary key,
  hash text not null unique,
  kind text not null,
  person_id text references person (id) deferrable initially deferred,
  point_id text references point (id) deferrable initially deferred,
  gate text,
  repository_key text references repository (key) deferrable initially deferred,
  name text not null,
  created_at integer not null,
  expires_at integer not null,
  ended_at integer,
  last_used_at integer,
  check ((kind = 'person') = (person_id is not null)),
  check ((kind = 'point') = (point_id is not null)),
  check ((kind = 'reporter') = (gate is not null and repository_key is not null))
) strict;

CREATE INDEX token_person on token (person_id);

CREATE INDEX token_point on token (point_id);

CREATE TABLE unavailable_pass (
  window_id text not null references unavailable_window (id) deferrable initially deferred,
  use_key text not null,
  change text not null,
  at integer not null, sid text references statement (sid) deferrable initially deferred, ref text, why_commit text,
  primary key (window_id, use_key)
) strict;

CREATE TABLE unavailable_window (
  id text not null primary key,
  gate text not null,
  repository_key text not null references repository (key) deferrable initially deferred,
  at_point text not null references point (id) deferrable initially deferred,
  from_at integer not null,
  until_at integer not null,
  sid text not null references statement (sid) deferrable initially deferred,
  recovered_at integer
) strict;

CREATE INDEX unavailable_window_from on unavailable_window (gate, repository_key, from_at);

CREATE UNIQUE INDEX unavailable_window_open on unavailable_window (gate, repository_key, at_point) where recovered_at is null;

CREATE TABLE waiver (
  id text not null primary key,
  gate text not null,
  class text not null,
  state text not null,
  requester text not null references person (id) deferrable initially deferred,
  owner text not null references person (id) deferrable initially deferred,
  reason_commit text not null,
  seconds integer not null check (seconds > 0),
  requested_at integer not null,
  granted_at integer,
  expires_at integer,
  ended_at integer,
  since_at integer not null,
  renewals integer not null check (renewals >= 0),
  approvals_needed integer not null check (approvals_needed >= 1),
  approvers text not null,
  may_approve text not null,
  program_digest text not null,
  check ((granted_at is null) = (expires_at is null)),
  check (granted_at is null or granted_at < expires_at)
) strict;

CREATE INDEX waiver_gate on waiver (gate, granted_at);

CREATE INDEX waiver_state on waiver (state, expires_at);

CREATE TABLE waiver_place (
  waiver_id text not null references waiver (id) deferrable initially deferred,
  repository_key text not null references repository (key) deferrable initially deferred,
  ref text not null,
  sid text references statement (sid) deferrable initially deferred,
  primary key (waiver_id, repository_key, ref)
) strict;

CREATE INDEX waiver_place_repository on waiver_place (repository_key, ref);

CREATE TABLE watch_stretch (
  point_id text not null references point (id) deferrable initially deferred,
  from_at integer not null,
  until_at integer not null,
  primary key (point_id, from_at),
  check (from_at <= until_at)
) strict;
