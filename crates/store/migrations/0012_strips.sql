-- Counts of deliveries that have settled, anew: by what they have in common, and in strips of 1024
-- deliveries one after another, so that a stretch of time, a rare kind and a bar of a histogram are
-- found without reading the log. As before, every delivery up to `rolled_to` is counted here, but for
-- those in `rolled_open`; counting begins again from the first.
drop table rollup;
drop table rollup_minutes;
delete from rolled_open;
delete from meta where key = 'rolled_to';

-- What deliveries have in common. No brand and no outcome is the empty text, no status -1.
create table log_combinations (
  id               integer primary key,
  subscription_seq integer not null,
  event_type       text not null,
  brand            text not null,
  state            text not null,
  last_status      integer not null,
  last_outcome     text not null,
  attempts         integer not null,
  n                integer not null,
  unique (subscription_seq, event_type, brand, state, last_status, last_outcome, attempts)
) strict;

-- Strip 0 holds the deliveries 0 to 1023, and so on. `counts` is how many there are of each
-- combination, `places` the combination and the time of each delivery; bytes as `strips.rs` says.
create table log_strips (
  strip    integer primary key,
  first_at integer not null,
  last_at  integer not null,
  counts   blob not null,
  places   blob not null
) strict;
create index log_strips_by_time on log_strips (last_at, first_at);

-- Events by type; how far they are counted stands in `meta` as `types_counted_to`.
create table log_event_types (
  event_type text primary key,
  n          integer not null,
  last_at    integer not null
) strict, without rowid;
