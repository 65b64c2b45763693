-- Whose event it is, as its publisher, its source or its payload calls the brand: so that the log
-- can be read by brand without opening bodies.
alter table events add column brand text;
update events set brand = case
  when scope like 'b:%' then substr(scope, 3)
  when scope like 's:%' then (select definition ->> '$.brand' from sources where id = substr(scope, 3))
end where scope <> '';
create index events_by_brand on events (brand, seq) where brand is not null;

-- Why the brand's platform could not be read the last time, as JSON; null once it was.
alter table brands add column trouble text check (trouble is null or json_valid(trouble));
