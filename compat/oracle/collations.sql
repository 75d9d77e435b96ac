# schema: Collations of columns, and where they meet
create table t(a text collate "C", b text collate "POSIX", c text, d varchar(3)[] collate "C", n name, i int)
select pg_collation_for(a), pg_collation_for(b), pg_collation_for(c), collation for (d), collation for(n), collation for ('x'), collation for (a||c), collation for (a||b), collation for (lower(c collate "C")) from (values(1)) v(x) left join t on true
select collation for (i) from t
select a<b from t
insert into t values('a','b','c')
select a<b from t
select a||b from t order by 1
select a||b from t order by a||b
select a||b as x from t group by 1
select distinct a||b from t
select a collate "C" < b collate "POSIX" from t
select lower(a||b) from t
select (a||b) ~ 'x' from t
select (a||b) ilike 'x' from t
select (a||b) like 'x' from t
select a from t union select b from t
select a from t union all select b from t
select * from (select a from t union all select b from t) s order by 1
select a from t except select b from t
select max(a||b) from t
select a in (b, c) from t
select case a when b then 1 end from t
select nullif(a,b) from t
select greatest(a,b) from t
select strpos(a,b), replace(a,b,'x'), position(a in b), split_part(a,b,1), starts_with(a,b) from t
select replace(a,b,'x') from t
select position(a in b) from t
select split_part(a,b,1) from t
select starts_with(a,b) from t
select initcap(a||b) from t
select upper(a||b) from t
create view v as select a||b as x, c collate "C" as y, a, c, n::text as z from t
create view v as select c collate "C" as y, a, c, n::text as z, a||c as w from t
create table t2 as select a||b as x from t
create table t2 as select a||c as x from t
create index on t ((a||b))
create index on t ((a||c))
select a = any(array[b,c]) from t
select row(a,1)<row(b,2) from t
select a is distinct from b from t
select * from t x join t y on x.a=y.b
select * from t x join t y using(a)
select 1 where 'a' collate "C" = 'b' collate "POSIX"
select count(*) filter (where a=b) from t
select string_agg(a,b) from t
select a between b and c from t
select t.a from t order by a collate "C", b collate "POSIX"
select attrelid::regclass::text, attname, attcollation from pg_attribute where attrelid in ('t'::regclass,'v'::regclass,'t2'::regclass) and attnum>0 order by attrelid::regclass::text, attnum
select rank() over (partition by a||b) from t
select i collate "C" from t
select (i+1) collate "C" from t
select collation for (a) from t group by a||b
select array_agg(a||b order by a||b) from t
values ('a' collate "C"), ('b' collate "POSIX") order by 1
select column1 from (values ('a' collate "C"), ('b' collate "POSIX")) v order by 1
insert into t(a) values ('x' collate "POSIX")
update t set a = 'x' collate "POSIX"
select coalesce(a,b)=c from t
select a::name = 'x' from t
select a=b::name from t
select regexp_replace(a||b,'x','y'), regexp_matches(a||b,'x') from t
select substring(a||b from 'x') from t
select a similar to b from t
select overlay(a placing b from 1) from t
select to_char(1, a||b) from t
select (a||b)::char(3) = 'x' from t
select (select a||b from t) = 'x'
select a||b = 'x' collate "C" from t
select hashtext(a||b) is null from t
select ltrim(a||b,a) from t
select string_to_array(a||b, a) from t
select translate(a||b, a, b) from t
select (a||b) = any (select c from t) from t
select (a||b) in (select c from t) from t
select * from t where a||b in ('x','y')

create domain cd as text collate "POSIX"
create domain ce as text
create table dt (a cd, b ce, c cd collate "C", e cd collate "default", f ce collate "ucs_basic", k int primary key)
insert into dt values ('x', 'y', 'z', 'u', 'v', 1)
select pg_collation_for(a), pg_collation_for(b), pg_collation_for(c), pg_collation_for(e), pg_collation_for(f), pg_collation_for('x'::cd), pg_collation_for(b::cd), pg_collation_for(a::text), pg_collation_for(c::cd), pg_collation_for(a || 'x'), pg_collation_for('x' || b) from dt
select attname, attcollation::regcollation from pg_attribute where attrelid = 'dt'::regclass and attnum > 0 order by attnum
select column_name, collation_catalog is null, collation_schema, collation_name from information_schema.columns where table_name in ('dt', 't', 'v') order by table_name, ordinal_position
select domain_name, collation_name from information_schema.domains where domain_schema = current_schema() order by 1
select typname, typcollation::regcollation from pg_type where typname in ('cd', 'ce', '_cd') order by 1
alter table dt add g text collate "C", add h varchar(4) collate "POSIX" default 'q'
alter table dt alter a type text
alter table dt alter b type text collate "POSIX"
alter table dt alter k type bigint collate "C"
alter table dt alter b type text collate "nope"
alter table dt alter b type text collate "en_US"
select attname, attcollation::regcollation from pg_attribute where attrelid = 'dt'::regclass and attnum > 0 order by attnum
create table dl (like dt including all)
select attname, attcollation::regcollation from pg_attribute where attrelid = 'dl'::regclass and attnum > 0 order by attnum
select a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), (SELECT c.collname FROM pg_catalog.pg_collation c, pg_catalog.pg_type t WHERE c.oid = a.attcollation AND t.oid = a.atttypid AND a.attcollation <> t.typcollation) AS attcollation from pg_attribute a where a.attrelid = 'dl'::regclass and a.attnum > 0 order by a.attnum
create index di1 on dt (g, g collate "POSIX", b, c collate "C", (lower(g)), (lower(g)) collate "POSIX", (b || 'x' collate "C"))
create unique index di2 on dt (h) include (g)
select pg_get_indexdef('di1'::regclass), pg_get_indexdef('di2'::regclass)
select indexrelid::regclass::text, indcollation from pg_index where indrelid = 'dt'::regclass order by indexrelid::regclass::text
select attrelid::regclass::text, attname, attcollation from pg_attribute where attrelid in ('di1'::regclass, 'di2'::regclass) order by attrelid::regclass::text, attnum
create index on dt ((g || h))
create table dk (a text collate "C", a2 text collate "C" collate "POSIX")
create table dk (a text collate "C" not null unique, b text default 'x' collate "POSIX" check (b > 'a' collate "C"), c int references dt (k))
select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = 'dk'::regclass order by 1
insert into dk values ('a', 'b', 1), ('B', 'c', 1)
select a from dk order by a
select a from dk where a < 'a' collate "POSIX"
select a from dk join dt on dk.a = dt.h
select dk.a from dk join dt on dk.a = dt.h collate "C"
create view dv (x, y) as select a, b from dk union all select g, h from dt
create view dv2 as select a from dk union all select h from dt
create view dv3 as values ('x' collate "C"), ('y')
create view dv4 as select coalesce(a, 'x') as m, case when true then b else 'y' end as n, a || a as o, max(b) over () as p, array[a, 'x'] as q, (select b from dk limit 1) as r from dk
create materialized view dm as select a, b as c, 'x'::text as d from dk
create materialized view dm2 as select a || b as c from dk
select attrelid::regclass::text, attname, attcollation::regcollation from pg_attribute where attrelid in ('dv'::regclass, 'dv3'::regclass, 'dv4'::regclass, 'dm'::regclass) and attnum > 0 order by attrelid::regclass::text, attnum
create or replace view dv3 as select c::text from t
create or replace view dv3 as values ('x' collate "C"), ('z')
select pg_collation_for(x), pg_collation_for(y) from dv
with w as (select a, b from dk) select pg_collation_for(a), pg_collation_for(b) from w
with w (p, q) as (select b, a from dk) select p < q from w
with recursive r (x) as (select 'a'::text collate "C" from dk union all select x || 'b' from r where length(x) < 3) select x, pg_collation_for(x) from r
with recursive r (x) as (select 'a'::text union all select x || 'b' collate "C" from r where length(x) < 3) select x from r
with recursive r (x) as (select a from dk union all select b from dk join r on false) select x from r
select distinct on (a || b) a from dk
select a from dk group by a, b having a < b
select a, count(*) from dk group by a having max(a) < 'b' collate "POSIX"
select max(a) filter (where a < b) from dk
select string_agg(distinct a || b, ',') from dk
select array_agg(b order by b collate "C") from dk
select row_number() over (order by a || b) from dk
update dk set b = a where a = b
update dk set b = a || b where a collate "C" < b
delete from dk where a < b collate "C" and a < b collate "POSIX" and a = 'nope'
insert into dk (a) select h from dt where h = g
insert into dk (a) values ('c') on conflict (a) do update set b = excluded.b where dk.a = excluded.b
insert into dk (a) values ('c') on conflict (a) do update set b = excluded.b where dk.a = excluded.b
select collation for (now())
select collation for (null), collation for (null::text), collation for ($$x$$ collate "POSIX")
select collation for ('x' collate "C" || 'y' collate "POSIX")
select row('a' collate "C", 'b' collate "POSIX") = row('a', 'b')
select array['a' collate "C", 'b' collate "POSIX"]
select coalesce('a' collate "C", 'b' collate "POSIX"), 1
select 'a' collate "C" in ('b', 'c' collate "POSIX")
select case 'a' collate "C" when 'b' collate "POSIX" then 1 end
select concat('a' collate "C", 'b' collate "POSIX")
select format('%s', 'a' collate "C"), length('a' collate "POSIX"), pg_collation_for(('a' collate "C")::varchar(3))
select $1 collate "C" < $2 collate "POSIX"
$ x | y
create view dv5 as select a collate "C" as x, (a || b) collate "POSIX" < 'x' as y, collation for (a collate "POSIX") as z, case when b collate "C" = 'q' then 1 end as w from dk order by a collate "ucs_basic", lower(b) collate "default" desc
select pg_get_viewdef('dv5'::regclass), pg_get_viewdef('dv5'::regclass, true)
select * from dv5 order by 1
drop table dk, dl cascade
create type cty as (a text collate "POSIX", b int, c varchar(3)[] collate "C", d text)
create type cty2 as (b int collate "C")
create type cty2 as (b text collate "nope")
select attname, attcollation::regcollation::text from pg_attribute where attrelid = (select typrelid from pg_type where typname = 'cty') and attnum > 0 order by attnum
alter type cty add attribute e text collate "ucs_basic"
alter type cty alter attribute d type text collate "C"
select attname, attcollation::regcollation::text from pg_attribute where attrelid = (select typrelid from pg_type where typname = 'cty') and attnum > 0 order by attnum
create table ic (a text, b text collate "POSIX")
insert into ic (a) values ('x' collate "C"), ('y' collate "POSIX")
insert into ic (a) values ('x' collate "C" || 'y' collate "POSIX"), ('y')
insert into ic select 'x' collate "C" union all select 'y' collate "POSIX"
insert into ic select 'x' collate "C" union select 'y' collate "POSIX"
select pg_collation_for(q) from (select b as q from ic union select 'y' collate "C") s
select pg_collation_for(q) from (select a as q from ic union select b from ic union all values ('x')) s limit 1
select a from ic where (a, b) in (select b, a from ic)
select * from ic x join ic y using (a) order by a
select row_to_json(ic) from ic
select concat(a collate "C", b), format('%s%s', a, b) from ic
update ic set a = 'q' collate "C", b = 'r' collate "POSIX"
select exists (select a = b from ic), array(select a || b from ic)
select string_to_table(a, b) from ic
select jsonb_build_object(a collate "C", b collate "POSIX") from ic
select count(distinct (a, b)) from ic
select a from ic where a like b escape 'x' collate "C"
with w as (select a collate "C" as a from ic) select w.a || ic.b from w, ic order by w.a || ic.b
