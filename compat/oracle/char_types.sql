# language: char(n), varchar(n), text and name

SELECT 'a '::char(3) = 'a'
SELECT 'a '::char(3) = 'a'::text
SELECT 'a '::char(3)::text = 'a'
SELECT 'a'::char(3) = 'a  '::text
SELECT 'a'::char(3) || 'b'
SELECT length('a'::char(3))
SELECT char_length('a  '::char(3))
SELECT octet_length('a'::char(3))
SELECT 'a'::char(3)::text || '|'
SELECT 'abc'::char
SELECT 'abc'::char(2)
SELECT 'abc'::varchar(2)
SELECT cast('abc' as char varying(2))
SELECT 'abc'::bpchar
SELECT 'abc  '::bpchar || '|'
SELECT 'a'::char(3) < 'a'::char(5)
SELECT 'a '::bpchar = 'a   '::bpchar
SELECT 'a'::char(3) <> 'a'
SELECT 'b'::char(1) > 'a  '
SELECT 'a'::char(3) LIKE 'a'
SELECT 'a'::char(3) LIKE 'a  '
SELECT 'a'::char(3) LIKE 'a%'
SELECT 'a'::char(3) ILIKE 'A'
SELECT 'a'::char(3) ~ '^a$'
SELECT 'a'::char(3) ~ 'a  '
SELECT 'a'::char(3) ~* 'A'
SELECT upper('a'::char(3)) || '|'
SELECT lower('A'::char(3)) || '|'
SELECT initcap('ab cd'::char(8)) || '|'
SELECT substring('abc'::char(5) from 2) || '|'
SELECT substr('abc'::char(5), 1, 4) || '|'
SELECT left('ab'::char(4), 3) || '|'
SELECT concat('a'::char(3), 'b')
SELECT concat_ws('-', 'a'::char(3), 'b'::varchar)
SELECT format('%s|', 'a'::char(3))
SELECT trim('  a '::char(6)) || '|'
SELECT rtrim('a'::char(3)) || '|'
SELECT btrim('a'::char(3)) || '|'
SELECT replace('a b'::char(5), ' ', '_')
SELECT position('b' in 'ab'::char(4))
SELECT strpos('ab'::char(4), ' ')
SELECT reverse('ab'::char(4)) || '|'
SELECT repeat('a'::char(2), 2) || '|'
SELECT lpad('a'::char(3), 5, '*')
SELECT rpad('a'::char(3), 5, '*')
SELECT md5('a'::char(3))
SELECT md5('a')
SELECT ascii('a'::char(3))
SELECT to_hex(ascii('é'::char(3)))
SELECT coalesce('a'::char(3), 'b') || '|'
SELECT nullif('a'::char(3), 'a')
SELECT greatest('a'::char(3), 'b'::char(2)) || '|'
SELECT CASE WHEN true THEN 'a'::char(3) ELSE 'bb'::varchar(2) END || '|'
SELECT 'a'::char(3) IN ('a', 'b'), 'a'::char(3) BETWEEN 'a' AND 'b', 'a'::char(3) IS DISTINCT FROM 'a'
SELECT pg_typeof('a'::char(3) || 'b')
SELECT pg_typeof('a'::char(3))
SELECT pg_typeof('a'::varchar || 'b')
SELECT pg_typeof('a'::name || 'b')
SELECT pg_typeof("char" 'a')
SELECT 'abc'::"char"
SELECT ''::"char" = ''
SELECT 'é'::"char"::text
SELECT 65::"char"
SELECT 'A'::"char"::int
SELECT 300::"char"
SELECT 'a'::char(0)
SELECT 'a'::varchar(0)
SELECT 'a'::varchar(10485761)
SELECT 'a'::char(2, 3)
SELECT repeat('x', 70)::name
SELECT length(repeat('é', 40)::name)
SELECT 'a'::name = 'a'
SELECT 'a'::name < 'b'::text
SELECT 'a'::name || 'b'::name
SELECT 'ab'::name LIKE 'a%'
SELECT upper('ab'::name)
SELECT 'a'::name::char(3) || '|'
! CREATE TABLE c (id int, c3 char(3), c5 char(5), v varchar(4), t text, n name)
INSERT INTO c VALUES (1, 'a', 'a', 'a', 'a', 'a'), (2, 'ab ', 'ab', 'ab ', 'ab ', 'ab '), (3, '', '', '', '', ''), (4, NULL, NULL, NULL, NULL, NULL)
INSERT INTO c (id, c3) VALUES (5, 'abcd')
INSERT INTO c (id, c3) VALUES (5, 'abc   ')
INSERT INTO c (id, v) VALUES (6, 'abcde')
INSERT INTO c (id, v) VALUES (6, 'abcd   ')
INSERT INTO c (id, v) VALUES (7, 'abcde'::varchar(4))
INSERT INTO c (id, v) VALUES (8, 'ab'::char(8))
INSERT INTO c (id, c3) VALUES (9, 'éèà')
INSERT INTO c (id, c3) VALUES (10, 'éèàü')
INSERT INTO c (id, c3) VALUES (11, 12345)
INSERT INTO c (id, t) VALUES (12, 12)
INSERT INTO c (id, v) VALUES (13, true)
INSERT INTO c (id, v) VALUES (14, 1.5)
SELECT id, c3, c5, v, t, n FROM c ORDER BY id
SELECT id FROM c WHERE c3 = c5 ORDER BY id
SELECT id FROM c WHERE c3 = v ORDER BY id
SELECT id FROM c WHERE c3 = t ORDER BY id
SELECT id FROM c WHERE v = t ORDER BY id
SELECT id FROM c WHERE c3 = 'ab   ' ORDER BY id
SELECT id FROM c WHERE c3 = n ORDER BY id
SELECT id FROM c WHERE c3 > 'a' ORDER BY c3, id
SELECT id FROM c WHERE c3 LIKE 'ab' ORDER BY id
SELECT id FROM c WHERE c3 LIKE 'ab_' ORDER BY id
SELECT id FROM c WHERE c3 IN ('a', 'ab') ORDER BY id
SELECT id FROM c WHERE c3 = ANY (SELECT t FROM c) ORDER BY id
SELECT id FROM c WHERE c3 IN (SELECT c5 FROM c) ORDER BY id
SELECT id FROM c WHERE c3 NOT IN ('a', 'ab') ORDER BY id
SELECT id, length(c3), octet_length(c3), length(c3::text), c3 || '|' FROM c ORDER BY id
SELECT c3, count(*) FROM c GROUP BY c3 ORDER BY c3
SELECT DISTINCT c3 FROM c ORDER BY c3 DESC NULLS LAST
SELECT max(c3), min(c3), count(DISTINCT c3), max(v), min(v), max(n) FROM c
SELECT string_agg(c3, ',' ORDER BY c3), string_agg(c3::text, ',' ORDER BY c3 DESC) FROM c
SELECT a.id, b.id FROM c a JOIN c b ON a.c3 = b.c5 AND a.id < 3 ORDER BY 1, 2
SELECT a.id, b.id FROM c a JOIN c b ON a.c3 = b.v AND a.id < 3 ORDER BY 1, 2
SELECT a.id, b.id FROM c a JOIN c b USING (c3) WHERE a.id < 3 ORDER BY 1, 2
SELECT c3 FROM c WHERE id < 3 UNION SELECT 'a' ORDER BY 1
SELECT c3 FROM c WHERE id < 3 UNION SELECT c5 FROM c WHERE id < 4 ORDER BY 1
SELECT c3 FROM c WHERE id < 3 UNION SELECT v FROM c WHERE id < 4 ORDER BY 1
SELECT c3 FROM c WHERE id < 3 UNION ALL SELECT t FROM c WHERE id < 3 ORDER BY 1
SELECT c5 FROM c WHERE id < 3 INTERSECT SELECT c3 FROM c ORDER BY 1
UPDATE c SET c3 = c3 || 'x' WHERE id = 1 RETURNING c3
UPDATE c SET c3 = trim(c3) || 'x' WHERE id = 1 RETURNING c3, v || '|'
UPDATE c SET v = 'toolong' WHERE id = 1
UPDATE c SET v = c5 WHERE id = 2 RETURNING v || '|', length(v)
! CREATE TABLE ck (k char(4) PRIMARY KEY, v varchar(3) UNIQUE)
INSERT INTO ck VALUES ('a', 'a'), ('b', 'a ')
INSERT INTO ck VALUES ('a   ', 'z')
INSERT INTO ck VALUES ('c', 'a  ')
INSERT INTO ck VALUES ('d', 'a')
INSERT INTO ck VALUES ('a ', 'y') ON CONFLICT (k) DO UPDATE SET v = excluded.v RETURNING k, v
SELECT * FROM ck WHERE k = 'a'
SELECT * FROM ck WHERE k = 'a'::text
SELECT * FROM ck WHERE k::text = 'a   '
SELECT * FROM ck WHERE k LIKE 'a%'
! CREATE TABLE ck_child (c char(2) REFERENCES ck)
INSERT INTO ck_child VALUES ('a'), ('b ')
INSERT INTO ck_child VALUES ('q')
SELECT ck.k || '|', ck_child.c || '|' FROM ck JOIN ck_child ON k = c ORDER BY 1
DELETE FROM ck WHERE k = 'b'
SELECT k, v FROM ck ORDER BY v, k
SELECT 'abc' COLLATE "C" < 'abd'
SELECT 'a' COLLATE "POSIX" = 'a'
SELECT 'B' < 'a' COLLATE "C"
SELECT 'a' COLLATE "nope"
SELECT 'B' < 'a'
SELECT 'é' > 'z'
SELECT '' < ' '
SELECT 'A' < 'a'
SELECT '_' < 'a'
SELECT '10' < '9'
SELECT t FROM (VALUES ('b'), ('A'), ('a'), ('é'), (''), (NULL), ('Z'), ('_'), ('1'), ('a ')) v(t) ORDER BY t
SELECT t FROM (VALUES ('b'), ('A'), ('a'), ('é'), (''), (NULL)) v(t) ORDER BY t DESC
SELECT t FROM (VALUES ('b'), ('A'), ('a')) v(t) ORDER BY t COLLATE "C" DESC
SELECT t FROM (VALUES ('b'), ('A'), ('a'), (NULL)) v(t) ORDER BY lower(t), t NULLS FIRST
SELECT $1 = 'a'::char(3), $2::char(3) || '|', $3::varchar(2)
$ a | a | abc
SELECT id FROM c WHERE c3 = $1 ORDER BY id
$ ab
SELECT id FROM c WHERE c3 = $1::text ORDER BY id
$ ab
SELECT id FROM c WHERE c3 LIKE $1 ORDER BY id
$ ab%
INSERT INTO c (id, c3, v) VALUES ($1, $2, $3) RETURNING c3, v
$ 20 | zz | yy
INSERT INTO c (id, c3, v) VALUES ($1, $2, $3) RETURNING c3, v
$ 21 | zz | yyyyy
