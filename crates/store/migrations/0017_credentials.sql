-- Credentials in URLs and headers are sealed in `secrets`, under `{subscription}#values`, or masked.
-- What was kept before is masked from behind, a few rows at a time: each number is the last row that
-- may still hold one, and 0 once there is none.
insert into meta
  select 'unmasked_attempts', (select coalesce(max(seq), 0) from attempts)
  union all select 'unmasked_received', (select coalesce(max(seq), 0) from received)
  union all select 'unmasked_deleted', (select coalesce(max(seq), 0) from subscriptions)
  union all select 'unmasked_versions', (select coalesce(max(rowid), 0) from subscription_versions);
-- Headers given for one delivery alone are masked once it has ended.
create index deliveries_with_headers on deliveries (seq) where headers is not null;
