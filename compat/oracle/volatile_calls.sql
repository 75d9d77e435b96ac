# language: How often volatile functions are called
! CREATE TABLE o (id int PRIMARY KEY, g text, x int)
! INSERT INTO o VALUES (1,'p',1),(2,'p',2),(3,'q',3)
! CREATE SEQUENCE s
SELECT sum(random()) = sum(random()) FROM o
SELECT sum(random()) FILTER (WHERE x > 1) = sum(random()) FILTER (WHERE x > 1), sum(random()) > 0 FROM o
SELECT count(nextval('s')), count(nextval('s')) FROM o
SELECT currval('s')
SELECT g FROM (SELECT g, nextval('s') FROM o) q ORDER BY g
SELECT currval('s')
SELECT g, count(*) FROM (SELECT g, nextval('s') FROM o) q GROUP BY g ORDER BY g
SELECT currval('s')
SELECT count(*) FROM (SELECT nextval('s') FROM o) q
SELECT currval('s')
SELECT g FROM (SELECT g, nextval('s') FROM o) q LIMIT 1
SELECT currval('s')
SELECT x FROM (SELECT x, nextval('s') FROM o UNION ALL SELECT 9, nextval('s')) q ORDER BY x
SELECT currval('s')
SELECT n1 = n2 FROM (SELECT n AS n1, n AS n2 FROM (SELECT nextval('s') AS n FROM o) i) q
SELECT currval('s')
SELECT x FROM o WHERE x IN (SELECT id FROM (SELECT id, nextval('s') FROM o) q)
SELECT currval('s')
SELECT nextval('s') % 2 AS k, count(*) FROM o GROUP BY k ORDER BY k
SELECT currval('s')
SELECT nextval('s') % 2 AS k, count(*) FROM o GROUP BY nextval('s') % 2 HAVING nextval('s') % 2 >= 0 ORDER BY 1
SELECT currval('s')
SELECT nextval('s') % 2 AS k, g, max(x) FROM o GROUP BY k, g HAVING count(*) > 0 ORDER BY k, g
SELECT currval('s')
SELECT count(*) FROM o GROUP BY nextval('s') % 2 OFFSET 0
SELECT currval('s')
SELECT nextval('s') % 2, sum(count(*)) OVER () FROM o GROUP BY 1 ORDER BY 1
SELECT currval('s')
SELECT nextval('s') % 2, (SELECT max(o.x)) > 0 FROM o GROUP BY 1 ORDER BY 1
SELECT currval('s')
SELECT (nextval('s'), 1) = (1, 1), (nextval('s'), 1) < (nextval('s'), 2)
SELECT currval('s')
SELECT (nextval('s'), 1) < (0, 2) FROM o WHERE id = 1
SELECT currval('s')
SELECT (nextval('s'), nextval('s'), 1) > (0, 0, 2) FROM o ORDER BY 1
SELECT currval('s')
SELECT (0, nextval('s'), 1) >= (0, nextval('s'), 2)
SELECT currval('s')
SELECT nextval('s') BETWEEN 1 AND 100000
SELECT currval('s')
SELECT nextval('s') IN (1, 2, 3)
SELECT currval('s')
SELECT coalesce(nextval('s'), nextval('s'))
SELECT greatest(nextval('s'), nextval('s')) > 0
SELECT currval('s')
SELECT DISTINCT ON (g) g, x FROM o ORDER BY g, g, x
SELECT DISTINCT ON (g) g, x FROM o ORDER BY g, x, g
SELECT DISTINCT ON (g, g) g, x FROM o ORDER BY g, x
SELECT DISTINCT ON (g, x) g, x FROM o ORDER BY x, g, x
SELECT x FROM o ORDER BY x DESC, x
SELECT sum(count(*)) OVER (ORDER BY g), g FROM o GROUP BY g HAVING sum(x) > 0
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY nextval('s')) > 0 FROM o
SELECT 'x'::pg_lsn
SELECT 'FFFFFFFFF/0'::pg_lsn
INSERT INTO o (id, x) SELECT n, 1 FROM (SELECT nextval('s') AS n, random() FROM o) q RETURNING id > 0
! CREATE TABLE vt (id int PRIMARY KEY, a int, ar int[])
! INSERT INTO vt SELECT g, g % 3 FROM generate_series(1, 5) g
! CREATE SEQUENCE vs
SELECT id FROM vt WHERE id = nextval('vs')
SELECT currval('vs')
SELECT id FROM vt WHERE id BETWEEN nextval('vs') AND 100 ORDER BY id
SELECT id FROM vt WHERE id IN (nextval('vs'), 3) ORDER BY id
SELECT currval('vs')
SELECT id FROM vt WHERE nextval('vs') > id ORDER BY id
SELECT currval('vs')
SELECT id FROM vt WHERE id = random()::int + 100
UPDATE vt SET a = 9 WHERE id = nextval('vs') - 200
DELETE FROM vt WHERE id = nextval('vs') - 200
SELECT currval('vs')
SELECT vt.id, l.n > 0 FROM vt CROSS JOIN (SELECT nextval('vs') AS n) l ORDER BY vt.id
SELECT currval('vs')
SELECT count(DISTINCT l.n) FROM vt CROSS JOIN (SELECT nextval('vs') AS n) l
WITH w AS NOT MATERIALIZED (SELECT id, nextval('vs') AS n FROM vt) SELECT a.n = b.n FROM w a JOIN w b USING (id)
SELECT count(DISTINCT u) FROM vt JOIN (SELECT gen_random_uuid() u FROM generate_series(1, 1)) y ON true
SELECT count(DISTINCT n) FROM vt JOIN (SELECT nextval('vs') n FROM vt x WHERE x.id = 1) l ON true
