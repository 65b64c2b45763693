-- Counts of deliveries that have settled, so that the log from above need not be read row by row.
-- They follow behind: every delivery up to `rolled_to` in `meta` is counted here, but for those in
-- `rolled_open`, which had not settled or have moved since and are counted themselves.
-- No status is -1, no outcome the empty text.
create table rollup (
  subscription_seq integer not null,
  event_type       text not null,
  state            text not null,
  last_status      integer not null,
  last_outcome     text not null,
  attempts         integer not null,
  n                integer not null,
  unique (subscription_seq, event_type, state, last_status, last_outcome, attempts)
) strict;
create table rollup_minutes (
  minute integer not null,
  state  text not null,
  n      integer not null,
  primary key (minute, state)
) strict, without rowid;
create table rolled_open (delivery_seq integer primary key) strict;
