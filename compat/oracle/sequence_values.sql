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
CREATE SEQUENCE as1 AS smallint MINVALUE -32768
ALTER SEQUENCE as1 AS int
SELECT * FROM pg_sequences WHERE sequencename LIKE 'as_'
CREATE SEQUENCE as2 AS smallint INCREMENT -1 MAXVALUE 32767
ALTER SEQUENCE as2 AS bigint
CREATE SEQUENCE as3 AS smallint
ALTER SEQUENCE as3 AS int INCREMENT -1
CREATE SEQUENCE as4 AS int INCREMENT -1
ALTER SEQUENCE as4 AS smallint
ALTER SEQUENCE as4 AS bigint NO MAXVALUE
ALTER SEQUENCE as3 AS smallint NO MINVALUE
