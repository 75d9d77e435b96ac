# language: Numbers: arithmetic, scale, rounding, order, keys
SELECT 1.0/3
SELECT 10/4.0
SELECT 1/3.0::numeric
SELECT 2.5000/0.1
SELECT 1e20::numeric/3
SELECT 1e-20::numeric/3
SELECT 123456789.123456789/0.000001
SELECT 7.5 % 2
SELECT -7.5 % 2
SELECT 7.5 % -2
SELECT 1e30::numeric % 7
SELECT div(7.5, 2)
SELECT div(-7.5,2)
SELECT mod(7.5,2)
SELECT round(2.5)
SELECT round(-2.5)
SELECT round(0.5)
SELECT round(1.5)
SELECT round(2.567,2)
SELECT round(1234.567,-2)
SELECT round(55,-1)
SELECT round(55.55,-2)
SELECT trunc(2.999,2)
SELECT trunc(-2.999)
SELECT trunc(1234.567,-2)
SELECT trunc(0.001,2)
SELECT ceil(1.1)
SELECT ceil(-1.1)
SELECT floor(1.1)
SELECT floor(-1.1)
SELECT ceiling(0.0)
SELECT sqrt(2.0)
SELECT sqrt(2::numeric)
SELECT sqrt(0.0001)
SELECT sqrt(1e40::numeric)
SELECT exp(1.0)
SELECT exp(0.5::numeric)
SELECT exp(-10.0)
SELECT exp(100.0)
SELECT ln(2.0)
SELECT ln(10::numeric)
SELECT ln(0.00001)
SELECT log(100.0)
SELECT log(2.0, 8.0)
SELECT log10(1000.0)
SELECT power(2.0, 0.5)
SELECT power(2.0,10)
SELECT power(2.0,-3)
SELECT 2.0^100
SELECT 0.0^0
SELECT 10.0^-5
SELECT 1.10 + 2.200
SELECT 1.10 * 2.200
SELECT 1.10 - 2.2000
SELECT -1.10
SELECT +1.10
SELECT abs(-1.50)
SELECT sign(-1.5)
SELECT sign(0.00)
SELECT sign(2.2)
SELECT 'NaN'::numeric
SELECT 'NaN'::numeric + 1
SELECT 'NaN'::numeric = 'NaN'::numeric
SELECT 'NaN'::numeric > 1e100
SELECT 'NaN' < 'Infinity'::numeric
SELECT 'Infinity'::numeric
SELECT '-Infinity'::numeric
SELECT 'inf'::numeric - 'inf'::numeric
SELECT 'inf'::numeric / 0
SELECT 1/'inf'::numeric
SELECT 'inf'::numeric * 0
SELECT '-inf'::numeric * 2
SELECT 5 % 'inf'::numeric
SELECT 'inf'::numeric % 5
SELECT 1::numeric(3,1)
SELECT 12.35::numeric(3,1)
SELECT 99.95::numeric(3,1)
SELECT 99.94::numeric(3,1)
SELECT 0.05::numeric(2,1)
SELECT -0.05::numeric(2,1)
SELECT -0.04::numeric(2,1)
SELECT 12345::numeric(3,-2)
SELECT 12345::numeric(5,-2)
SELECT 0.00123::numeric(3,5)
SELECT 0.0123::numeric(3,5)
SELECT '  12.50  '::numeric
SELECT '.5'::numeric
SELECT '5.'::numeric
SELECT '1e3'::numeric
SELECT '1.5e-3'::numeric
SELECT '-.5e+2'::numeric
SELECT ''::numeric
SELECT ' '::numeric
SELECT '1 2'::numeric
SELECT '1e'::numeric
SELECT '--1'::numeric
SELECT '1_000'::numeric
SELECT '0x10'::numeric
SELECT 1.5::int
SELECT 2.5::int
SELECT -1.5::int
SELECT -2.5::int
SELECT 0.5::int8
SELECT 1.5::int2
SELECT 2147483647.5::int
SELECT 2147483647.4::int
SELECT 'NaN'::numeric::int
SELECT 'inf'::numeric::int8
SELECT 1e400::float8
SELECT '1e400'::numeric::float8
SELECT 1e-400::numeric::float8
SELECT 0.1::float8::numeric
SELECT 0.1::float4::numeric
SELECT 1e15::float8::numeric
SELECT 123456789012345678::float8::numeric
SELECT 1.23456789012345678::float8::numeric
SELECT 'NaN'::float8::numeric
SELECT 'inf'::float8::numeric
SELECT factorial(5)
SELECT factorial(0)
SELECT factorial(20)
SELECT factorial(30)
SELECT factorial(-1)
SELECT gcd(12.5, 5)
SELECT lcm(12, 18)
SELECT gcd(12,18)
SELECT gcd(0,0)
SELECT lcm(0,5)
SELECT gcd(-12,18)
SELECT scale(1.500)
SELECT min_scale(1.500)
SELECT trim_scale(1.500)
SELECT scale('NaN'::numeric)
SELECT trim_scale(100.00)
SELECT width_bucket(5.35, 0.024, 10.06, 5)
SELECT width_bucket(0, 0, 10, 5)
SELECT width_bucket(10.0,0,10,5)
SELECT width_bucket(-1,0,10,5)
SELECT width_bucket(5, 10, 0, 5)
SELECT width_bucket(5,1,1,5)
SELECT width_bucket(5.0,1,10,0)
SELECT sum(x), avg(x), min(x), max(x), stddev(x), variance(x) FROM (VALUES (1.5),(2.50),(3.000)) t(x)
SELECT sum(x), avg(x) FROM (VALUES (1),(2)) t(x)
SELECT avg(x) FROM (VALUES (1),(2),(2)) t(x)
SELECT avg(x::int8), sum(x::int8), sum(x::float8), avg(x::float4) FROM (VALUES (1),(2),(2)) t(x)
SELECT avg(x) FROM (VALUES (0.1),(0.2),(0.4)) t(x)
SELECT avg(x) FROM (VALUES (100000000000000000000.1),(0.2),(0.4)) t(x)
SELECT stddev_pop(x), stddev_samp(x), var_pop(x), var_samp(x) FROM (VALUES (1),(5),(9)) t(x)
SELECT stddev_samp(x), var_samp(x), stddev_pop(x) FROM (VALUES (1.0)) t(x)
SELECT sum(x), avg(x) FROM (VALUES ('NaN'::numeric),(1)) t(x)
SELECT sum(x), avg(x) FROM (VALUES ('inf'::numeric),('-inf'),(1)) t(x)
SELECT var_pop(x) FROM (VALUES ('inf'::numeric),(1)) t(x)
SELECT sum(x), max(x), min(x), count(x) FROM (SELECT 1.0 WHERE false) t(x)
SELECT x FROM (VALUES (1.0),(1.00),(10),(9),(-1),(-10),(0),(0.000),(-0.5),('NaN'),('inf'),('-inf'),(1e20),(1e-20)) t(x) ORDER BY x, x::text
SELECT DISTINCT x FROM (VALUES (1.0),(1.0),(2)) t(x) ORDER BY 1
SELECT x, count(*) FROM (VALUES (1.0),(1.00),(1.000),(2)) t(x) GROUP BY x ORDER BY x
SELECT a, b FROM (VALUES (1.0),(2.50)) a(a) JOIN (VALUES (1.000),(2.5)) b(b) ON a=b ORDER BY 1
SELECT a FROM (VALUES (1.0),(2.50)) a(a) UNION SELECT 1.00 ORDER BY 1
SELECT 1.0 UNION ALL SELECT 1 ORDER BY 1
SELECT a FROM (VALUES (1.0),(2.50)) a(a) INTERSECT SELECT 2.5000
SELECT a FROM (VALUES (1.0),(2.50)) a(a) EXCEPT SELECT 2.5000
SELECT 1.00 IN (1, 2)
SELECT 3 IN (3.0, 4)
SELECT 2.5 BETWEEN 2 AND 3
SELECT greatest(1, 2.0, 1.50)
SELECT least(1.0, 1)
SELECT greatest(1.00,1.0)
SELECT coalesce(NULL, 1.50)
SELECT nullif(1.0, 1.00)
SELECT nullif(1.0, 2)
SELECT CASE WHEN true THEN 1 ELSE 2.5 END
SELECT pg_typeof(1)
SELECT pg_typeof(1.0)
SELECT pg_typeof(1e5)
SELECT pg_typeof(3000000000)
SELECT pg_typeof(99999999999999999999)
SELECT pg_typeof(1/2.0)
SELECT 9223372036854775807
SELECT 9223372036854775808
SELECT -9223372036854775808
SELECT 1.0::text
SELECT 1.00::varchar
SELECT (1e10::numeric)::text
SELECT 1e-7::numeric::text
SELECT 100::numeric::text
SELECT to_char(1234.5, '9,999.99')
SELECT to_char(-0.5, '0.99')
SELECT to_char(1234567.891, 'FM9,999,999.0')
SELECT to_char(12, 'S99')
SELECT to_char(-12,'99PR')
SELECT to_char(1485, '9999')
SELECT to_char(0.1, '0.9')
SELECT to_char(-.1,'99.99')
SELECT to_char(0, 'FM9999')
SELECT to_char(485,'RN')
SELECT to_char(12.45,'99V9')
SELECT to_char(1e10, '9.99EEEE')
SELECT to_char(123456, '999')
SELECT to_char('NaN'::numeric,'99.9')
SELECT to_char(1.5::float8,'9.999')
SELECT to_char(1234, 'L9999')
SELECT to_char(1234,'9 9 9 9')
SELECT to_char(1,'9th')
SELECT to_char(2,'FM9TH')
SELECT to_char(-1,'MI9')
SELECT to_char(1,'SG9')
SELECT to_char(-1,'9MI')
SELECT to_char(1,'PL9')
SELECT 1e131071::numeric > 0
SELECT 1e131072::numeric
SELECT 1e-16383::numeric > 0
SELECT 1e-16390::numeric = 0
SELECT 10::numeric ^ 131071 > 0
SELECT 10::numeric ^ 131072
SELECT 0::numeric ^ -1
SELECT (-8)::numeric ^ 0.5
SELECT (-8.0)^3
SELECT (-2.0)^-3
SELECT ln(0.0)
SELECT ln(-1.0)
SELECT sqrt(-1.0)
SELECT 1.0/0
SELECT 1 % 0.0
SELECT 5.5::int2
SELECT 5.5::float4
SELECT 5.55::float8
SELECT 1.5 + 1::int8
SELECT 1.5 + 1::float8
SELECT 1.5 + '2'
SELECT '1.5' + 1.5
SELECT '1.5' + 1
SELECT 2 * '1.5'::numeric
SELECT 3 - 1.5
SELECT 3::int2 * 1.5
SELECT 1.5 || 'a'
SELECT 'a' || 1.50
SELECT numeric '1.50'
SELECT decimal '2'
SELECT cast('3.10' as decimal(4,1))
SELECT cast(3 as dec)
SELECT 1::numeric(1001,1)
SELECT 1::numeric(0)
SELECT 1::numeric(5,1001)
SELECT 1::numeric(5,-1001)
SELECT 0.1+0.2=0.3
SELECT 0.1::float8+0.2::float8=0.3::float8
SELECT round(1.0::float8)
SELECT round(2.5::float8)
SELECT round(-2.5::float8)
SELECT round(0.5::float4)
SELECT 5 / 2
SELECT -5 / 2
SELECT 5 % -3
SELECT -5 % 3
SELECT 5.0 / 2
SELECT 2^3
SELECT 2^0.5
SELECT 2.0^3
SELECT 2::float8^3
SELECT 2^3::numeric
SELECT (-2)^2
SELECT -2^2
SELECT 2^-1
SELECT |/ 25
SELECT ||/ 27
SELECT |/ 2.0
SELECT @ -5.5
SELECT @ -5
SELECT 5 # 3
SELECT ~5
SELECT 5 & 3
SELECT 5 | 3
SELECT 1 << 10
SELECT -1 >> 1
SELECT random() BETWEEN 0 AND 1, setseed(0.5)
SELECT 12345678901234567890.123456789 * 98765432109876543210.987654321
SELECT 1e100::numeric * 1e-100::numeric
SELECT 1e50::numeric + 1e-50::numeric
SELECT 123.456e-2
SELECT 1e0
SELECT .1e1
SELECT 1.e2
SELECT numeric_add(1.5,2)
SELECT numeric_mul(2,3.50)
SELECT int4pl(1,2)
SELECT sum(x) OVER (ORDER BY x), avg(x) OVER (ORDER BY x ROWS 1 PRECEDING) FROM (VALUES (1.5),(2.50),(3.000)) t(x) ORDER BY x
SELECT generate_series(1.0, 2.0, 0.5)
SELECT generate_series(1.0, 3)
SELECT generate_series(1.0, 3, 0.0)
SELECT generate_series(3, 1.0, -0.75)
SELECT max(x), min(x) FROM (VALUES (1.0),(1.00),(-1.00)) t(x)
CREATE TABLE n1 (id int PRIMARY KEY, a numeric, b numeric(6,2) UNIQUE, c numeric(4,0) DEFAULT 1.5)
INSERT INTO n1 (id,a,b) VALUES (1, 1.0, 1.005), (2, 1.00, -5), (3,'NaN','NaN'),(4,1e30,9999.994)
INSERT INTO n1 (id,b) VALUES (5, 1.01)
INSERT INTO n1 (id,b) VALUES (5, 1.013)
INSERT INTO n1 (id,b) VALUES (6, 9999.995)
INSERT INTO n1 (id,b) VALUES (7, 'inf')
SELECT * FROM n1 ORDER BY id
SELECT id FROM n1 WHERE a = 1 ORDER BY id
SELECT id FROM n1 WHERE a = 1.000 ORDER BY id
SELECT id FROM n1 WHERE b = -5.0000
SELECT id FROM n1 WHERE a > 0.5 ORDER BY a, id
SELECT id FROM n1 WHERE a = 'NaN'
SELECT id FROM n1 WHERE a IN (1, 1e30) ORDER BY id
SELECT id FROM n1 WHERE a BETWEEN 0 AND 2 ORDER BY id
SELECT id FROM n1 WHERE a = 1.0::float8 ORDER BY id
SELECT id FROM n1 WHERE a::text = '1.00'
SELECT id FROM n1 WHERE a = id
SELECT a, count(*) FROM n1 GROUP BY a ORDER BY a
SELECT DISTINCT a = 1 FROM n1 ORDER BY 1
UPDATE n1 SET a = a + 1 WHERE id = 2 RETURNING a, b, c
UPDATE n1 SET b = b * 2 WHERE id = 4
DELETE FROM n1 WHERE b = 'NaN' RETURNING *
CREATE TABLE n2 (k numeric PRIMARY KEY, v text)
INSERT INTO n2 VALUES (1.0,'a'),(2,'b')
INSERT INTO n2 VALUES (1.000,'c')
INSERT INTO n2 VALUES (1.000,'c') ON CONFLICT (k) DO UPDATE SET v = excluded.v, k = excluded.k RETURNING *
SELECT * FROM n2 ORDER BY k
CREATE TABLE n3 (r numeric REFERENCES n2, x int)
INSERT INTO n3 VALUES (2.00, 1), (1, 2), (1.0, 3)
INSERT INTO n3 VALUES (3, 1)
SELECT n3.r, n2.k, v, x FROM n3 JOIN n2 ON n3.r = n2.k ORDER BY x
UPDATE n2 SET k = 1 WHERE k = 1
DELETE FROM n2 WHERE k = 2
SELECT n2.k FROM n2 LEFT JOIN n3 ON n3.r = n2.k AND n3.x > 5 ORDER BY k
SELECT * FROM n2 NATURAL JOIN (VALUES (1.00)) t(k)
SELECT k FROM n2 JOIN (VALUES (1.00)) t(k) USING (k)
SELECT t.k, n2.k FROM n2 FULL JOIN (VALUES (1.00),(5)) t(k) USING (k) ORDER BY 1,2
SELECT k FROM n2 FULL JOIN (VALUES (1.00),(5)) t(k) USING (k) ORDER BY 1
SELECT -k, k*0 FROM n2 ORDER BY -k
SELECT -0.0
SELECT 0 * -1.5
SELECT -0.00::numeric(5,2)
SELECT -(0.0)
SELECT 1 / 3::numeric * 3
SELECT (1.0/3)::numeric(10,5)
SELECT round(1.0/3, 5)
SELECT round(1/3.0, 30)
SELECT sum(a) / count(*) FROM (VALUES (1.00),(2.50)) t(a)
SELECT avg(a)::numeric(10,2) FROM (VALUES (1.00),(2.50)) t(a)
SELECT sum(DISTINCT a), count(DISTINCT a), avg(DISTINCT a) FROM (VALUES (1.00),(1.0),(2.50)) t(a)
SELECT string_agg(a::text, ',' ORDER BY a DESC) FROM (VALUES (10),(9),(1.5)) t(a)
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a) FROM (VALUES (1.0),(2),(4)) t(a)
SELECT mode() WITHIN GROUP (ORDER BY a) FROM (VALUES (1.0),(2),(2)) t(a)
SELECT * FROM (VALUES (1),(2.5)) t(x) WHERE x = ANY (VALUES (2.50))
SELECT 2.50 = ANY (ARRAY[1,2.5])
SELECT 3 = ALL (ARRAY[3.0])
SELECT 1.5::numeric::bool
SELECT 1.5::bool
SELECT true::numeric
SELECT '1.5'::numeric::text::float8::numeric(3,2)
SELECT $1 + 1.5
$ 2
SELECT $1::numeric / 3
$ 10.000
SELECT $1::numeric(5,2), $2 * 1.0
$ 1.555 | 3
SELECT ARRAY['-0'::float8], array_agg('-0'::float8), '-0'::float8
! CREATE TABLE minus_zero (f float8)
INSERT INTO minus_zero VALUES ('-0') RETURNING f
SELECT width_bucket(7, 9.2e18::float8, 1, 4), width_bucket(7::float8, 9.2e18::float8, 1, 4), width_bucket(9.2e18::float8, 1e-300, 1e300, 4), width_bucket(0.1::float8, 0.3, 0, 3), width_bucket(6.9999999999999999e307::float8, 0, 7e307, 10)
