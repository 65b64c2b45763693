-- The headers that an event came in with are found by its id: a delivery may repeat them.
create index received_accepted on received (event_id, source_seq) where code = 'ok';
