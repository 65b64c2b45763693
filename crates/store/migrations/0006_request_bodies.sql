-- The body of a request where it is not the event's, which is kept once: what a template rendered,
-- or nothing at all. Null is the event's.
alter table attempts add column request_body blob;
