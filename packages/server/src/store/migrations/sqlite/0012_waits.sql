-- How long a change waited for a review, where a forge tells it (docs/landings.md "Why a gate hurts").

create table review_wait (
  repository_key text not null references repository (key) deferrable initially deferred,
  gate text not null,
  number integer not null check (number >= 1),
  asked_at integer not null,
  given_at integer,
  ended_at integer,
  primary key (repository_key, gate, number),
  check (given_at is null or given_at >= asked_at)
) strict;
create index review_wait_gate on review_wait (gate, asked_at);
