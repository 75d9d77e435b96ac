# language: SEARCH and CYCLE, ORDER BY USING, and other corners of queries
! CREATE TABLE sc_graph (f int, t int, label text)
! INSERT INTO sc_graph VALUES (1, 2, 'arc 1 -> 2'), (1, 3, 'arc 1 -> 3'), (2, 3, 'arc 2 -> 3'), (1, 4, 'arc 1 -> 4'), (4, 5, 'arc 4 -> 5')
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH DEPTH FIRST BY f, t SET seq SELECT f, t, label FROM search_graph ORDER BY seq, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH DEPTH FIRST BY f, t SET seq SELECT f, t FROM search_graph ORDER BY seq DESC, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH DEPTH FIRST BY f, t SET seq SELECT count(*), count(seq) FROM search_graph
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH DEPTH FIRST BY f, t SET seq SELECT f, t FROM (SELECT * FROM search_graph) q ORDER BY q.seq, f, t LIMIT 3
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH BREADTH FIRST BY f, t SET seq SELECT f, t, label FROM search_graph ORDER BY seq, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH BREADTH FIRST BY f, t SET seq SELECT f, t FROM search_graph ORDER BY seq DESC, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH BREADTH FIRST BY f, t SET seq SELECT count(*), count(seq) FROM search_graph
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH BREADTH FIRST BY f, t SET seq SELECT f, t FROM (SELECT * FROM search_graph) q ORDER BY q.seq, f, t LIMIT 3
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH DEPTH FIRST BY t SET seq SELECT f, t, label FROM search_graph ORDER BY seq, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH DEPTH FIRST BY t SET seq SELECT f, t FROM search_graph ORDER BY seq DESC, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH DEPTH FIRST BY t SET seq SELECT count(*), count(seq) FROM search_graph
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH DEPTH FIRST BY t SET seq SELECT f, t FROM (SELECT * FROM search_graph) q ORDER BY q.seq, f, t LIMIT 3
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH DEPTH FIRST BY label, f SET seq SELECT f, t, label FROM search_graph ORDER BY seq, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH DEPTH FIRST BY label, f SET seq SELECT f, t FROM search_graph ORDER BY seq DESC, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH DEPTH FIRST BY label, f SET seq SELECT count(*), count(seq) FROM search_graph
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH DEPTH FIRST BY label, f SET seq SELECT f, t FROM (SELECT * FROM search_graph) q ORDER BY q.seq, f, t LIMIT 3
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH BREADTH FIRST BY label SET seq SELECT f, t, label FROM search_graph ORDER BY seq, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH BREADTH FIRST BY label SET seq SELECT f, t FROM search_graph ORDER BY seq DESC, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH BREADTH FIRST BY label SET seq SELECT count(*), count(seq) FROM search_graph
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH BREADTH FIRST BY label SET seq SELECT f, t FROM (SELECT * FROM search_graph) q ORDER BY q.seq, f, t LIMIT 3
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH DEPTH FIRST BY f, t SET seq SELECT * FROM search_graph ORDER BY seq, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH BREADTH FIRST BY f, t SET seq SELECT * FROM search_graph ORDER BY seq, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH DEPTH FIRST BY foo, tar SET seq SELECT * FROM search_graph
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH DEPTH FIRST BY f, t SET label SELECT * FROM search_graph
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH DEPTH FIRST BY f, t, f SET seq SELECT * FROM search_graph
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g) SEARCH DEPTH FIRST BY f SET seq SELECT * FROM search_graph
WITH search_graph(f, t, label) AS (SELECT * FROM sc_graph g) SEARCH DEPTH FIRST BY f SET seq SELECT * FROM search_graph
WITH RECURSIVE r(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM r WHERE n < 4) SEARCH DEPTH FIRST BY n SET o SELECT n FROM r ORDER BY o DESC
WITH RECURSIVE r(n) AS (SELECT x FROM generate_series(1, 3) x UNION ALL SELECT n * 10 FROM r WHERE n < 100) SEARCH DEPTH FIRST BY n SET o SELECT n FROM r ORDER BY o
WITH RECURSIVE r(n) AS (SELECT x FROM generate_series(1, 3) x UNION ALL SELECT n * 10 FROM r WHERE n < 100) SEARCH BREADTH FIRST BY n SET o SELECT n FROM r ORDER BY o
WITH RECURSIVE r(n) AS (SELECT x FROM generate_series(1, 3) x UNION SELECT n * 10 FROM r WHERE n < 100) SEARCH BREADTH FIRST BY n SET o SELECT n FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES (1::int8), (-1::int8), (NULL::int8), (10::int8)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH DEPTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES (1::int8), (-1::int8), (NULL::int8), (10::int8)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH BREADTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES (1::int8), (-1::int8), (NULL::int8), (10::int8)) q(v) UNION ALL SELECT v, lvl + 1 FROM r) CYCLE v SET c USING p SELECT v, lvl, c FROM r ORDER BY v, lvl
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES (1.5::numeric), (-1.25::numeric), (10::numeric), (NULL::numeric), (0.1::numeric), ('NaN'::numeric), ('-Infinity'::numeric)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH DEPTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES (1.5::numeric), (-1.25::numeric), (10::numeric), (NULL::numeric), (0.1::numeric), ('NaN'::numeric), ('-Infinity'::numeric)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH BREADTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES (1.5::numeric), (-1.25::numeric), (10::numeric), (NULL::numeric), (0.1::numeric), ('NaN'::numeric), ('-Infinity'::numeric)) q(v) UNION ALL SELECT v, lvl + 1 FROM r) CYCLE v SET c USING p SELECT v, lvl, c FROM r ORDER BY v, lvl
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES (1.5::float8), (-1.25::float8), (10::float8), (NULL::float8), ('-Infinity'::float8), ('NaN'::float8), (0::float8)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH DEPTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES (1.5::float8), (-1.25::float8), (10::float8), (NULL::float8), ('-Infinity'::float8), ('NaN'::float8), (0::float8)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH BREADTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES (1.5::float8), (-1.25::float8), (10::float8), (NULL::float8), ('-Infinity'::float8), ('NaN'::float8), (0::float8)) q(v) UNION ALL SELECT v, lvl + 1 FROM r) CYCLE v SET c USING p SELECT v, lvl, c FROM r ORDER BY v, lvl
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('b'::text), ('a'::text), ('ab'::text), (''::text), (NULL::text), ('B'::text)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH DEPTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('b'::text), ('a'::text), ('ab'::text), (''::text), (NULL::text), ('B'::text)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH BREADTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('b'::text), ('a'::text), ('ab'::text), (''::text), (NULL::text), ('B'::text)) q(v) UNION ALL SELECT v, lvl + 1 FROM r) CYCLE v SET c USING p SELECT v, lvl, c FROM r ORDER BY v, lvl
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('2024-01-01'::date), ('-infinity'::date), ('0001-01-01 BC'::date), (NULL::date)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH DEPTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('2024-01-01'::date), ('-infinity'::date), ('0001-01-01 BC'::date), (NULL::date)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH BREADTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('2024-01-01'::date), ('-infinity'::date), ('0001-01-01 BC'::date), (NULL::date)) q(v) UNION ALL SELECT v, lvl + 1 FROM r) CYCLE v SET c USING p SELECT v, lvl, c FROM r ORDER BY v, lvl
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('2024-01-01 10:00'::timestamp), ('infinity'::timestamp), ('1999-12-31'::timestamp), (NULL::timestamp)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH DEPTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('2024-01-01 10:00'::timestamp), ('infinity'::timestamp), ('1999-12-31'::timestamp), (NULL::timestamp)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH BREADTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('2024-01-01 10:00'::timestamp), ('infinity'::timestamp), ('1999-12-31'::timestamp), (NULL::timestamp)) q(v) UNION ALL SELECT v, lvl + 1 FROM r) CYCLE v SET c USING p SELECT v, lvl, c FROM r ORDER BY v, lvl
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('1 day'::interval), ('23 hours'::interval), ('-1 day'::interval), (NULL::interval), ('1 mon'::interval)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH DEPTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('1 day'::interval), ('23 hours'::interval), ('-1 day'::interval), (NULL::interval), ('1 mon'::interval)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH BREADTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('1 day'::interval), ('23 hours'::interval), ('-1 day'::interval), (NULL::interval), ('1 mon'::interval)) q(v) UNION ALL SELECT v, lvl + 1 FROM r) CYCLE v SET c USING p SELECT v, lvl, c FROM r ORDER BY v, lvl
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES (true::bool), (false::bool), (NULL::bool)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH DEPTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES (true::bool), (false::bool), (NULL::bool)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH BREADTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES (true::bool), (false::bool), (NULL::bool)) q(v) UNION ALL SELECT v, lvl + 1 FROM r) CYCLE v SET c USING p SELECT v, lvl, c FROM r ORDER BY v, lvl
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('b'::char(4)), ('a'::char(4)), ('ab'::char(4)), (NULL::char(4))) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH DEPTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('b'::char(4)), ('a'::char(4)), ('ab'::char(4)), (NULL::char(4))) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH BREADTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('b'::char(4)), ('a'::char(4)), ('ab'::char(4)), (NULL::char(4))) q(v) UNION ALL SELECT v, lvl + 1 FROM r) CYCLE v SET c USING p SELECT v, lvl, c FROM r ORDER BY v, lvl
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('00000000-0000-0000-0000-000000000002'::uuid), ('00000000-0000-0000-0000-000000000001'::uuid)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH DEPTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('00000000-0000-0000-0000-000000000002'::uuid), ('00000000-0000-0000-0000-000000000001'::uuid)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH BREADTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('00000000-0000-0000-0000-000000000002'::uuid), ('00000000-0000-0000-0000-000000000001'::uuid)) q(v) UNION ALL SELECT v, lvl + 1 FROM r) CYCLE v SET c USING p SELECT v, lvl, c FROM r ORDER BY v, lvl
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('10:00'::time), ('09:59'::time), (NULL::time)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH DEPTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('10:00'::time), ('09:59'::time), (NULL::time)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH BREADTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('10:00'::time), ('09:59'::time), (NULL::time)) q(v) UNION ALL SELECT v, lvl + 1 FROM r) CYCLE v SET c USING p SELECT v, lvl, c FROM r ORDER BY v, lvl
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('10:00+01'::timetz), ('09:30+00'::timetz), (NULL::timetz)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH DEPTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('10:00+01'::timetz), ('09:30+00'::timetz), (NULL::timetz)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH BREADTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('10:00+01'::timetz), ('09:30+00'::timetz), (NULL::timetz)) q(v) UNION ALL SELECT v, lvl + 1 FROM r) CYCLE v SET c USING p SELECT v, lvl, c FROM r ORDER BY v, lvl
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES (3::int2), (-4::int2)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH DEPTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES (3::int2), (-4::int2)) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH BREADTH FIRST BY v SET o SELECT v, lvl FROM r ORDER BY o
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES (3::int2), (-4::int2)) q(v) UNION ALL SELECT v, lvl + 1 FROM r) CYCLE v SET c USING p SELECT v, lvl, c FROM r ORDER BY v, lvl
WITH RECURSIVE r(v, lvl) AS (SELECT v, 1 FROM (VALUES ('{1}'::int[])) q(v) UNION ALL SELECT v, lvl + 1 FROM r WHERE lvl < 2) SEARCH DEPTH FIRST BY v SET o SELECT v FROM r ORDER BY o
! INSERT INTO sc_graph VALUES (5, 1, 'arc 5 -> 1')
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle USING path SELECT f, t, label, is_cycle FROM search_graph ORDER BY f, t, is_cycle
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle USING path SELECT is_cycle, count(*) FROM search_graph GROUP BY is_cycle ORDER BY 1
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle USING path SELECT f, t FROM search_graph ORDER BY path, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle USING path SELECT f, t FROM search_graph WHERE NOT is_cycle::text IN ('true', 'Y', '1', '1.5') ORDER BY path, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle TO true DEFAULT false USING path SELECT f, t, label, is_cycle FROM search_graph ORDER BY f, t, is_cycle
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle TO true DEFAULT false USING path SELECT is_cycle, count(*) FROM search_graph GROUP BY is_cycle ORDER BY 1
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle TO true DEFAULT false USING path SELECT f, t FROM search_graph ORDER BY path, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle TO true DEFAULT false USING path SELECT f, t FROM search_graph WHERE NOT is_cycle::text IN ('true', 'Y', '1', '1.5') ORDER BY path, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle TO 'Y' DEFAULT 'N' USING path SELECT f, t, label, is_cycle FROM search_graph ORDER BY f, t, is_cycle
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle TO 'Y' DEFAULT 'N' USING path SELECT is_cycle, count(*) FROM search_graph GROUP BY is_cycle ORDER BY 1
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle TO 'Y' DEFAULT 'N' USING path SELECT f, t FROM search_graph ORDER BY path, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle TO 'Y' DEFAULT 'N' USING path SELECT f, t FROM search_graph WHERE NOT is_cycle::text IN ('true', 'Y', '1', '1.5') ORDER BY path, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle TO 1 DEFAULT 0 USING path SELECT f, t, label, is_cycle FROM search_graph ORDER BY f, t, is_cycle
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle TO 1 DEFAULT 0 USING path SELECT is_cycle, count(*) FROM search_graph GROUP BY is_cycle ORDER BY 1
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle TO 1 DEFAULT 0 USING path SELECT f, t FROM search_graph ORDER BY path, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle TO 1 DEFAULT 0 USING path SELECT f, t FROM search_graph WHERE NOT is_cycle::text IN ('true', 'Y', '1', '1.5') ORDER BY path, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE t SET is_cycle USING path SELECT f, t, label, is_cycle FROM search_graph ORDER BY f, t, is_cycle
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE t SET is_cycle USING path SELECT is_cycle, count(*) FROM search_graph GROUP BY is_cycle ORDER BY 1
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE t SET is_cycle USING path SELECT f, t FROM search_graph ORDER BY path, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE t SET is_cycle USING path SELECT f, t FROM search_graph WHERE NOT is_cycle::text IN ('true', 'Y', '1', '1.5') ORDER BY path, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle TO 1.5 DEFAULT 2 USING path SELECT f, t, label, is_cycle FROM search_graph ORDER BY f, t, is_cycle
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle TO 1.5 DEFAULT 2 USING path SELECT is_cycle, count(*) FROM search_graph GROUP BY is_cycle ORDER BY 1
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle TO 1.5 DEFAULT 2 USING path SELECT f, t FROM search_graph ORDER BY path, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle TO 1.5 DEFAULT 2 USING path SELECT f, t FROM search_graph WHERE NOT is_cycle::text IN ('true', 'Y', '1', '1.5') ORDER BY path, f, t
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle USING path SELECT * FROM search_graph
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle USING path SELECT path FROM search_graph
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle USING path SELECT count(DISTINCT path) FROM search_graph
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH DEPTH FIRST BY f, t SET seq CYCLE f, t SET is_cycle USING path SELECT f, t, is_cycle FROM search_graph ORDER BY seq, is_cycle
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH BREADTH FIRST BY f, t SET seq CYCLE f, t SET is_cycle TO 'Y' DEFAULT 'N' USING path SELECT f, t, is_cycle FROM search_graph ORDER BY seq, is_cycle
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE foo, tar SET is_cycle USING path SELECT f FROM search_graph
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle TO true DEFAULT 55 USING path SELECT f FROM search_graph
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET label TO true DEFAULT false USING path SELECT f FROM search_graph
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET is_cycle TO true DEFAULT false USING label SELECT f FROM search_graph
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t SET foo TO true DEFAULT false USING foo SELECT f FROM search_graph
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) CYCLE f, t, f SET is_cycle USING path SELECT f FROM search_graph
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH DEPTH FIRST BY f, t SET foo CYCLE f, t SET foo TO true DEFAULT false USING path SELECT f FROM search_graph
WITH RECURSIVE search_graph(f, t, label) AS (SELECT * FROM sc_graph g UNION ALL SELECT g.* FROM sc_graph g, search_graph sg WHERE g.f = sg.t) SEARCH DEPTH FIRST BY f, t SET foo CYCLE f, t SET is_cycle TO true DEFAULT false USING foo SELECT f FROM search_graph
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n % 3 + 1 FROM r) CYCLE n SET is_cycle USING path SELECT n, is_cycle FROM r
WITH RECURSIVE r(n) AS (SELECT 1 UNION SELECT n % 3 + 1 FROM r) CYCLE n SET is_cycle USING path SELECT n, is_cycle FROM r ORDER BY path
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n % 3 + 1 FROM r WHERE n <> $1) CYCLE n SET is_cycle USING path SELECT n, is_cycle FROM r
$ 3
WITH RECURSIVE a(x) AS (SELECT 1 UNION ALL SELECT x % 2 + 1 FROM a) CYCLE x SET c USING p, b(y) AS (SELECT 10 UNION ALL SELECT y + 1 FROM b WHERE y < 12) SEARCH DEPTH FIRST BY y SET s SELECT x, c, y FROM a, b ORDER BY x, c, s
! CREATE TABLE sc_out AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n % 3 + 1 FROM r) CYCLE n SET is_cycle USING path SELECT n, is_cycle FROM r
SELECT * FROM sc_out ORDER BY 1, 2
CREATE TABLE sc_out2 AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n % 3 + 1 FROM r) CYCLE n SET is_cycle USING path SELECT n, path FROM r
CREATE VIEW sc_v2 AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n % 3 + 1 FROM r) SEARCH BREADTH FIRST BY n SET s SELECT n, s FROM r
CREATE VIEW sc_v3 AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n % 3 + 1 FROM r) CYCLE n SET is_cycle USING path SELECT n, path FROM r
! CREATE VIEW sc_v AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n % 3 + 1 FROM r) CYCLE n SET is_cycle USING path SELECT n, is_cycle FROM r
SELECT * FROM sc_v ORDER BY 1, 2
SELECT cycle FROM (SELECT 1 AS cycle) search
SELECT * FROM (SELECT 1 AS x) cycle
SELECT * FROM (SELECT 1 AS x) search
! CREATE TABLE qc (a int, b int, c int, d text)
! INSERT INTO qc VALUES (1, 2, 3, 'x'), (4, 5, 6, 'y'), (1, 2, 9, 'z'), (NULL, NULL, NULL, NULL)
SELECT a, c FROM qc ORDER BY a USING >, c
SELECT a FROM qc ORDER BY a USING <
SELECT a, d FROM qc ORDER BY d USING > , a USING <
SELECT DISTINCT ON (a) a, c FROM qc ORDER BY a USING <, c USING >
SELECT a FROM qc ORDER BY a USING =
SELECT a FROM qc ORDER BY a USING <=
SELECT a FROM qc ORDER BY a USING > NULLS LAST
SELECT a FROM qc ORDER BY a USING OPERATOR(pg_catalog.>)
SELECT string_agg(d, ',' ORDER BY d USING >) FROM qc
SELECT a, rank() OVER (ORDER BY a USING >) FROM qc ORDER BY a USING >, 2
SELECT a FROM qc ORDER BY a USING @@
(WITH w AS (SELECT a FROM qc) SELECT * FROM w) ORDER BY a LIMIT 2
(WITH w AS (SELECT a FROM qc) SELECT * FROM w ORDER BY a) LIMIT 2
((WITH w AS (SELECT a FROM qc) SELECT * FROM w)) ORDER BY a DESC LIMIT 2 OFFSET 1
(WITH w AS (SELECT a FROM qc) SELECT * FROM w ORDER BY a) ORDER BY a
WITH w AS (SELECT a FROM qc) (SELECT * FROM w) ORDER BY a LIMIT 2
(WITH w AS (SELECT a FROM qc) SELECT * FROM w UNION SELECT 7) ORDER BY a LIMIT 3
SELECT a FROM qc WHERE a = ANY (VALUES (1), (4)) ORDER BY 1
SELECT a FROM qc WHERE a <> ALL (VALUES (4), (7)) ORDER BY 1
SELECT a FROM qc WHERE a > SOME (VALUES (1)) ORDER BY 1
SELECT a FROM qc WHERE (a, b) IN (VALUES (1, 2), (4, 4)) ORDER BY 1
SELECT a = ANY (VALUES (NULL::int), (1)) FROM qc ORDER BY 1
SELECT a FROM qc WHERE a = ANY (VALUES (1), (2) ORDER BY 1 LIMIT 1) ORDER BY 1
SELECT a FROM qc WHERE d = ANY (VALUES ('x'), ('y')) ORDER BY 1
SELECT x.a, q.* FROM qc x, LATERAL (SELECT c FROM qc ORDER BY c LIMIT 1) q WHERE x.c = 3
SELECT a FROM qc ORDER BY a LIMIT a
SELECT a FROM qc UNION SELECT b FROM qc ORDER BY 1 LIMIT a
SELECT x.a, q.* FROM qc x, LATERAL (SELECT c FROM qc ORDER BY c LIMIT x.a) q WHERE x.c = 3
SELECT x.a, (SELECT c FROM qc ORDER BY c OFFSET x.a LIMIT 1) FROM qc x WHERE a = 1
! CREATE VIEW ev AS SELECT
SELECT * FROM ev
SELECT count(*) FROM ev
SELECT pg_get_viewdef('ev'::regclass)
! CREATE VIEW ev2 AS SELECT FROM qc
SELECT count(*) FROM ev2
SELECT pg_get_viewdef('ev2'::regclass)
SELECT 1 AS select
SELECT parse_ident('a.b."C d"'), parse_ident('foo'), parse_ident(' a . b '), parse_ident('"a""b".c$1'), parse_ident('Grüße.X')
SELECT parse_ident('foo.boo[]', strict => false), parse_ident('a b', false), parse_ident(NULL)
SELECT parse_ident('foo.boo[]')
SELECT parse_ident('"a')
SELECT parse_ident('""')
SELECT parse_ident('.a')
SELECT parse_ident('a..b')
SELECT parse_ident('a.')
SELECT parse_ident('')
SELECT parse_ident('1a')
SELECT parse_ident(' ')
SELECT parse_ident('a.b.c.d', true)
SELECT parse_ident(E'"c".X XXXX\002XXXXXX')
CREATE TABLE sc_with (z) AS WITH r(n) AS (SELECT 1) SELECT n FROM r
SELECT z FROM sc_with
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n % 3 + 1 FROM r) CYCLE n SET c USING p SELECT * FROM (SELECT * FROM r) q ORDER BY 1
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n % 3 + 1 FROM r) CYCLE n SET c USING p SELECT q.* FROM (SELECT r.* FROM r) q ORDER BY 1
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n % 3 + 1 FROM r) CYCLE n SET c USING p SELECT * FROM r UNION SELECT 7 ORDER BY 1
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n % 3 + 1 FROM r) CYCLE n SET c USING p, b AS (SELECT * FROM r) SELECT * FROM b ORDER BY 1
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n % 3 + 1 FROM r) CYCLE n SET c USING p, b AS (SELECT *, c FROM r) SELECT * FROM b ORDER BY 1, 2
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n % 3 + 1 FROM r) CYCLE n SET c USING p SELECT (SELECT count(*) FROM (SELECT * FROM r) q), ARRAY(SELECT n FROM r WHERE NOT c ORDER BY p)
SELECT 1 WHERE 1 IN (SELECT * FROM (WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n % 3 + 1 FROM r) CYCLE n SET c USING p SELECT n FROM r) q)
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n % 3 + 1 FROM r) CYCLE n SET c USING p (SELECT n, c FROM r) ORDER BY p LIMIT 3
SELECT (SELECT count(*)) FROM qc HAVING false
SELECT (SELECT count(*)) FROM qc HAVING true
SELECT (SELECT count(*) FROM qc) FROM qc HAVING count(*) > 1
SELECT 1 IN (SELECT count(*)), EXISTS (SELECT sum(1)) FROM qc HAVING min(a) = 1
SELECT (SELECT count(*)), max(a) FROM qc HAVING true
SELECT (SELECT 1) FROM qc HAVING true ORDER BY (SELECT count(*))
