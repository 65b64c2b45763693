-- Why a delivery that waits is not sent although it is due: the vault cannot open its secret, its
-- last attempts ended with the program, or what is stored of it cannot be used. The order of the index lets what may be sent be found by its
-- time, however much is held.
alter table deliveries add column held text
  check (held is null or (state = 'pending' and held in ('vault', 'interrupted', 'set_aside')));
create index deliveries_held on deliveries (held, seq) where held is not null;
drop index deliveries_due;
create index deliveries_due on deliveries (subscription_seq, held, next_attempt_at) where state = 'pending';
drop index deliveries_due_asked;
create index deliveries_due_asked on deliveries (subscription_seq, held, next_attempt_at)
  where state = 'pending' and trigger = 'manual';
