# language: The type "char"

create table ct (a "char", b "char" default 'x' not null, c "char"[], k "char" primary key)
insert into ct values ('a', 'b', '{a,b,""}', 'z'), ('', 'x', null, ''), ('\101', '\377', '{\\377}', 'é'), (null, 'abc', '{}', '1')
table ct
select a::int, b::int, k::int, length(a), a::text, b::bytea from ct
select a::int, b::int, k::int, a::text, k||'x' from ct order by k
select k from ct order by k desc
select 65::"char", 'é'::"char", ''::"char" = '', '\000'::"char" = '', (-1)::"char", 128::"char", 200::int::"char"
select ascii(k), upper(k), k like 'z', k > 'a', k = 'z'::text, k in ('z','1') from ct
select min(k), max(k), count(distinct k) from ct
select array_agg(k order by k) from ct
select a::varchar(1), a::char(3) from ct where a <> ''
select 'abc'::text::"char", 'abc'::varchar::"char", 'ab'::char(2)::"char"
alter table ct alter a type text
alter table ct alter a type "char"
create index on ct (b)
create domain dch as "char" check (value in ('a','b'))
select 'a'::dch, 'c'::dch
select column_name, data_type, udt_name from information_schema.columns where table_name='ct'
create view cv as select k, a, relkind from ct, pg_class
create table ct2 as select relkind, relname from pg_class where relname='ct'
table ct2
create temp table ct3 as select k from ct
table ct3
select 'a'::"char" || 'b'
select k || k from ct
insert into ct(k) values (65)
insert into ct(k) values ('a'::text)
insert into ct(k) values ('ab'::varchar(3))
update ct set b = 'qq' where k = 'z' returning b
select k from ct where k between '1' and 'z' order by 1
select '\37'::"char"::text, '\3777'::"char"::text, '\08'::"char"::text, '\'::"char"::text
select 65::"char", 'é'::"char", ''::"char" = '', '\000'::"char" = '', (-1)::"char", 127::"char"
select 128::"char"
select (-129)::"char"
select '\200'::"char"::int, '\377'::"char" > 'z', '\177'::"char" < '\200', 'a'::"char"::oid
select k, a from ct where k > 'z' order by k
select max(k), min(k), greatest('\303'::"char", 'z'), least('\303'::"char", 'z') from ct
select distinct b from ct order by b desc
select b, count(*) from ct group by b order by b
select k from ct order by k limit 2
select lag(k) over (order by k), k from ct order by k
create table ct4 (p "char" references ct (k) on delete cascade, q "char"[] default '{x}', check (p <> 'q'), unique (p))
insert into ct4 (p) values ('z'), ('nope')
insert into ct4 (p) values ('q')
insert into ct4 (p) values ('z')
insert into ct4 (p) values ('z') on conflict (p) do update set q = array[excluded.p, '\377'] returning *
delete from ct where k = 'z'
table ct4
select * from ct where k = $1
$ é
select $1::"char", $1::"char"::int, $2::"char"[]
$ \377 | {a,"\\\\303"}
insert into ct (k, c) values ($1, $2) returning k, c, c[1], c[2] > c[1]
$ w | {a,b}
insert into ct (k) values ('too long'::varchar), ('u'::char(5)) returning k
alter table ct alter a type int using a::int
alter table ct alter b set default 'yy'
select column_name, column_default from information_schema.columns where table_name = 'ct' and column_name = 'b'
select pg_get_viewdef('cv'::regclass)
select attname, atttypid::regtype::text, attlen, attalign, attbyval, attstorage, attcollation from pg_attribute where attrelid = 'ct'::regclass and attnum > 0 order by attnum
create type comp as (f "char", g int)
select row('x', 1)::comp, (row('\303', 2)::comp).f
create index cti on ct (k desc, b) where a > 3
create table cts (a "char" primary key, b "char" generated always as ('x'::"char") stored)
insert into cts values ('c'), (''), ('\200'), ('\\'), ('a'), ('Z')
select a, a::text, a::int from cts order by a
select a from cts where a in ('\200', 'c') order by 1
select a from cts where a >= '\\' order by 1 desc
select array_agg(a order by a desc) from cts
select x.a, y.a from cts x join cts y on x.a > y.a order by 1, 2
select a from cts union select 'zz'::"char" order by 1
select a::"char" from (values ('b'), ('\377'), ('a')) v(a) order by 1
select to_json(a), to_jsonb(array[a]) from cts order by a
copy (select a from cts order by a) to stdout
copy cts (a) from stdin
: q
: r
select a from cts order by a
select 'a'::"char" = 'a'::name, 'a'::"char" = 'a'::bpchar
select pg_typeof('a'::"char"), 'abc'::"char"::text, quote_literal('a'::"char"), length('\303'::"char")
select greatest('9.0.0.1'::inet, '10.0.0.1'), least('9.0.0.1'::inet, '10.0.0.1'), greatest(null, '10.0.0.0/8'::cidr, '9.0.0.0/8')
with recursive r (a, i, n) as (values ('a'::"char", '10.0.0.1'::inet, 1) union select chr(ascii(a::text) + n % 2)::"char", i + n % 2, n + 1 from r where n < 6) select * from r order by n
with recursive r (a) as (values ('\300'::"char"), ('b') union select case when a < 'c' then 'c'::"char" else 'd' end from r) select a from r order by a
