-- What a delivery must keep its place among: the value that its subscription orders by. It is there
-- only while the delivery waits or is under way.
alter table deliveries add column order_key text
  check (order_key is null or state in ('pending', 'in_flight'));
create index deliveries_by_order on deliveries (subscription_seq, order_key, seq) where order_key is not null;
