# schema: Triggers of foreign keys
! create table tp (a int primary key, b int unique)
! create table tc (a int references tp on delete cascade on update set null, b int references tp (b) on delete restrict deferrable initially deferred, c int, foreign key (c) references tp (a) match full on delete set default on update restrict, d int references tc (d), unique (d))
select tgrelid::regclass::text, tgparentid, regexp_replace(tgname, '\d+$', 'N'), tgfoid::regproc::text, tgfoid, tgtype, tgenabled, tgisinternal, tgconstrrelid::regclass::text, tgconstrindid::regclass::text, c.conname, tgdeferrable, tginitdeferred, tgnargs, tgattr, tgargs, tgqual, tgoldtable, tgnewtable, t.oid = regexp_replace(tgname, '.*_', '')::oid from pg_trigger t join pg_constraint c on c.oid = tgconstraint order by c.conname, tgfoid, tgtype
select regexp_replace(pg_get_triggerdef(t.oid), '\d+', 'N'), regexp_replace(pg_get_triggerdef(t.oid, true), '\d+', 'N') from pg_trigger t order by 1
select pg_get_triggerdef(1)
select regexp_replace(pg_describe_object('pg_trigger'::regclass, oid, 0), '\d+', 'N') from pg_trigger order by 1
alter table tc disable trigger all
select tgrelid::regclass::text, tgenabled, count(*) from pg_trigger group by 1, 2 order by 1, 2
select regexp_replace(tgname, '\d+$', 'N'), tgenabled from pg_trigger t where t.tgrelid = 'tc'::regclass and (not t.tgisinternal or (t.tgisinternal and t.tgenabled = 'D')) order by 1
alter table tc enable trigger all
select count(*) from information_schema.triggers
alter table tc alter constraint tc_a_fkey deferrable
select regexp_replace(tgname, '\d+$', 'N'), tgtype, tgdeferrable, tginitdeferred from pg_trigger where tgconstraint = (select oid from pg_constraint where conname = 'tc_a_fkey') order by 1, 2
select relname, relhastriggers from pg_class where relname in ('tp', 'tc') order by 1
alter table tc add constraint nv foreign key (a) references tp (b) not valid
select count(*) from pg_trigger where tgconstraint = (select oid from pg_constraint where conname = 'nv')
select proname, prorettype::regtype::text, pronargs from pg_proc where proname like 'RI\_%' order by 1
alter table tc drop constraint nv, drop constraint tc_a_fkey
select count(*) from pg_trigger
drop table tc
select count(*) from pg_trigger
