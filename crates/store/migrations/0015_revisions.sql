-- Moves with each change of a subscription by a person or by a dispatcher: a change is made against the one
-- that its author saw, and refused where it is another by then.
alter table subscriptions add column revision integer not null default 1 check (revision > 0);
alter table remote_subscriptions add column revision integer not null default 1 check (revision > 0);
-- The `subscriptions_version` at which a subscription changed last, so that only what changed is read again.
alter table subscriptions add column changed_at_version integer not null default 0;
create index subscriptions_by_change on subscriptions (changed_at_version);
-- Moves where a change may be anywhere, so that everything is read again.
insert into meta values ('registry_version', 1);
