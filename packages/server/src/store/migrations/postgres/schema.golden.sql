table account
  issuer text collate "C" not null
  subject text collate "C" not null
  person_id text collate "C" not null
  linked_at bigint not null
  constraint account_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint account_pkey PRIMARY KEY (issuer, subject)
  CREATE INDEX account_person ON public.account USING btree (person_id)

table alarm
  id text collate "C" not null
  kind text collate "C" not null
  key text collate "C" not null
  words text collate "C" not null
  since_at bigint not null
  last_told_at bigint
  ended_at bigint
  constraint alarm_pkey PRIMARY KEY (id)
  CREATE UNIQUE INDEX alarm_open ON public.alarm USING btree (kind, key) WHERE (ended_at IS NULL)

table delivery_seen
  source text collate "C" not null
  delivery_id text collate "C" not null
  seen_at bigint not null
  constraint delivery_seen_pkey PRIMARY KEY (source, delivery_id)

table document
  digest text collate "C" not null
  bytes_length bigint not null
  text text collate "C" not null
  created_at bigint not null
  constraint document_bytes_length_check CHECK ((bytes_length >= 0))
  constraint document_pkey PRIMARY KEY (digest)

table drift
  id text collate "C" not null
  point_id text collate "C" not null
  what text collate "C" not null
  owner text collate "C" not null
  landings_while_off bigint not null default 0
  since_at bigint not null
  last_told_at bigint
  until_at bigint
  constraint drift_landings_while_off_check CHECK ((landings_while_off >= 0))
  constraint drift_pkey PRIMARY KEY (id)
  constraint drift_point_id_fkey FOREIGN KEY (point_id) REFERENCES point(id) DEFERRABLE INITIALLY DEFERRED
  CREATE UNIQUE INDEX drift_open ON public.drift USING btree (point_id, what) WHERE (until_at IS NULL)

table finding
  id text collate "C" not null
  kind text collate "C" not null
  confidence text collate "C" not null
  repository_key text collate "C" not null
  ref text collate "C" not null
  old text collate "C"
  new text collate "C"
  gates text collate "C" not null
  while_off smallint not null
  delivery text collate "C"
  detected_at bigint not null
  state text collate "C" not null
  resolution_commit text collate "C"
  resolved_at bigint
  happened_at bigint
  grant_id text collate "C"
  program_digest text collate "C"
  constraint finding_delivery_key UNIQUE (delivery)
  constraint finding_grant_id_fkey FOREIGN KEY (grant_id) REFERENCES glass(id) DEFERRABLE INITIALLY DEFERRED
  constraint finding_pkey PRIMARY KEY (id)
  constraint finding_repository_key_fkey FOREIGN KEY (repository_key) REFERENCES repository(key) DEFERRABLE INITIALLY DEFERRED
  constraint finding_while_off_check CHECK ((while_off = ANY (ARRAY[0, 1])))
  CREATE INDEX finding_state ON public.finding USING btree (state, detected_at)

table follow_up
  id text collate "C" not null
  review_id text collate "C" not null
  owner text collate "C" not null
  due_on text collate "C" not null
  text_commit text collate "C" not null
  link text collate "C"
  done_at bigint
  constraint follow_up_owner_fkey FOREIGN KEY (owner) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint follow_up_pkey PRIMARY KEY (id)
  constraint follow_up_review_id_fkey FOREIGN KEY (review_id) REFERENCES review(id) DEFERRABLE INITIALLY DEFERRED
  CREATE INDEX follow_up_due ON public.follow_up USING btree (done_at, due_on)
  CREATE INDEX follow_up_review ON public.follow_up USING btree (review_id)

table glass
  id text collate "C" not null
  request_id text collate "C" not null
  state text collate "C" not null
  gate text collate "C" not null
  boundary text collate "C" not null
  class text collate "C" not null
  repository_key text collate "C" not null
  ref text collate "C"
  change_key text collate "C" not null
  change text collate "C" not null
  at_point text collate "C" not null
  mode text collate "C" not null
  actor text collate "C" not null
  second_person text collate "C" not null
  approvers text collate "C" not null
  may_approve text collate "C" not null
  waiting_since_at bigint
  waits_until_at bigint
  justification_commit text collate "C" not null
  incident_id text collate "C"
  incident text collate "C"
  ttl_seconds bigint not null
  uses bigint not null
  used bigint not null default 0
  program_digest text collate "C" not null
  keeps text collate "C" not null
  authors text collate "C" not null
  reasons_digest text collate "C" not null
  roster_digest text collate "C"
  requested_at bigint not null
  granted_at bigint
  expires_at bigint
  granted_sid text collate "C"
  live_at bigint
  revoked_at bigint
  shut_at bigint
  shut_confirmed_by text collate "C"
  refusal_code text collate "C"
  refusal_remedy text collate "C"
  told text collate "C" not null
  constraint glass_actor_fkey FOREIGN KEY (actor) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint glass_check CHECK (((used >= 0) AND (used <= uses)))
  constraint glass_granted_sid_fkey FOREIGN KEY (granted_sid) REFERENCES statement(sid) DEFERRABLE INITIALLY DEFERRED
  constraint glass_pkey PRIMARY KEY (id)
  constraint glass_repository_key_fkey FOREIGN KEY (repository_key) REFERENCES repository(key) DEFERRABLE INITIALLY DEFERRED
  CREATE INDEX glass_change ON public.glass USING btree (repository_key, change_key)
  CREATE INDEX glass_incident ON public.glass USING btree (incident_id)
  CREATE INDEX glass_request ON public.glass USING btree (request_id)
  CREATE INDEX glass_requested ON public.glass USING btree (requested_at)
  CREATE INDEX glass_state ON public.glass USING btree (state, expires_at)
  CREATE UNIQUE INDEX glass_open ON public.glass USING btree (gate, repository_key, change_key, at_point) WHERE (state = ANY (ARRAY['requested'::text, 'waiting'::text, 'granted'::text, 'live'::text]))

table glass_use
  grant_id text collate "C" not null
  use_key text collate "C" not null
  at bigint not null
  ref text collate "C"
  old text collate "C"
  new text collate "C"
  run text collate "C"
  late smallint not null default 0
  sid text collate "C" not null
  constraint glass_use_grant_id_fkey FOREIGN KEY (grant_id) REFERENCES glass(id) DEFERRABLE INITIALLY DEFERRED
  constraint glass_use_late_check CHECK ((late = ANY (ARRAY[0, 1])))
  constraint glass_use_pkey PRIMARY KEY (grant_id, use_key)
  constraint glass_use_sid_fkey FOREIGN KEY (sid) REFERENCES statement(sid) DEFERRABLE INITIALLY DEFERRED
  constraint glass_use_sid_key UNIQUE (sid)

table incident
  id text collate "C" not null
  title_commit text collate "C"
  severity text collate "C" not null
  state text collate "C" not null
  commander text collate "C"
  opened_by text collate "C" not null
  opened_at bigint not null
  resolved_at bigint
  constraint incident_commander_fkey FOREIGN KEY (commander) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint incident_opened_by_fkey FOREIGN KEY (opened_by) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint incident_pkey PRIMARY KEY (id)
  CREATE INDEX incident_state ON public.incident USING btree (state, opened_at)

table invitation
  id text collate "C" not null
  code_hash text collate "C" not null
  person_id text collate "C"
  purpose text collate "C" not null
  created_at bigint not null
  expires_at bigint not null
  used_at bigint
  ended_at bigint
  constraint invitation_code_hash_key UNIQUE (code_hash)
  constraint invitation_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint invitation_pkey PRIMARY KEY (id)
  CREATE INDEX invitation_person ON public.invitation USING btree (person_id)

table job
  id text collate "C" not null
  kind text collate "C" not null
  key text collate "C" not null
  payload text collate "C" not null
  run_at bigint not null
  revision bigint not null default 1
  attempt bigint not null default 0
  attempt_base bigint not null default 0
  attempts_max bigint not null
  leased_until bigint
  lease_owner text collate "C"
  last_error text collate "C"
  created_at bigint not null
  done_at bigint
  failed_at bigint
  constraint job_attempt_check CHECK ((attempt >= 0))
  constraint job_attempts_max_check CHECK ((attempts_max >= 1))
  constraint job_check CHECK (((attempt_base >= 0) AND (attempt_base <= attempt)))
  constraint job_check1 CHECK (((leased_until IS NULL) = (lease_owner IS NULL)))
  constraint job_check2 CHECK (((done_at IS NULL) OR (failed_at IS NULL)))
  constraint job_pkey PRIMARY KEY (id)
  constraint job_revision_check CHECK ((revision >= 1))
  CREATE INDEX job_due ON public.job USING btree (run_at) WHERE ((done_at IS NULL) AND (failed_at IS NULL))
  CREATE INDEX job_failed ON public.job USING btree (failed_at) WHERE (failed_at IS NOT NULL)
  CREATE UNIQUE INDEX job_open ON public.job USING btree (kind, key) WHERE ((done_at IS NULL) AND (failed_at IS NULL))

table meta
  key text collate "C" not null
  value text collate "C" not null
  constraint meta_pkey PRIMARY KEY (key)

table migration
  number bigint not null
  name text collate "C" not null
  checksum text collate "C" not null
  landed_at bigint not null
  constraint migration_pkey PRIMARY KEY (number)

table notice
  id text collate "C" not null
  person_id text collate "C" not null
  at bigint not null
  words text collate "C" not null
  subject text collate "C" not null
  seen_at bigint
  constraint notice_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint notice_pkey PRIMARY KEY (id)
  CREATE INDEX notice_person ON public.notice USING btree (person_id, seen_at, at)

table person
  id text collate "C" not null
  kind text collate "C" not null
  state text collate "C" not null
  name_commit text collate "C" not null
  created_at bigint not null
  ended_at bigint
  constraint person_pkey PRIMARY KEY (id)

table person_role
  person_id text collate "C" not null
  role text collate "C" not null
  since_at bigint not null
  constraint person_role_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint person_role_pkey PRIMARY KEY (person_id, role)

table point
  id text collate "C" not null
  name text collate "C" not null
  kind text collate "C" not null
  enforcement text collate "C" not null
  repository_key text collate "C" not null
  public_key text collate "C" not null
  kid text collate "C" not null
  event_seq bigint not null default 0
  event_prev text collate "C"
  registered_at bigint not null
  last_seen_at bigint
  ended_at bigint
  constraint point_event_seq_check CHECK ((event_seq >= 0))
  constraint point_kid_key UNIQUE (kid)
  constraint point_pkey PRIMARY KEY (id)
  constraint point_repository_key_fkey FOREIGN KEY (repository_key) REFERENCES repository(key) DEFERRABLE INITIALLY DEFERRED
  CREATE INDEX point_repository ON public.point USING btree (repository_key)

table point_result
  leaf text collate "C" not null
  point_id text collate "C" not null
  gate text collate "C" not null
  repository_key text collate "C" not null
  change_key text collate "C" not null
  result text collate "C" not null
  since_at bigint not null
  at bigint not null
  run text collate "C"
  constraint point_result_pkey PRIMARY KEY (leaf)
  constraint point_result_point_id_fkey FOREIGN KEY (point_id) REFERENCES point(id) DEFERRABLE INITIALLY DEFERRED
  constraint point_result_repository_key_fkey FOREIGN KEY (repository_key) REFERENCES repository(key) DEFERRABLE INITIALLY DEFERRED
  CREATE INDEX point_result_newest ON public.point_result USING btree (repository_key, change_key, gate, at)

table program_version
  id text collate "C" not null
  program_id text collate "C" not null
  version bigint
  digest text collate "C" not null
  resolved_digest text collate "C" not null
  previous text collate "C"
  state text collate "C" not null
  class text collate "C" not null
  changes text collate "C" not null
  publisher text collate "C" not null
  approvers text collate "C" not null
  approvals_needed bigint not null
  source text collate "C"
  proposed_at bigint not null
  earliest_at bigint not null
  effective_at bigint
  statement_sid text collate "C"
  members_since text collate "C"
  files_digest text collate "C"
  constraint program_version_approvals_needed_check CHECK ((approvals_needed >= 0))
  constraint program_version_pkey PRIMARY KEY (id)
  constraint program_version_publisher_fkey FOREIGN KEY (publisher) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint program_version_statement_sid_fkey FOREIGN KEY (statement_sid) REFERENCES statement(sid) DEFERRABLE INITIALLY DEFERRED
  constraint program_version_version_check CHECK ((version >= 1))
  CREATE UNIQUE INDEX program_version_in_force ON public.program_version USING btree (program_id) WHERE (state = 'in_force'::text)
  CREATE UNIQUE INDEX program_version_number ON public.program_version USING btree (program_id, version) WHERE (version IS NOT NULL)
  CREATE UNIQUE INDEX program_version_open ON public.program_version USING btree (program_id, digest, resolved_digest) WHERE (state = ANY (ARRAY['proposed'::text, 'waiting'::text, 'in_force'::text]))

table refusal_window
  person_id text collate "C" not null
  hour bigint not null
  count bigint not null
  codes text collate "C" not null default '{}'::text
  constraint refusal_window_count_check CHECK ((count >= 1))
  constraint refusal_window_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint refusal_window_pkey PRIMARY KEY (person_id, hour)

table repository
  key text collate "C" not null
  forge text collate "C" not null
  host text collate "C" not null
  id text collate "C" not null
  name text collate "C" not null
  properties text collate "C" not null
  registered_at bigint not null
  constraint repository_name_key UNIQUE (name)
  constraint repository_pkey PRIMARY KEY (key)

table result
  id text collate "C" not null
  gate text collate "C" not null
  repository_key text collate "C" not null
  change_key text collate "C" not null
  result text collate "C" not null
  since_at bigint not null
  at bigint not null
  reporter text collate "C" not null
  run text collate "C" not null
  receipt_jws text collate "C" not null
  expires_at bigint not null
  constraint result_pkey PRIMARY KEY (id)
  constraint result_reporter_fkey FOREIGN KEY (reporter) REFERENCES token(id) DEFERRABLE INITIALLY DEFERRED
  constraint result_repository_key_fkey FOREIGN KEY (repository_key) REFERENCES repository(key) DEFERRABLE INITIALLY DEFERRED
  CREATE INDEX result_newest ON public.result USING btree (repository_key, change_key, gate, at)

table review
  id text collate "C" not null
  of text collate "C" not null
  subject text collate "C" not null
  grant_id text collate "C"
  gate text collate "C" not null
  state text collate "C" not null
  form text collate "C" not null
  actor text collate "C"
  opened_at bigint not null
  due_at bigint
  due_zone text collate "C"
  calendar_digest text collate "C"
  provisional smallint not null
  sign_offs_needed bigint not null
  signed_at bigint
  late smallint not null default 0
  overdue_logged smallint not null default 0
  constraint review_actor_fkey FOREIGN KEY (actor) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint review_check CHECK (((due_at IS NULL) = (due_zone IS NULL)))
  constraint review_grant_id_fkey FOREIGN KEY (grant_id) REFERENCES glass(id) DEFERRABLE INITIALLY DEFERRED
  constraint review_late_check CHECK ((late = ANY (ARRAY[0, 1])))
  constraint review_overdue_logged_check CHECK ((overdue_logged = ANY (ARRAY[0, 1])))
  constraint review_pkey PRIMARY KEY (id)
  constraint review_provisional_check CHECK ((provisional = ANY (ARRAY[0, 1])))
  constraint review_sign_offs_needed_check CHECK ((sign_offs_needed >= 0))
  CREATE INDEX review_due ON public.review USING btree (state, due_at)
  CREATE INDEX review_grant ON public.review USING btree (grant_id)
  CREATE UNIQUE INDEX review_subject ON public.review USING btree (of, subject)

table review_answer
  sid text collate "C" not null
  review_id text collate "C" not null
  by text collate "C" not null
  at bigint not null
  body text collate "C" not null
  constraint review_answer_by_fkey FOREIGN KEY (by) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint review_answer_pkey PRIMARY KEY (sid)
  constraint review_answer_review_id_fkey FOREIGN KEY (review_id) REFERENCES review(id) DEFERRABLE INITIALLY DEFERRED
  constraint review_answer_sid_fkey FOREIGN KEY (sid) REFERENCES statement(sid) DEFERRABLE INITIALLY DEFERRED
  CREATE INDEX review_answer_review ON public.review_answer USING btree (review_id, at)

table review_sign_off
  sid text collate "C" not null
  review_id text collate "C" not null
  by text collate "C" not null
  at bigint not null
  body text collate "C" not null
  constraint review_sign_off_by_fkey FOREIGN KEY (by) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint review_sign_off_pkey PRIMARY KEY (sid)
  constraint review_sign_off_review_id_by_key UNIQUE (review_id, by)
  constraint review_sign_off_review_id_fkey FOREIGN KEY (review_id) REFERENCES review(id) DEFERRABLE INITIALLY DEFERRED
  constraint review_sign_off_sid_fkey FOREIGN KEY (sid) REFERENCES statement(sid) DEFERRABLE INITIALLY DEFERRED

table sealed_text
  commitment text collate "C" not null
  salt text collate "C"
  text text collate "C"
  created_at bigint not null
  erased_at bigint
  constraint sealed_text_check CHECK (((text IS NULL) = (salt IS NULL)))
  constraint sealed_text_check1 CHECK (((text IS NULL) = (erased_at IS NOT NULL)))
  constraint sealed_text_pkey PRIMARY KEY (commitment)

table statement
  sid text collate "C" not null
  leaf text collate "C" not null
  subject text collate "C" not null
  seq bigint not null
  prev text collate "C"
  kind text collate "C" not null
  at bigint not null
  jws text collate "C" not null
  created_at bigint not null
  ledger_index bigint
  proof text collate "C"
  logged_at bigint
  withheld_at bigint
  constraint statement_check CHECK (((prev IS NULL) = (seq = 1)))
  constraint statement_check1 CHECK (((ledger_index IS NULL) = (proof IS NULL)))
  constraint statement_check2 CHECK (((ledger_index IS NULL) = (logged_at IS NULL)))
  constraint statement_check3 CHECK (((ledger_index IS NULL) OR (withheld_at IS NULL)))
  constraint statement_leaf_key UNIQUE (leaf)
  constraint statement_ledger_index_key UNIQUE (ledger_index)
  constraint statement_pkey PRIMARY KEY (sid)
  constraint statement_seq_check CHECK ((seq >= 1))
  constraint statement_subject_seq_key UNIQUE (subject, seq)
  CREATE INDEX statement_kind ON public.statement USING btree (kind, at)
  CREATE INDEX statement_outbox ON public.statement USING btree (subject, seq) WHERE ((ledger_index IS NULL) AND (withheld_at IS NULL))

table token
  id text collate "C" not null
  hash text collate "C" not null
  kind text collate "C" not null
  person_id text collate "C"
  point_id text collate "C"
  gate text collate "C"
  repository_key text collate "C"
  name text collate "C" not null
  created_at bigint not null
  expires_at bigint not null
  ended_at bigint
  last_used_at bigint
  constraint token_check CHECK (((kind = 'person'::text) = (person_id IS NOT NULL)))
  constraint token_check1 CHECK (((kind = 'point'::text) = (point_id IS NOT NULL)))
  constraint token_check2 CHECK (((kind = 'reporter'::text) = ((gate IS NOT NULL) AND (repository_key IS NOT NULL))))
  constraint token_hash_key UNIQUE (hash)
  constraint token_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
  constraint token_pkey PRIMARY KEY (id)
  constraint token_point_id_fkey FOREIGN KEY (point_id) REFERENCES point(id) DEFERRABLE INITIALLY DEFERRED
  constraint token_repository_key_fkey FOREIGN KEY (repository_key) REFERENCES repository(key) DEFERRABLE INITIALLY DEFERRED
  CREATE INDEX token_person ON public.token USING btree (person_id)
  CREATE INDEX token_point ON public.token USING btree (point_id)

table unavailable_pass
  window_id text collate "C" not null
  use_key text collate "C" not null
  change text collate "C" not null
  at bigint not null
  sid text collate "C"
  ref text collate "C"
  why_commit text collate "C"
  constraint unavailable_pass_pkey PRIMARY KEY (window_id, use_key)
  constraint unavailable_pass_sid_fkey FOREIGN KEY (sid) REFERENCES statement(sid) DEFERRABLE INITIALLY DEFERRED
  constraint unavailable_pass_window_id_fkey FOREIGN KEY (window_id) REFERENCES unavailable_window(id) DEFERRABLE INITIALLY DEFERRED

table unavailable_window
  id text collate "C" not null
  gate text collate "C" not null
  repository_key text collate "C" not null
  at_point text collate "C" not null
  from_at bigint not null
  until_at bigint not null
  sid text collate "C" not null
  recovered_at bigint
  constraint unavailable_window_at_point_fkey FOREIGN KEY (at_point) REFERENCES point(id) DEFERRABLE INITIALLY DEFERRED
  constraint unavailable_window_pkey PRIMARY KEY (id)
  constraint unavailable_window_repository_key_fkey FOREIGN KEY (repository_key) REFERENCES repository(key) DEFERRABLE INITIALLY DEFERRED
  constraint unavailable_window_sid_fkey FOREIGN KEY (sid) REFERENCES statement(sid) DEFERRABLE INITIALLY DEFERRED
  CREATE INDEX unavailable_window_from ON public.unavailable_window USING btree (gate, repository_key, from_at)
  CREATE UNIQUE INDEX unavailable_window_open ON public.unavailable_window USING btree (gate, repository_key, at_point) WHERE (recovered_at IS NULL)
