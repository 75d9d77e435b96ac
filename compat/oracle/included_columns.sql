# schema: Keys with INCLUDE
create table ki (a int, b int, c text, constraint ki_u unique (a) include (b, c), primary key (b) include (a))
select conname, contype, conkey, pg_get_constraintdef(oid) from pg_constraint where conrelid='ki'::regclass order by 1
select indexrelid::regclass::text, indkey::text, indnkeyatts, indnatts, pg_get_indexdef(indexrelid) from pg_index where indrelid='ki'::regclass order by 1
insert into ki values (1,1,'x'),(2,2,'x')
insert into ki values (1,3,'x')
insert into ki values (3,1,'x')
insert into ki values (3,1,'x') on conflict (b) do update set c = 'z' returning *
insert into ki values (3,1,'x') on conflict (b, a) do nothing
insert into ki values (1,5,'x') on conflict on constraint ki_u do nothing
create table kj (like ki including all)
select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid='kj'::regclass order by 1
create table kk (x int references ki (b), y int references ki (a))
alter table ki drop column c
alter table ki drop column c cascade
select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid='ki'::regclass order by 1
create table kl (a int primary key, b int, c int)
alter table kl add unique (b) include (c, c)
alter table kl add constraint kl_x unique (c) include (nope)
alter table kl drop constraint kl_pkey, add primary key (a) include (b)
select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid='kl'::regclass order by 1
alter table kl add unique (b) include (b)
create table km (a int, b int, unique (a), unique (a) include (b))
select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid='km'::regclass order by 1
create table kn (a int, unique (a) include (nope))
create table ko (a int unique include (b), b int)
create table kp (a int, b int, unique (a) include (b) deferrable initially deferred)
insert into kp values (1,1),(1,2)
select pg_get_constraintdef(oid) from pg_constraint where conrelid='kp'::regclass
create table kq (a int, b int, unique (a) include (b) with (fillfactor=70))
select reloptions from pg_class where relname like 'kq_%'
select * from information_schema.key_column_usage where table_name='ki' order by 3, ordinal_position
