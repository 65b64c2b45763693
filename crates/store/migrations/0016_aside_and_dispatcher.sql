-- What could not be gone on with and was put aside, so that it stops nothing else: the record of an attempt
-- that the database refuses, a delivery that cannot be read.
create table set_aside (
  seq          integer primary key,
  at           integer not null,
  what         text not null check (what in ('attempt', 'delivery')),
  delivery_seq integer not null,
  key          text not null,
  why          text not null
) strict;
create index set_aside_by_delivery on set_aside (delivery_seq);

-- Who dispatches. The lock file says so, too, but a file can be removed. `process` and `lock_file` tell whether
-- who stands here is still at it.
create table dispatcher (
  one       integer primary key check (one = 1),
  owner     text not null,
  holder    text not null check (json_valid(holder)),
  process   text not null,
  lock_file text not null
) strict;
