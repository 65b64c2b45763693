-- The inbound paths of the receiver. Their secrets stand in `secrets` like those of subscriptions:
-- the signing secret under the source's id, the path token under `{id}/token`.
create table sources (
  seq        integer primary key,
  id         text not null unique,
  name       text not null,
  definition text not null check (json_valid(definition)),
  created_at integer not null,
  deleted_at integer
) strict;
-- A name is free again once its source is deleted.
create unique index sources_by_name on sources (name) where deleted_at is null;

-- Every request that came to a source, with what it was answered. The body of one that was
-- accepted is the event's; of one that was refused the first 64 KiB are kept here.
create table received (
  seq        integer primary key,
  source_seq integer not null references sources (seq),
  at         integer not null,
  peer       text not null,
  method     text not null,
  headers    text not null check (json_valid(headers)),
  status     integer not null,
  code       text not null,
  detail     text,
  event_id   text,
  event_type text,
  body       blob,
  body_bytes integer not null,
  check (status <> 200 or (event_id is not null and body is null and code in ('ok', 'duplicate')))
) strict;
create index received_by_source on received (source_seq, seq);
-- Only so many refused ones are kept: the oldest are found here.
create index received_refused on received (source_seq, seq) where status <> 200;
