-- What a received request had beside headers and body: its query as it came (the value of a key is
-- hidden), its body where the event's is another one made from it, its id at the relay it was
-- pulled from, and what is worth knowing of it.
alter table received add column query text;
alter table received add column raw_body blob;
alter table received add column relay_id text;
alter table received add column note text;
-- A relay may give a request again: it is kept once.
create unique index received_by_relay on received (source_seq, relay_id) where relay_id is not null;

-- Where pulling from a relay goes on, and how it stands.
create table relays (
  source_seq integer primary key references sources (seq),
  cursor     text,
  state      text not null check (json_valid(state)),
  updated_at integer not null
) strict;

-- What a person set for the receiver.
create table receiver_settings (
  key   text primary key,
  value text not null
) strict, without rowid;

-- One-time tokens of self-checks, as SHA-256: whether a request through the public URL arrived here.
create table self_checks (
  token      text primary key,
  expires_at integer not null,
  arrived_at integer
) strict, without rowid;
