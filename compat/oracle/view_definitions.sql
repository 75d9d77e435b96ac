# schema: Views' definitions
# PostgreSQL shows a view's query with every name resolved and every cast told.
! CREATE TABLE t (a int PRIMARY KEY, b text, c numeric(6,2), d date, e timestamptz, f boolean, j jsonb, tags text[])
! CREATE TABLE u (a int, x text, "Odd" int)
CREATE VIEW v1 AS SELECT * FROM t
CREATE VIEW v2 AS SELECT a, b AS bb, c + 1 AS n, a + 1, upper(b) FROM t WHERE a > 1 AND b = 'x' OR f ORDER BY b DESC, 1 NULLS FIRST LIMIT 3 OFFSET 1
CREATE VIEW v3 AS SELECT t.a, u.x FROM t JOIN u ON t.a = u.a
CREATE VIEW v4 AS SELECT q.a, w.x, "Odd" FROM t q LEFT JOIN u AS w USING (a) WHERE w.x IS NOT NULL
CREATE VIEW v5 AS SELECT b, count(*), sum(c) AS s, max(d), count(DISTINCT a) FILTER (WHERE f), string_agg(b, ',' ORDER BY a DESC) FROM t GROUP BY b HAVING count(*) > 1 ORDER BY count(*) DESC
CREATE VIEW v6 AS SELECT a FROM t UNION ALL SELECT a FROM u UNION SELECT 5 ORDER BY a
CREATE VIEW v7 AS SELECT a FROM t WHERE a IN (SELECT a FROM u) AND EXISTS (SELECT 1 FROM u WHERE u.a = t.a) AND NOT EXISTS (SELECT x FROM u) AND a NOT IN (1, 2)
CREATE VIEW v8 AS WITH q AS (SELECT a, x FROM u), r(z) AS (SELECT a FROM q) SELECT q.x, z FROM q, r
CREATE VIEW v9 AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n
CREATE VIEW v10 AS SELECT a, row_number() OVER (PARTITION BY b ORDER BY c DESC), sum(c) OVER w, rank() OVER (ORDER BY a ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS r FROM t WINDOW w AS (PARTITION BY d)
CREATE VIEW v11 AS SELECT CASE WHEN a > 1 THEN 'big' ELSE b END AS size, CASE a WHEN 1 THEN 'one' END, coalesce(b, 'none'), nullif(a, 0) FROM t
CREATE VIEW v12 AS SELECT s.a, s.k FROM (SELECT a, count(*) AS k FROM t GROUP BY a) s WHERE s.k > 1
CREATE VIEW v13 AS SELECT g, o FROM generate_series(1, 3) WITH ORDINALITY AS q(g, o)
CREATE VIEW v14 AS SELECT * FROM (VALUES (1, 'a'), (2, 'b')) v(n, s)
CREATE VIEW v15 AS VALUES (1, 'x'), (2, 'y')
CREATE VIEW v16 AS SELECT DISTINCT b FROM t
CREATE VIEW v17 AS SELECT DISTINCT ON (b) b, a FROM t ORDER BY b, a DESC
CREATE VIEW v18 AS SELECT extract(year FROM d) AS y, e AT TIME ZONE 'UTC' AS z, date_trunc('month', e) AS m, now() AS n, CURRENT_DATE AS c FROM t
CREATE VIEW v19 AS SELECT t.a, tag FROM t, unnest(t.tags) tag
CREATE VIEW v20 AS SELECT a, (SELECT max(x) FROM u WHERE u.a = t.a) AS mx, ARRAY(SELECT a FROM u) AS arr FROM t
CREATE VIEW v21 AS SELECT x1.a FROM t x1, t x2, u WHERE x1.a = x2.a AND x2.a = u.a
CREATE VIEW v22 AS SELECT a FROM t WHERE a = 1 AND (b LIKE 'x%' OR NOT f) AND c BETWEEN 1 AND 2 AND d > '2020-01-01' AND a IN (1,2,3)
CREATE VIEW v23 AS SELECT j->>'k' AS k, j->'a'->0 AS l, b || 'x' AS m, a::text AS t, 'lit' AS lit, 1 AS one, NULL AS nul, true AS tr FROM t
CREATE VIEW v24 AS SELECT * FROM v3
CREATE VIEW v25 AS SELECT a FROM t CROSS JOIN (SELECT x FROM u) z FULL JOIN u USING (a)
CREATE VIEW v26 AS (SELECT a FROM t ORDER BY a LIMIT 1) UNION ALL (SELECT a FROM u LIMIT 2)
CREATE VIEW v27 AS SELECT a FROM t EXCEPT (SELECT a FROM u INTERSECT SELECT 3)
CREATE VIEW v28 (p, q) AS SELECT a, b FROM t
CREATE VIEW v29 AS SELECT t.a FROM t JOIN (SELECT t.a FROM t) s ON s.a = t.a
CREATE VIEW v30 AS SELECT greatest(a, 1) AS g, least(a, 2) AS l, round(c, 1) AS r, c * 1.5 AS m, a / 2.0 AS h, -a AS neg FROM t
CREATE VIEW v31 AS SELECT 1 AS one WHERE 1 = ANY (ARRAY[1,2])
CREATE VIEW v32 AS SELECT b FROM t FETCH FIRST 2 ROWS ONLY
CREATE VIEW v33 AS SELECT u.* FROM u JOIN t ON u.a = t.a AND t.f
SELECT pg_get_viewdef('v1'::regclass)
SELECT pg_get_viewdef('v1'::regclass, true)
SELECT pg_get_viewdef('v2'::regclass)
SELECT pg_get_viewdef('v2'::regclass, true)
SELECT pg_get_viewdef('v3'::regclass)
SELECT pg_get_viewdef('v3'::regclass, true)
SELECT pg_get_viewdef('v4'::regclass)
SELECT pg_get_viewdef('v4'::regclass, true)
SELECT pg_get_viewdef('v5'::regclass)
SELECT pg_get_viewdef('v5'::regclass, true)
SELECT pg_get_viewdef('v6'::regclass)
SELECT pg_get_viewdef('v6'::regclass, true)
SELECT pg_get_viewdef('v7'::regclass)
SELECT pg_get_viewdef('v7'::regclass, true)
SELECT pg_get_viewdef('v8'::regclass)
SELECT pg_get_viewdef('v8'::regclass, true)
SELECT pg_get_viewdef('v9'::regclass)
SELECT pg_get_viewdef('v9'::regclass, true)
SELECT pg_get_viewdef('v10'::regclass)
SELECT pg_get_viewdef('v10'::regclass, true)
SELECT pg_get_viewdef('v11'::regclass)
SELECT pg_get_viewdef('v11'::regclass, true)
SELECT pg_get_viewdef('v12'::regclass)
SELECT pg_get_viewdef('v12'::regclass, true)
SELECT pg_get_viewdef('v13'::regclass)
SELECT pg_get_viewdef('v13'::regclass, true)
SELECT pg_get_viewdef('v14'::regclass)
SELECT pg_get_viewdef('v14'::regclass, true)
SELECT pg_get_viewdef('v15'::regclass)
SELECT pg_get_viewdef('v15'::regclass, true)
SELECT pg_get_viewdef('v16'::regclass)
SELECT pg_get_viewdef('v16'::regclass, true)
SELECT pg_get_viewdef('v17'::regclass)
SELECT pg_get_viewdef('v17'::regclass, true)
SELECT pg_get_viewdef('v18'::regclass)
SELECT pg_get_viewdef('v18'::regclass, true)
SELECT pg_get_viewdef('v19'::regclass)
SELECT pg_get_viewdef('v19'::regclass, true)
SELECT pg_get_viewdef('v20'::regclass)
SELECT pg_get_viewdef('v20'::regclass, true)
SELECT pg_get_viewdef('v21'::regclass)
SELECT pg_get_viewdef('v21'::regclass, true)
SELECT pg_get_viewdef('v22'::regclass)
SELECT pg_get_viewdef('v22'::regclass, true)
SELECT pg_get_viewdef('v23'::regclass)
SELECT pg_get_viewdef('v23'::regclass, true)
SELECT pg_get_viewdef('v24'::regclass)
SELECT pg_get_viewdef('v24'::regclass, true)
SELECT pg_get_viewdef('v25'::regclass)
SELECT pg_get_viewdef('v25'::regclass, true)
SELECT pg_get_viewdef('v26'::regclass)
SELECT pg_get_viewdef('v26'::regclass, true)
SELECT pg_get_viewdef('v27'::regclass)
SELECT pg_get_viewdef('v27'::regclass, true)
SELECT pg_get_viewdef('v28'::regclass)
SELECT pg_get_viewdef('v28'::regclass, true)
SELECT pg_get_viewdef('v29'::regclass)
SELECT pg_get_viewdef('v29'::regclass, true)
SELECT pg_get_viewdef('v30'::regclass)
SELECT pg_get_viewdef('v30'::regclass, true)
SELECT pg_get_viewdef('v31'::regclass)
SELECT pg_get_viewdef('v31'::regclass, true)
SELECT pg_get_viewdef('v32'::regclass)
SELECT pg_get_viewdef('v32'::regclass, true)
SELECT pg_get_viewdef('v33'::regclass)
SELECT pg_get_viewdef('v33'::regclass, true)
