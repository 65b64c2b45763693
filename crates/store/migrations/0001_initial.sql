-- Times are milliseconds since 1970 in UTC; durations of attempts are microseconds.
-- `seq` is the order in which rows were kept; public ids are made of a time and a seq.

create table meta (
  key   text primary key,
  value integer not null
) strict, without rowid;
-- Moves with every change of a subscription, so that whoever keeps them in memory knows.
insert into meta values ('subscriptions_version', 1);

create table subscriptions (
  seq              integer primary key,
  id               text not null unique,
  definition       text not null check (json_valid(definition)),
  enabled          integer not null check (enabled in (0, 1)),
  disabled_because text check (disabled_because is null or enabled = 0),
  created_at       integer not null,
  updated_at       integer not null,
  deleted_at       integer
) strict;

-- Secrets, sealed by the vault: ciphertext only, with the owner's id as associated data.
create table secrets (
  owner       text not null,
  position    integer not null,
  sealed      blob not null,
  valid_until integer,
  primary key (owner, position)
) strict, without rowid;

create table events (
  seq              integer primary key,
  scope            text not null,
  event_id         text not null check (length(event_id) between 1 and 255),
  event_type       text not null,
  created_at       integer not null,
  created_at_given integer not null check (created_at_given in (0, 1)),
  received_at      integer not null,
  test             integer not null check (test in (0, 1)),
  body             blob not null
) strict;
-- The dedupe key: an event id is unique per brand or source.
create unique index events_by_id on events (event_id, scope);

create table deliveries (
  seq              integer primary key,
  subscription_seq integer not null references subscriptions (seq),
  event_seq        integer not null references events (seq),
  created_at       integer not null,
  attempts         integer not null default 0,
  step             integer not null default 0,
  state            text not null,
  next_attempt_at  integer,
  trigger          text,
  resume           text,
  resume_at        integer,
  lease_owner      text,
  lease_until      integer,
  claimed_at       integer,
  finished_at      integer,
  failure          text,
  reason           text,
  last_outcome     text,
  last_status      integer,
  -- The same machine as in the domain crate: each state carries exactly its own data.
  check (case state
    when 'pending'   then next_attempt_at is not null and trigger in ('scheduled', 'manual')
                          and (resume is null or trigger = 'manual')
                          and lease_owner is null and finished_at is null and failure is null and reason is null
    when 'in_flight' then next_attempt_at is null and trigger in ('scheduled', 'manual')
                          and lease_owner is not null and lease_until is not null and claimed_at is not null
                          and attempts > 0 and finished_at is null and failure is null and reason is null
    when 'delivered' then finished_at is not null and next_attempt_at is null and lease_owner is null
                          and failure is null and reason is null
    when 'failed'    then finished_at is not null and next_attempt_at is null and lease_owner is null
                          and failure in ('exhausted', 'rejected', 'gone', 'blocked') and reason is null
    when 'cancelled' then finished_at is not null and next_attempt_at is null and lease_owner is null
                          and failure is null and reason is null
    when 'skipped'   then next_attempt_at is null and lease_owner is null and failure is null
                          and reason in ('disabled', 'filtered', 'over_cap')
    else 0
  end),
  check ((resume is null) = (resume_at is null)),
  check (resume is null or resume in ('scheduled', 'delivered', 'cancelled',
         'failed:exhausted', 'failed:rejected', 'failed:gone', 'failed:blocked'))
) strict;
create index deliveries_by_subscription on deliveries (subscription_seq, seq);
create index deliveries_by_event on deliveries (event_seq);
create index deliveries_due on deliveries (subscription_seq, next_attempt_at) where state = 'pending';
create index deliveries_in_flight on deliveries (lease_owner) where state = 'in_flight';
create index deliveries_failed on deliveries (seq) where state = 'failed';
create index deliveries_skipped on deliveries (seq) where state = 'skipped';
create index deliveries_cancelled on deliveries (seq) where state = 'cancelled';

create table attempts (
  seq              integer primary key,
  delivery_seq     integer not null references deliveries (seq),
  number           integer not null check (number > 0),
  trigger          text not null check (trigger in ('scheduled', 'manual')),
  started_at       integer not null,
  outcome          text not null check (outcome in ('success', 'http_status', 'timeout', 'dns', 'connect',
                   'tls', 'reset', 'protocol', 'blocked', 'interrupted')),
  error            text,
  dns_us           integer,
  connect_us       integer,
  tls_us           integer,
  first_byte_us    integer,
  total_us         integer not null,
  request          text,
  connection       text not null,
  status           integer,
  response_headers text,
  response_body    blob,
  truncated        integer not null default 0 check (truncated in (0, 1)),
  check ((status is null) = (response_headers is null)),
  check (outcome <> 'success' or status between 200 and 299),
  check (outcome <> 'http_status' or status is not null)
) strict;
-- At most one row per try: a writer that comes too late finds its number taken.
create unique index attempts_by_delivery on attempts (delivery_seq, number);
