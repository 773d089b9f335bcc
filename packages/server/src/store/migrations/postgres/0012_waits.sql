-- How long a change waited for a review, where a forge tells it (docs/landings.md "Why a gate hurts").

create table review_wait (
  repository_key text collate "C" not null references repository (key) deferrable initially deferred,
  gate text collate "C" not null,
  number bigint not null check (number >= 1),
  asked_at bigint not null,
  given_at bigint,
  ended_at bigint,
  primary key (repository_key, gate, number),
  check (given_at is null or given_at >= asked_at)
);
create index review_wait_gate on review_wait (gate, asked_at);
