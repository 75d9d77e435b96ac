# language: What applications may ask for and is left out
SELECT int4range(1, 5)
SELECT 3 <@ '[1,5)'::int4range
SELECT '{[1,2)}'::int4multirange
! CREATE TABLE lo_a (id int, t text)
! INSERT INTO lo_a VALUES (1, 'a b'), (2, 'c')
SELECT tsrange('2020-01-01', NULL)
CREATE TABLE lo_r (r daterange)
SELECT to_tsvector('a b') @@ to_tsquery('a')
CREATE TABLE lo_t (v tsvector)
SELECT '<a/>'::xml
SELECT point(1, 2) <-> point(3, 4)
CREATE TABLE lo_p (p point)
CREATE TABLE lo_m (m money)
SELECT '1.50'::money
CREATE TABLE lo_x (x xid8)
SELECT pg_current_snapshot() IS NOT NULL
SELECT pg_current_xact_id() IS NOT NULL
CREATE TABLE lo_c (c regclass)
CREATE TABLE lo_l (l pg_lsn)
SELECT current_query()
SELECT pg_column_size(1)
SELECT pg_current_wal_lsn() IS NOT NULL
SELECT pg_switch_wal() IS NOT NULL
SELECT pg_identify_object('pg_class'::regclass, 'pg_class'::regclass, 0)
SELECT pg_notify('c', 'x')
SELECT lo_create(0) > 0
SELECT int4send(1)
SELECT (1, 2) > ALL (SELECT 1, 1)
SELECT (1, 2) < ANY (SELECT 1, 3)
SELECT ROW(1, 2) *= ROW(1, 2)
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY random()) IS NULL FROM lo_a
SELECT id FROM lo_a TABLESAMPLE SYSTEM (0)
SELECT t FROM lo_a ORDER BY t COLLATE "en_US"
SELECT * FROM lo_a FOR UPDATE SKIP LOCKED
SELECT '2020-01-01 00:00 MSK'::timestamptz
