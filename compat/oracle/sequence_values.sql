# schema: What a sequence has given last
create sequence sv
select pg_sequence_last_value('sv')
select nextval('sv')
select pg_sequence_last_value('sv'), pg_sequence_last_value('sv'::regclass::oid), pg_typeof(pg_sequence_last_value('sv'))
select nextval('sv'), pg_sequence_last_value('sv') > 0
select setval('sv', 5, false)
select pg_sequence_last_value('sv')
select pg_sequence_last_value('pg_class')
select pg_sequence_last_value(99999)
select pg_sequence_last_value('nosuch')
select pg_sequence_last_value(null)
select relname, pg_sequence_last_value(oid) from pg_class where relkind = 'S'
begin
select nextval('sv')
select pg_sequence_last_value('sv')
rollback
select nextval('sv') > 0
create view svv as select pg_sequence_last_value('sv') as v
select * from svv
select pg_get_viewdef('svv'::regclass)
