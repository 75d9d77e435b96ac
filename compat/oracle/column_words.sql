# schema: Compression and what else is said of columns and keys
create table co (a text compression pglz, b int)
create table co2 (a text compression pglz collate "C" not null, b text compression default, c text compression lz4)
create table co3 (a int compression pglz)
create table co4 (compression text, check (compression <> 'x'), b varchar(3) compression pglz default 'x')
alter table co add c text compression pglz not null default 'x', add column d int
alter table co add compression int
alter table co add e int compression pglz
select attrelid::regclass::text, attname, attcompression from pg_attribute where attrelid::regclass::text in ('co','co2','co4') and attnum > 0 order by 1, attnum
create table co5 (like co including all)
select attname, attcompression from pg_attribute where attrelid = 'co5'::regclass and attnum > 0 order by attnum
create table co6 (a text compression foo)
create table co8 (a compression pglz)
alter table co add g int unique with (fillfactor=70), add h int primary key with (fillfactor=60)
select relname, reloptions from pg_class where relname like 'co\_%' and relkind = 'i' order by 1
create materialized view mv as select 1 as a
alter materialized view mv replica identity full
select relreplident from pg_class where relname = 'mv'
alter materialized view mv replica identity nothing
alter table mv replica identity default
select relreplident from pg_class where relname = 'mv'
create schema es
create type es.e as enum ('a', 'b')
create type es.c as (x es.e, y int)
create type es.c2 as (z es.c[])
drop schema es
drop schema es cascade
create schema es
create type es.e as enum ('a', 'b')
create type ec as (x es.e)
drop schema es
select to_regoper('nosuch'), to_regoper('||/'), to_regoper('pg_catalog.nosuch'), to_regoper('x.nosuch')
select to_regoper('a b')
select 'nosuch'::regoper
