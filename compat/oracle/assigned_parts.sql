# language: Fields and elements as targets of INSERT, UPDATE and MERGE

! create type pt as (x int, y int)
! create domain pos as int check (value > 0)
! create type nested as (p pt, l pt[], t text)
! create domain nn as int not null
! create table cc (id int, c pt, arr int[], m int[][], j jsonb, cs pt[], n nested, a nn default 1, b pos)
insert into cc (id, c.x, c.y, arr[2], j) values (1, 2, 3, 4, '{}')
insert into cc (id, c.x) values (2, 2), (3, default)
insert into cc (id, arr[1]) values (2, 2), (3, default)
insert into cc (id, c.x, c.y) select 5, 6, 7
insert into cc (id, c.x, c.y) select 55, '6', null
insert into cc (id, c.x, c.y) select 5, 'a', 7
insert into cc (id, c.x, c.y) select 5, '1'::text, 7
insert into cc (id, arr[1], arr[3]) values (7, 1, 3)
insert into cc (id, arr[1:2]) values (8, '{5,6}')
insert into cc (id, arr[1:2]) select 8, array[5,6]
insert into cc (id, j['a'], j['b']['c']) values (9, '1', '2')
insert into cc (id, cs[1].x, cs[2].y) values (10, 1, 2), (11, 3, 4)
insert into cc (id, n.p.x, n.l[1].x, n.l[2].y, n.t) values (12, 1, 2, 3, 'q')
insert into cc (id, m[2:3][1:2]) values (13, '{{1,2},{3,4}}')
SELECT id, c, arr, m, j, cs::text, n::text, a, b FROM cc ORDER BY id, arr
update cc set c.x = (c).x + 1, c.y = 5, arr[1] = 9, j['z'] = '"q"', cs[1].y = 3 where id < 10 returning id, c, arr, m, j, cs::text, n::text, a, b
update cc set j['a']['b'][2] = '1' where id = 9 returning j
update cc set n.l[1].x = 5, n.l[1].y = 6, n.p.y = 7 where id in (1,12) returning id, n::text
update cc set (c.x, arr[2]) = (7, 8) where id = 1 returning id, c, arr, m, j, cs::text, n::text, a, b
update cc set (c.x, arr[2]) = (select 17, 18) where id = 1 returning id, c, arr, m, j, cs::text, n::text, a, b
update cc set (c.x, arr[2], c.y) = (select 27, 28, id) where id = 1 returning id, c, arr, m, j, cs::text, n::text, a, b
update cc set (c.x, arr[2], c.y) = (select 27, 28, id where false) where id = 1 returning id, c, arr, m, j, cs::text, n::text, a, b
update cc set (a, c.x) = (select 2, 3) where id = 1 returning id, c, arr, m, j, cs::text, n::text, a, b
update cc set (a, c.x) = (select null::int, 3) where id = 1 returning id, c, arr, m, j, cs::text, n::text, a, b
update cc set (a, b) = (select 2, 0) where id = 1 returning id, c, arr, m, j, cs::text, n::text, a, b
update cc set (a, b) = (select 2, null) where id = 1 returning id, c, arr, m, j, cs::text, n::text, a, b
update cc set c.x = 4, (c.y, b) = (select 5, 6) where id = 1 returning id, c, arr, m, j, cs::text, n::text, a, b
update cc set c.nope = 1
update cc set id.x = 1
update cc set id[1] = 1
update cc set c.x = 1, c = row(1,2)
update cc set arr[1] = 1, arr = '{1}'
update cc set c.x = 'a'
update cc set c.x = true
update cc set arr[1] = true
update cc set arr[1] = default
update cc set c.x = default
update cc set arr['a'] = 1
update cc set arr[1:2] = 1
update cc set cc.id = 1
insert into cc (c.x, c) values (1,null)
insert into cc (c, c.x) values (null, 1)
insert into cc (c.nope) values (1)
insert into cc (c.x.y) values (1)
insert into cc (id[1]) values (1)
insert into cc (c.x) values ('a')
insert into cc (c.x) values (true)
insert into cc (c.x, c.x) values (1,2) returning c
! create table k (id int primary key, arr int[], c pt)
insert into k values (1, '{1}', row(1,2))
insert into k (id, arr[2]) values (1, 5) on conflict (id) do update set arr[2] = excluded.arr[2], c.x = 99 returning *
merge into k using (values (1, 5), (2, 6)) v(i, w) on id = i when matched then update set arr[3] = w, c.y = w when not matched then insert (id, arr[2], c.x) values (i, w, w)
SELECT * FROM k ORDER BY id
update k set (id, c.x) = (select 10, 20) where id = 1 returning *
update k set (id) = (select null::int) where id = 10 returning *
update k set (id, arr) = (select 11, array[1]) where id = 10 returning *
! create sequence s
! create type t3 as (a int, b int, c int)
! create table sq (v t3)
insert into sq (v.a, v.b) values (nextval('s'), 5) returning *
insert into sq (v.a, v.c) values (nextval('s'), 5), (nextval('s'), 6) returning *
update sq set v.a = nextval('s'), v.b = 3 returning *
select last_value from s
create view kv as select id, c, arr from k
insert into kv (id, c.x, arr[1]) values (50, 51, 52) returning *
update kv set c.y = 7, arr[2] = 8 where id = 50 returning *
with q as (update k set arr[1] = 77 where id = 50 returning *) select * from q
with q as (insert into k (id, arr[1]) values (60, 61) returning *) select * from q
! create table u(a int, b int, c text, d date)
insert into u values (1,2,'x')
update u set (a,b) = (select 1, null)
update u set (a,b) = (select 1, '2')
update u set (a,d) = (select 1, '2020-01-01')
update u set (a,b) = (select 1, null::int)
update u set (a,c) = (select 1, null)
update u set (a,b) = (values (1, null))
update u set (a,b) = row(4,5) returning *
update u set (a,b) = row(default,5) returning *
update u set (a) = row(7) returning *
update u set (a) = (8) returning *
update u set (a) = (select 9) returning *
update u set (a,b) = (u.*)
update u set (a,b,c,d) = (select u.*) returning *
update u set (a,b) = (select 1,2 union all select 3,4)
update u set (a,b) = (select 1,2,3)
update u set (a,a) = (select 1,2)
insert into u(a.x) values (1)
insert into u(a[1]) values (1)
insert into u(u.a) values (1)
insert into u(ctid) values (1)
! DROP TABLE cc, k, sq CASCADE
! DROP TYPE pt, nested, t3 CASCADE
! DROP DOMAIN pos, nn

# No columns stand in the source
! CREATE TABLE pa_source (a int[], b int[])
INSERT INTO pa_source VALUES (ARRAY[1, 2], ARRAY[3])
INSERT INTO pa_source SELECT array_append(ARRAY[1], 2)
INSERT INTO pa_source OVERRIDING SYSTEM VALUE VALUES (ARRAY[4])
INSERT INTO pa_source AS p (a[1]) VALUES (5)
INSERT INTO pa_source WITH w AS (SELECT 1, ARRAY[7]) SELECT ARRAY[6], (SELECT ARRAY[8]) FROM w
SELECT * FROM pa_source ORDER BY a
DROP TABLE pa_source
