-- Why a delivery was skipped, from the moment a person released it.
alter table deliveries add column was_skipped text;

-- Operations: work on many deliveries that goes on by itself. `asked` is what was asked for.
create table operations (
  seq              integer primary key,
  kind             text not null check (kind in ('retry', 'recover', 'replay', 'cancel')),
  asked            text not null check (json_valid(asked)),
  subscription_seq integer references subscriptions (seq),
  state            text not null check (state in ('preparing', 'queued', 'canary', 'running', 'done', 'stopped', 'cancelled')),
  rate             real not null check (rate > 0),
  canary           integer not null check (canary in (0, 1)),
  why              text,
  last_failure     text,
  total            integer not null default 0,
  sent             integer not null default 0,
  delivered        integer not null default 0,
  failed           integer not null default 0,
  left_out         integer not null default 0,
  failed_in_a_row  integer not null default 0,
  created_at       integer not null,
  started_at       integer,
  finished_at      integer,
  check ((state in ('done', 'stopped', 'cancelled')) = (finished_at is not null))
) strict;

-- What an operation is about, in its order: a delivery, or an event that has none yet.
create table operation_items (
  operation_seq   integer not null references operations (seq),
  position        integer not null,
  event_seq       integer,
  delivery_seq    integer,
  attempts_before integer,
  state           text not null default 'waiting' check (state in ('waiting', 'sent', 'delivered', 'failed', 'left_out')),
  primary key (operation_seq, position),
  check (event_seq is not null or delivery_seq is not null),
  check (state <> 'sent' or (delivery_seq is not null and attempts_before is not null))
) strict, without rowid;
create index operation_items_by_state on operation_items (operation_seq, state, position);

-- When bodies were taken away, and by what: `retention`, `erase`, or `row` for an event of which
-- only the dedupe key is left.
alter table events add column pruned_at integer;
alter table events add column pruned_by text;
alter table attempts add column pruned_at integer;
alter table attempts add column pruned_by text;
alter table received add column pruned_at integer;
alter table received add column pruned_by text;
-- Events that were old enough to be pruned while something of them still waited.
create table retention_held (event_seq integer primary key) strict;

-- Search: which trigrams stand in which payload and in which response. It follows behind; how far
-- it is stands in `meta` as `searched_events` and `searched_attempts`.
create virtual table search_events using fts5(text, content='', contentless_delete=1, detail='none', tokenize='trigram');
create virtual table search_attempts using fts5(text, content='', contentless_delete=1, detail='none', tokenize='trigram');
