-- Pausing everything is a row of `meta`, `paused_at`, that is there while it lasts.
-- Since when a subscription is paused.
alter table subscriptions add column paused_at integer;
-- How well its endpoint is: breaker, and since when every attempt failed. Null is well.
alter table subscriptions add column health text check (health is null or json_valid(health));
-- Moves when a person changed something that makes what was learned of the endpoint void.
alter table subscriptions add column health_epoch integer not null default 0;
-- What a person asked for goes out while a breaker holds the rest: it is found here.
create index deliveries_due_asked on deliveries (subscription_seq, next_attempt_at)
  where state = 'pending' and trigger = 'manual';
