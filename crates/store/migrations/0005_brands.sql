-- Brands: accounts on a platform. The API key stands in `secrets` under the brand's id, sealed.
create table brands (
  seq        integer primary key,
  id         text not null unique,
  name       text not null,
  definition text not null check (json_valid(definition)),
  created_at integer not null,
  synced_at  integer,
  deleted_at integer
) strict;
-- A name is free again once its brand is removed.
create unique index brands_by_name on brands (name) where deleted_at is null;

-- The event types that the platform named when it was last read, in its order.
create table brand_event_types (
  brand_seq integer not null references brands (seq),
  position  integer not null,
  name      text not null,
  meaning   text not null,
  schema    text check (schema is null or json_valid(schema)),
  primary key (brand_seq, name)
) strict, without rowid;

-- The webhooks that were ever seen at the platform, with what was seen last.
create table remote_webhooks (
  brand_seq     integer not null references brands (seq),
  webhook       text not null,
  url           text not null,
  events        text not null check (json_valid(events)),
  first_seen_at integer not null,
  last_seen_at  integer not null,
  -- When a reading no longer had it.
  gone_at       integer,
  primary key (brand_seq, webhook)
) strict, without rowid;

-- Subscriptions that run at the platform. `state` is written before each request to the platform,
-- so that a program that stops goes on where it was. Their secrets stand in `secrets` under the
-- id, the one of an edit under way under `{id}/next`.
create table remote_subscriptions (
  seq        integer primary key,
  id         text not null unique,
  brand_seq  integer not null references brands (seq),
  definition text not null check (json_valid(definition)),
  state      text not null check (json_valid(state)),
  created_at integer not null,
  updated_at integer not null,
  deleted_at integer
) strict;
