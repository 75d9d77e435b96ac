# language: Set-returning functions where they stand
! CREATE TABLE st (id int, g text, a int, tags text[])
! INSERT INTO st VALUES (1, 'x', 1, '{p,q}'), (2, 'x', 3, '{q}'), (3, 'y', 2, '{p,r,q}'), (4, 'z', 5, NULL)
SELECT unnest(tags) AS tag, count(*) FROM st GROUP BY tag ORDER BY 2 DESC, 1
SELECT unnest(tags), count(*) FROM st GROUP BY 1 ORDER BY 1
SELECT unnest(tags), count(*) FROM st GROUP BY unnest(tags) ORDER BY 1
SELECT count(*) FROM st GROUP BY unnest(tags) ORDER BY 1
SELECT g, unnest(tags) AS tag, sum(a) FROM st GROUP BY g, tag ORDER BY g, tag
SELECT unnest(tags) || '!' AS t, count(*) FROM st GROUP BY t ORDER BY t
SELECT generate_series(min(a), max(a)) FROM st
SELECT generate_series(min(a), max(a)) AS v FROM st ORDER BY v DESC LIMIT 2
SELECT g, generate_series(1, count(*)) FROM st GROUP BY g ORDER BY 1, 2
SELECT g, generate_series(1, count(*)) FROM st GROUP BY g HAVING count(*) > 1 ORDER BY 1, 2
SELECT g, unnest(array_agg(a ORDER BY a)) FROM st GROUP BY g ORDER BY 1, 2
SELECT unnest(array_agg(id ORDER BY id)) AS id, unnest(array_agg(a ORDER BY id)) AS a FROM st
SELECT unnest(array_agg(id ORDER BY id)) + max(a) FROM st ORDER BY 1
SELECT g, generate_series(1, 2), count(*) FROM st GROUP BY g ORDER BY 1, 2
SELECT unnest(tags) AS tag, generate_series(1, 2) AS n, count(*) FROM st GROUP BY tag ORDER BY 1, 2
SELECT a, generate_series(1, 2) FROM st GROUP BY g ORDER BY 1
SELECT g, unnest(tags) FROM st GROUP BY g
SELECT g, generate_series(1, a) FROM st GROUP BY g
SELECT g, generate_series(1, a), count(*) FROM st GROUP BY g, a ORDER BY 1, 2
SELECT generate_series(1, 2) FROM st HAVING count(*) > 3
SELECT generate_series(1, 2) FROM st HAVING count(*) > 30
SELECT generate_series(1, 2), 'x' FROM st HAVING true
SELECT jsonb_array_elements(jsonb_agg(a ORDER BY a)) FROM st
SELECT g, jsonb_object_keys(jsonb_object_agg(id::text, a)) FROM st GROUP BY g ORDER BY 1, 2
SELECT DISTINCT generate_series(1, count(*)) FROM st GROUP BY g ORDER BY 1
SELECT DISTINCT ON (g) g, generate_series(1, count(*)) FROM st GROUP BY g
SELECT g, generate_series(1, 2), row_number() OVER (ORDER BY g, id) FROM st ORDER BY 3, 2
SELECT id, generate_series(1, row_number() OVER (ORDER BY id)) FROM st ORDER BY 1, 2
SELECT generate_series(1, 2) AS n, sum(a) OVER (PARTITION BY g), id FROM st ORDER BY id, n
SELECT g, generate_series(1, 2) AS n, rank() OVER (ORDER BY sum(a) DESC) FROM st GROUP BY g ORDER BY 3, 2
SELECT g, generate_series(1, count(*)), sum(count(*)) OVER (ORDER BY g) FROM st GROUP BY g HAVING count(*) < 3 ORDER BY 1, 2
SELECT regexp_matches('a1b2', '[a-z][0-9]', 'g'), count(*) FROM st
SELECT g, generate_series(1, 2), grouping(g) FROM st GROUP BY ROLLUP (g) ORDER BY 1, 2
SELECT g, generate_series(1, count(*)) FROM st GROUP BY GROUPING SETS ((g), ()) ORDER BY 1, 2
SELECT id FROM st ORDER BY generate_series(1, 2), id
SELECT id, generate_series(1, 2) FROM st ORDER BY generate_series(1, 2), id
SELECT id FROM st ORDER BY -generate_series(1, id), id LIMIT 3
SELECT count(*) FROM st ORDER BY generate_series(1, 2)
SELECT g FROM st GROUP BY g ORDER BY generate_series(1, 2), g
SELECT (SELECT generate_series(1, max(o.a)) LIMIT 1) FROM st o
SELECT generate_series(1, (SELECT count(*) FROM st i WHERE i.g = o.g)), o.g FROM st o GROUP BY o.g ORDER BY 2, 1
SELECT generate_series(1, generate_series(1, max(a))) FROM st WHERE a < 3
SELECT max(generate_series(1, 3)) FROM st
SELECT sum(generate_series(1, 3)) OVER () FROM st
SELECT row_number() OVER (ORDER BY generate_series(1, 3)) FROM st WHERE id = 1
SELECT generate_series(1, 2) FROM st GROUP BY g HAVING generate_series(1, 2) > 1
SELECT unnest(tags), unnest(tags) AS again, count(*) FROM st GROUP BY 1, 2 ORDER BY 1
SELECT string_agg(g, ',' ORDER BY g), generate_series(1, 2) FROM st
SELECT * FROM (SELECT g, unnest(array_agg(a)) AS a FROM st GROUP BY g) q WHERE q.a > 1 ORDER BY 1, 2
INSERT INTO st (id) SELECT generate_series(max(id) + 1, max(id) + 2) FROM st RETURNING id
INSERT INTO st (id) VALUES (generate_series(10, 12)) RETURNING id
INSERT INTO st (id, g) VALUES (generate_series(20, 21), 'v') RETURNING id, g
INSERT INTO st (id, a) VALUES (generate_series(20, 21), generate_series(1, 3)) RETURNING id, a
INSERT INTO st (id) VALUES (1), (generate_series(20, 21)) RETURNING id
VALUES (generate_series(1, 2))
VALUES (1), (generate_series(1, 2))
SELECT 1 LIMIT generate_series(1, 2)
SELECT 1 WHERE generate_series(1, 2) = 1
UPDATE st SET a = generate_series(1, 2) WHERE id = 1
DELETE FROM st WHERE id = generate_series(1, 2)
