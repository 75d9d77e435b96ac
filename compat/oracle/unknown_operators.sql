# language: Operators that there are not
! CREATE TABLE uo (id int PRIMARY KEY, a int, t text, b bool, j jsonb, r int[])
! INSERT INTO uo VALUES (1, 10, 'x', true, '{"a": 1}', '{1,2}')
SELECT !!5
SELECT !! a FROM uo
SELECT 1 @@@ 2
SELECT @-@ 5
SELECT @-5
SELECT @ -5, @ a, |/ 4, ||/ 8 FROM uo
SELECT -@5
SELECT - @ -5, ~ ~ 5, ~ @ 5
SELECT 5 !
SELECT 5 ! 6
SELECT ! 6
SELECT ~~ 5
SELECT 1 ~~~ 2
SELECT 1 <<>> 2
SELECT 1 <-> 2
SELECT a <-> a FROM uo
SELECT 1 == 2
SELECT 1 !== 2
SELECT 1 ?# 2
SELECT # 5
SELECT & 5
SELECT | 5
SELECT ?| 5
SELECT ? 5
SELECT @@ 5
SELECT * 5
SELECT / 5
SELECT = 5
SELECT < 5
SELECT 1 | | 2
SELECT 1 ||/ 2
SELECT 1 |/ 2
SELECT 1 @ 2
SELECT 1 @ -2
SELECT 1 &&& 2
SELECT 1 #>>> 2
SELECT 1 -|- 2
SELECT 1 &< 2
SELECT 1 &> 2
SELECT 1 |>> 2
SELECT 1 <<| 2
SELECT 1 ?|| 2
SELECT 1 ?-| 2
SELECT t !~~@ t FROM uo
SELECT 'a'::text !~~@ 'b'
SELECT 1 <% 2
SELECT t % t FROM uo
SELECT t %> 'b' FROM uo
SELECT t <<% 'b' FROM uo
SELECT @ true
SELECT @ t FROM uo
SELECT `5
SELECT 5 ` 6
SELECT 1 +* 2
SELECT 1 */ 2
SELECT @* 5
SELECT 1 ~>=~ 2
SELECT 1 <@> 2
SELECT true & false
SELECT b | b FROM uo
SELECT 1 ? 2
SELECT j ? 1 FROM uo
SELECT j @@@ j FROM uo
SELECT r <-> r FROM uo
SELECT now() <-> now()
SELECT 1.5 ## 2
SELECT id FROM uo WHERE a @@@ 5 OR a = 10
SELECT id FROM uo ORDER BY a <-> 5
SELECT (1, 2) @@@ (1, 2)
SELECT ROW(1) @@@ ROW(2)
SELECT 1 @@@ ANY (ARRAY[1])
SELECT 1 @@@ ALL (SELECT 1)
SELECT 1 ! ANY (ARRAY[1])
SELECT 1 OPERATOR(@@@) 2
SELECT OPERATOR(@@@) 5
SELECT OPERATOR(pg_catalog.-) 5, OPERATOR(@) -5, OPERATOR(pg_catalog.@) -5
SELECT 1 OPERATOR(pg_catalog.+) 2
SELECT 5 %
SELECT 5 @@@
SELECT 1 = ANY (SELECT 1)::int
SELECT 1 = ANY (ARRAY[1])::int
SELECT 1 = ANY (SELECT 1)::text
SELECT 1 IN (SELECT 1)::int
SELECT 1 IN (1, 2)::text
SELECT (1 = ANY (SELECT 1))::int
SELECT 1 = ANY ((SELECT ARRAY[1]))::int
SELECT 1 = ANY ((SELECT ARRAY[1])::int[])
SELECT 1 = ANY (ARRAY[1]) IS TRUE
SELECT 1 = ALL (ARRAY[1, 2])::text || 'x'
SELECT count(*) FROM uo WHERE a = ANY (SELECT 10)::bool
CREATE INDEX ON uo ((@ a))
SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'uo'::regclass AND NOT indisprimary
CREATE VIEW uv AS SELECT @ a AS x, |/ a AS y, a FROM uo
SELECT pg_get_viewdef('uv'::regclass)
SELECT x, y FROM uv
SELECT a FROM uo GROUP BY ROLLUP (GROUPING SETS (a))
SELECT a FROM uo GROUP BY CUBE (GROUPING SETS ((a), ()))
SELECT a FROM uo GROUP BY ROLLUP (ROLLUP (a))
SELECT a FROM uo GROUP BY ROLLUP (CUBE (a))
SELECT a FROM uo GROUP BY GROUPING SETS (ROLLUP (a), CUBE (a), ())
SELECT a FROM uo GROUP BY ROLLUP ()
SELECT a FROM uo GROUP BY CUBE ()
SELECT a FROM uo GROUP BY GROUPING SETS ()
SELECT a FROM uo GROUP BY ROLLUP ((), a)
SELECT a FROM uo GROUP BY ROLLUP ((a, a), a)
