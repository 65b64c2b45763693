-- What a subscription was like, each time it changed: so that it can be said why an event was not
-- sent. A version holds for the events after `after_event`, up to the next version.
create table subscription_versions (
  subscription_seq integer not null references subscriptions (seq),
  after_event      integer not null,
  at               integer not null,
  definition       text not null check (json_valid(definition)),
  disabled_because text,
  paused_at        integer,
  health           text check (health is null or json_valid(health)),
  deleted          integer not null check (deleted in (0, 1))
) strict;
create index subscription_versions_by_subscription on subscription_versions (subscription_seq, after_event);
-- What there is now has been so since it was last changed.
insert into subscription_versions
  select s.seq, (select coalesce(max(e.seq), 0) from events e where e.received_at < s.updated_at), s.updated_at,
         s.definition, s.disabled_because, s.paused_at, s.health, s.deleted_at is not null
  from subscriptions s;

-- When everything was paused and resumed; a row without `paused_at` is a resumption.
create table pause_versions (
  after_event integer not null,
  at          integer not null,
  paused_at   integer
) strict;
create index pause_versions_by_event on pause_versions (after_event);

-- How often an event came again after it was kept.
create table event_repeats (
  event_seq integer primary key references events (seq) on delete cascade,
  count     integer not null check (count > 0),
  last_at   integer not null
) strict;

-- Headers that a person gave for one delivery alone: an edited event that was sent.
alter table deliveries add column headers text check (headers is null or json_valid(headers));

-- How far what follows behind has come: `drift` in events, `latency` in attempts.
create table followed (
  name text primary key,
  seq  integer not null
) strict, without rowid;

-- How events of a type have looked.
create table event_shapes (
  event_type text primary key,
  shape      text not null check (json_valid(shape)),
  updated_at integer not null
) strict, without rowid;

-- The conversion that an event tells of, so that another event of the same one is found.
create table event_conversions (
  event_seq  integer primary key references events (seq) on delete cascade,
  conversion text not null,
  event_type text not null
) strict;
create index event_conversions_by_id on event_conversions (conversion, event_type);

-- What somebody should look at.
create table alerts (
  seq             integer primary key,
  at              integer not null,
  kind            text not null,
  summary         text not null,
  event_type      text,
  event_seq       integer references events (seq) on delete set null,
  details         text not null check (json_valid(details)),
  acknowledged_at integer
) strict;
create index alerts_by_event on alerts (event_seq);
create index alerts_open on alerts (seq) where acknowledged_at is null;

-- How long attempts took, counted once for good: whatever the log forgets, the counters only grow.
create table attempt_counts (
  outcome text not null,
  le_us   integer not null,
  count   integer not null,
  sum_us  integer not null,
  primary key (outcome, le_us)
) strict, without rowid;
