# language: Dates, times, time zones and intervals
SELECT '2024-02-29'::date
SELECT '20240229'::date
SELECT 'Feb 29, 2024'::date
SELECT '29-Feb-2024'::date
SELECT '2024.02.29'::date
SELECT '2024/2/9'::date
SELECT 'J2460370'::date
SELECT '2024-060'::date
SELECT 'epoch'::date
SELECT 'infinity'::date
SELECT '-infinity'::date
SELECT '2023-02-29'::date
SELECT '2024-13-01'::date
SELECT '2024-00-01'::date
SELECT 'today'::date = current_date
SELECT 'tomorrow'::date - 'yesterday'::date
SELECT 'now'::timestamptz = now()
SELECT 'today'::timestamp = current_date
SELECT '0001-01-01'::date
SELECT '0001-01-01 BC'::date
SELECT '4714-11-24 BC'::date
SELECT '5874897-12-31'::date
SELECT '5874898-01-01'::date
SELECT '0000-01-01'::date
SELECT ''::date
SELECT 'abc'::date
SELECT '2024-01-01'::date + 1
SELECT '2024-01-01'::date - 1
SELECT '2024-03-01'::date - '2024-02-01'::date
SELECT 1 + '2024-01-01'::date
SELECT '2024-01-01'::date + '12:00'::time
SELECT '2024-01-01'::date + interval '1 month'
SELECT '2024-01-01'::date + '1 day'
SELECT '2024-01-01'::date + '1'
SELECT '2024-01-01'::date + 1.5
SELECT '2024-01-01'::date * 2
SELECT '2024-01-01'::date + '2024-01-01'::date
SELECT 'infinity'::date + 1
SELECT 'infinity'::date - '2024-01-01'::date
SELECT 'infinity'::date > '2024-01-01'
SELECT '2024-01-01'::date < '2024-01-01 00:00:01'::timestamp
SELECT '2024-01-01'::date = '2024-01-01 00:00'::timestamptz
SELECT '2024-01-01'::date <> 'infinity'::timestamp
SELECT '12:34:56.789'::time
SELECT '12:34'::time
SELECT '12:34 PM'::time
SELECT '1234'::time
SELECT '123456'::time
SELECT '24:00'::time
SELECT '00:00:60'::time
SELECT 'T12:34'::time
SELECT '12:34:56.1234567'::time
SELECT '12:00 AM'::time
SELECT 'allballs'::time
SELECT '25:00'::time
SELECT '12:60'::time
SELECT '12:34:56.789'::time(1)
SELECT '23:59:59.999'::time(0)
SELECT '12:00:00.5'::time(0)
SELECT '12:00:01.5'::time(0)
SELECT '12:34+02'::timetz
SELECT '12:34 Europe/Berlin'::time
SELECT '12:34:56.5-08:30'::timetz
SELECT '12:34 PST'::timetz
SELECT '12:00+02'::timetz = '11:00+01'::timetz
SELECT '12:00+02'::timetz > '11:00+01'::timetz
SELECT '12:00'::time + interval '13 hours'
SELECT '12:00'::time - interval '13 hours'
SELECT '12:00'::time - '11:30'::time
SELECT '12:00'::time + interval '1 day'
SELECT interval '90 min' + '23:00'::time
SELECT '12:00'::time + '1:00'::time
SELECT '2024-02-29 12:34:56.789'::timestamp
SELECT '2024-02-29T12:34:56Z'::timestamp
SELECT '2024-02-29 12:34:56+05'::timestamp
SELECT 'Thu Feb 29 12:34:56 2024'::timestamp
SELECT '20240229T123456'::timestamp
SELECT '2024-02-29 12:34:56.5'::timestamp(0)
SELECT '2024-02-29 23:59:59.9999999'::timestamp
SELECT '2024-02-29 12:34:56+05:30'::timestamptz
SELECT '2024-02-29 12:34 America/New_York'::timestamptz
SELECT '2024-07-01 12:34 America/New_York'::timestamptz
SELECT '2024-02-29 12:34 EST'::timestamptz
SELECT '2024-02-29 12:34 EDT'::timestamptz
SELECT '2024-02-29 12:34 Z'::timestamptz
SELECT '2024-02-29 12:34 UTC+3'::timestamptz
SELECT '2024-02-29 12:34 Nowhere/Land'::timestamptz
SELECT '2024-02-29 12:34+25'::timestamptz
SELECT '2024-03-10 02:30 America/New_York'::timestamptz
SELECT '2024-11-03 01:30 America/New_York'::timestamptz
SELECT '1883-11-18 12:00 America/New_York'::timestamptz
SELECT '294276-12-31 23:59:59'::timestamp
SELECT '4714-11-24 00:00 BC'::timestamp
SELECT 'infinity'::timestamp
SELECT '-infinity'::timestamptz
SELECT '294277-01-01'::timestamp
SELECT '2024-01-01 00:00'::timestamp - '2023-12-31 12:00'::timestamp
SELECT '2024-01-31'::timestamp + interval '1 month'
SELECT '2024-03-31'::timestamp - interval '1 month'
SELECT '2024-02-29'::timestamp + interval '1 year'
SELECT '2024-01-01'::timestamp + interval '1 month 1 day 1 hour'
SELECT 'infinity'::timestamp + interval '1 day'
SELECT 'infinity'::timestamptz - interval '1 day'
SELECT '-infinity'::timestamp < 'infinity'
SELECT 'infinity'::timestamp - 'infinity'::timestamp
SELECT '2024-01-01'::timestamp - '2024-01-01'::timestamptz
SELECT '2024-01-01'::timestamp < '2024-01-01 00:00:01+00'::timestamptz
SELECT '2024-01-01'::date - '2023-12-31 12:00'::timestamp
SELECT '2024-01-01'::timestamp + 1
SELECT '2024-01-01'::timestamp + '1 day'
SELECT '2024-01-01'::timestamp - '1 day'::interval
SELECT '2024-01-01 10:00'::timestamp::date
SELECT '2024-01-01 10:00'::timestamp::time
SELECT '2024-01-01'::date::timestamp
SELECT '2024-01-01 10:00+02'::timestamptz::time
SELECT '2024-01-01 10:00+02'::timestamptz::date
SELECT '2024-01-01 10:00'::timestamp - '1'
SELECT '1 day'::interval
SELECT '1 year 2 months 3 days 4 hours 5 minutes 6.7 seconds'::interval
SELECT '1-2 3 4:05:06'::interval
SELECT 'P1Y2M3DT4H5M6S'::interval
SELECT '1 week'::interval
SELECT '1.5 days'::interval
SELECT '1.5 months'::interval
SELECT '1.5 years'::interval
SELECT '-1 day +2 hours'::interval
SELECT '1 day ago'::interval
SELECT '1 century 2 decades'::interval
SELECT '36 hours'::interval
SELECT '90 seconds'::interval
SELECT '@ 1 minute'::interval
SELECT '1y 2mon 3d 4h 5m 6s'::interval
SELECT '0'::interval
SELECT '00:00:01.5'::interval
SELECT '1 fortnight'::interval
SELECT ''::interval
SELECT '1'::interval
SELECT interval '1' day
SELECT interval '1' month
SELECT interval '1-2' year to month
SELECT interval '1 2:03' day to minute
SELECT interval '5' hour
SELECT interval '1.5' second
SELECT interval '1 day 2 hours' hour
SELECT interval(2) '1.2345 s'
SELECT '1 year 5 days'::interval year
SELECT interval '1 day' + interval '1 hour'
SELECT interval '1 mon' - interval '1 day'
SELECT interval '1 day' * 2
SELECT 1.5 * interval '1 day'
SELECT interval '1 mon' / 2
SELECT interval '1 mon' * 1.5
SELECT -interval '1 day 2 hours'
SELECT interval '1 day' / 3
SELECT interval '1 year' * 0.1
SELECT interval '1 day' / 0
SELECT interval '1 day' * interval '1 day'
SELECT interval '1 day' + 1
SELECT interval '30 days' = interval '1 mon'
SELECT interval '24 hours' = interval '1 day'
SELECT interval '1 day' > interval '23 hours'
SELECT interval '1 year' = interval '12 months'
SELECT interval '360 days' = interval '1 year'
SELECT interval '-1 day' < interval '0'
SELECT justify_days('65 days'::interval)
SELECT justify_hours('50 hours'::interval)
SELECT justify_interval('1 mon -1 hour'::interval)
SELECT justify_interval('-1 mon 1 hour'::interval)
SELECT age('2024-03-01'::timestamp, '2023-01-31'::timestamp)
SELECT age('2024-02-29'::date, '2020-02-29'::date)
SELECT age('2023-01-31'::timestamp, '2024-03-01'::timestamp)
SELECT age('2024-01-01 00:00+00'::timestamptz, '2023-12-31 23:00+00'::timestamptz)
SELECT extract(year from '2024-02-29'::date)
SELECT extract(month from '2024-02-29'::date)
SELECT extract(day from '2024-02-29'::date)
SELECT extract(dow from '2024-02-29'::date)
SELECT extract(isodow from '2024-03-03'::date)
SELECT extract(doy from '2024-12-31'::date)
SELECT extract(week from '2021-01-03'::date)
SELECT extract(isoyear from '2021-01-03'::date)
SELECT extract(quarter from '2024-05-01'::date)
SELECT extract(century from '2000-12-31'::date)
SELECT extract(millennium from '2001-01-01'::date)
SELECT extract(decade from '1999-01-01'::date)
SELECT extract(epoch from '2024-01-01'::date)
SELECT extract(julian from '2024-01-01'::date)
SELECT extract(year from '0044-03-15 BC'::date)
SELECT extract(hour from '2024-01-01 12:34:56.789'::timestamp)
SELECT extract(minute from '2024-01-01 12:34:56.789'::timestamp)
SELECT extract(second from '2024-01-01 12:34:56.789'::timestamp)
SELECT extract(milliseconds from '2024-01-01 12:34:56.789'::timestamp)
SELECT extract(microseconds from '2024-01-01 12:34:56.789'::timestamp)
SELECT extract(epoch from '2024-01-01 12:34:56.789'::timestamp)
SELECT extract(epoch from '2024-01-01 12:34:56.789+02'::timestamptz)
SELECT extract(timezone from '2024-01-01 12:34+02'::timestamptz)
SELECT extract(timezone_hour from '12:34+05:30'::timetz)
SELECT extract(julian from '2024-01-01 12:00'::timestamp)
SELECT extract(hour from '2024-01-01'::date)
SELECT extract(nothing from '2024-01-01'::date)
SELECT extract(day from '12:00'::time)
SELECT extract(day from interval '40 days 1 hour')
SELECT extract(month from interval '14 months')
SELECT extract(year from interval '14 months')
SELECT extract(hour from interval '40 hours')
SELECT extract(epoch from interval '1 mon 1 day 1 hour')
SELECT extract(epoch from interval '1 year')
SELECT extract(quarter from interval '5 months')
SELECT extract(second from interval '90.5 seconds')
SELECT extract(minute from interval '90.5 seconds')
SELECT extract(century from interval '250 years')
SELECT extract(dow from '2024-01-01'::timestamp)
SELECT extract(week from interval '40 days')
SELECT extract(year from 'infinity'::date)
SELECT extract(day from 'infinity'::timestamp)
SELECT extract(epoch from '-infinity'::timestamptz)
SELECT date_part('epoch', 'infinity'::date)
SELECT date_part('day', '-infinity'::timestamp)
SELECT date_part('year', '2024-02-29'::timestamp)
SELECT date_part('epoch', interval '1.5 seconds')
SELECT date_part('second', '12:34:56.789'::time)
SELECT date_part('YEAR', '2024-01-01'::date)
SELECT extract('year' from '2024-01-01'::date)
SELECT date_trunc('year', '2024-05-15 12:34:56'::timestamp)
SELECT date_trunc('quarter', '2024-05-15'::timestamp)
SELECT date_trunc('month', '2024-05-15'::date)
SELECT date_trunc('week', '2024-05-15'::timestamp)
SELECT date_trunc('day', '2024-05-15 12:34+02'::timestamptz)
SELECT date_trunc('hour', '2024-05-15 12:34:56'::timestamp)
SELECT date_trunc('second', '2024-05-15 12:34:56.789'::timestamp)
SELECT date_trunc('decade', '2024-05-15'::timestamp)
SELECT date_trunc('century', '2024-05-15'::timestamp)
SELECT date_trunc('millennium', '2024-05-15'::timestamp)
SELECT date_trunc('hour', interval '2 days 3 hours 40 min')
SELECT date_trunc('day', '2024-05-15 23:00+00'::timestamptz, 'Asia/Tokyo')
SELECT date_trunc('milliseconds', '12:00:00.123456'::time)
SELECT date_trunc('nothing', '2024-05-15'::timestamp)
SELECT date_trunc('week', interval '10 days')
SELECT date_bin('15 minutes', '2024-01-01 12:34:56'::timestamp, '2024-01-01')
SELECT date_bin('1 hour', '2024-01-01 12:34'::timestamptz, '2024-01-01 00:30+00')
SELECT date_bin('7 days', '2023-12-25'::timestamp, '2024-01-01')
SELECT date_bin('1 month', '2024-01-01'::timestamp, '2024-01-01')
SELECT date_bin('0', '2024-01-01'::timestamp, '2024-01-01')
SELECT make_date(2024, 2, 29)
SELECT make_date(-44, 3, 15)
SELECT make_time(12, 34, 56.7)
SELECT make_timestamp(2024, 1, 2, 3, 4, 5.5)
SELECT make_timestamptz(2024, 1, 2, 3, 4, 5.5)
SELECT make_timestamptz(2024, 1, 2, 3, 4, 5.5, 'Europe/Berlin')
SELECT make_interval(1, 2, 3, 4, 5, 6, 7.5)
SELECT make_interval(years => 1, hours => 2)
SELECT make_interval(days := 10)
SELECT make_date(2023, 2, 29)
SELECT make_time(25, 0, 0)
SELECT '2024-01-01 12:00'::timestamp AT TIME ZONE 'America/New_York'
SELECT '2024-01-01 12:00+00'::timestamptz AT TIME ZONE 'America/New_York'
SELECT '2024-07-01 12:00+00'::timestamptz AT TIME ZONE 'Europe/London'
SELECT '12:00+00'::timetz AT TIME ZONE 'UTC'
SELECT '2024-01-01 12:00'::timestamp AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Kolkata'
SELECT '2024-01-01 12:00'::timestamp AT TIME ZONE INTERVAL '-3:30'
SELECT '2024-01-01'::date AT TIME ZONE 'Asia/Tokyo'
SELECT '2024-01-01 12:00'::timestamp AT TIME ZONE 'nowhere'
SELECT to_timestamp(0)
SELECT to_timestamp(1704110400.5)
SELECT to_timestamp(-1)
SELECT to_timestamp('Infinity'::float8)
SELECT to_char('2024-02-29 13:04:05.678'::timestamp, 'YYYY-MM-DD HH24:MI:SS.MS')
SELECT to_char('2024-02-29 13:04:05.678'::timestamp, 'Day, DD Month YYYY')
SELECT to_char('2024-02-29 13:04:05'::timestamp, 'FMDay FMMonth FMDD')
SELECT to_char('2024-02-29 13:04:05'::timestamp, 'HH12:MI AM')
SELECT to_char('2024-02-29'::date, 'IYYY-IW-ID')
SELECT to_char('2024-02-29'::date, 'DDD J Q CC W WW')
SELECT to_char('2024-02-29'::date, 'Dy dy DY Mon mon MON')
SELECT to_char('2024-02-29'::date, 'DDth "of" Month')
SELECT to_char('2024-02-29'::date, 'RM rm')
SELECT to_char('2024-02-29'::date, 'YYYY YYY YY Y Y,YYY')
SELECT to_char('2024-02-29 13:04:05.678901'::timestamp, 'US FF1 FF3 FF6 SSSS')
SELECT to_char('0044-03-15 BC'::date, 'YYYY BC ad')
SELECT to_char('2024-02-29 13:04+00'::timestamptz, 'TZ tz OF TZH:TZM')
SELECT to_char(interval '1 day 2 hours 3 min', 'DD HH24:MI:SS')
SELECT to_char(interval '40 days 30 hours', 'DD HH24 HH12')
SELECT to_char('12:34:56'::time, 'HH24:MI')
SELECT to_char('infinity'::timestamp, 'YYYY')
SELECT to_char('2024-01-01'::date, '')
SELECT to_date('2024-02-29', 'YYYY-MM-DD')
SELECT to_timestamp('2024-02-29 13:04', 'YYYY-MM-DD HH24:MI')
SELECT to_date('29 Feb 2024', 'DD Mon YYYY')
SELECT to_number('1,234.5', '9,999.9')
SELECT isfinite('2024-01-01'::date)
SELECT isfinite('infinity'::timestamp)
SELECT isfinite(interval '1 day')
SELECT ('2024-01-01'::date, '2024-02-01'::date) OVERLAPS ('2024-01-15'::date, '2024-03-01'::date)
SELECT ('2024-01-01'::date, interval '1 day') OVERLAPS ('2024-01-02'::date, interval '1 day')
SELECT pg_typeof(now())
SELECT pg_typeof(current_date)
SELECT pg_typeof(current_time)
SELECT pg_typeof(localtime)
SELECT pg_typeof(localtimestamp)
SELECT pg_typeof(now() - now())
SELECT pg_typeof(current_date - current_date)
SELECT pg_typeof(current_date + interval '1 day')
SELECT pg_typeof(clock_timestamp())
SELECT pg_typeof(extract(day from now()))
SELECT pg_typeof(date_part('day', now()))
SELECT now() = transaction_timestamp()
SELECT now() = statement_timestamp()
SELECT now() <= clock_timestamp()
SELECT current_timestamp(0) = date_trunc('second', now() + interval '0.5 s')
SELECT localtimestamp = now()::timestamp
SELECT current_timestamp(7) IS NULL
SELECT interval '1 day 1 hour'::text
SELECT '1 day'::text::interval
SELECT '2024-01-01'::date::text
SELECT now()::text = now()::varchar
SELECT '12:00'::time::interval
SELECT interval '25 hours'::time
SELECT interval '1 day 2 hours'::time
SELECT '12:00'::text::time
SELECT '2024-01-01'::text::date
SELECT cast('2024-01-01' as timestamptz)
SELECT date '2024-01-01' = '2024-01-01'
SELECT timestamp '2024-01-01' > '2023-01-01'
SELECT time '12:00' BETWEEN '11:00' AND '13:00'
SELECT '2024-01-01'::date = 'x'
SELECT '2024-01-01'::date IN ('2024-01-01', '2024-01-02')
SELECT '2024-01-01'::date = ANY (SELECT '2024-01-01'::timestamp)
SELECT coalesce(NULL::date, '2024-01-01')
SELECT greatest('2024-01-01'::date, '2024-01-02 12:00'::timestamp)
! CREATE TABLE ti (id int PRIMARY KEY, d date, t time, tt timetz, ts timestamp, tz timestamptz, iv interval, ts0 timestamp(0), tz3 timestamptz(3), iy interval year to month)
INSERT INTO ti VALUES (1, '2024-02-29', '12:34:56.789', '12:34+02', '2024-02-29 12:34:56.789', '2024-02-29 12:34:56.789+02', '1 mon 2 days', '2024-01-01 00:00:00.5', '2024-01-01 00:00:00.12345+00', '1 year 2 months 3 days')
INSERT INTO ti VALUES (2, 'infinity', '00:00', '00:00-08', '-infinity', 'infinity', '-1 year', 'infinity', '-infinity', '5')
INSERT INTO ti (id, d, ts, tz) VALUES (3, '2024-01-01 23:59:59', '2024-01-01', '2024-01-01')
INSERT INTO ti (id, d) VALUES (4, now())
INSERT INTO ti (id, ts) VALUES (5, '2024-01-01'::date)
INSERT INTO ti (id, t) VALUES (6, '2024-01-01 10:00'::timestamp)
INSERT INTO ti (id, d) VALUES (7, '10:00'::time)
INSERT INTO ti (id, iv) VALUES (8, '10:00'::time)
INSERT INTO ti (id, d) VALUES (9, 20240101)
INSERT INTO ti (id, d) VALUES (10, '2024-02-30')
SELECT * FROM ti WHERE id IN (1, 2, 3, 5, 6, 8) ORDER BY id
SELECT id, d + 1, ts + interval '1 hour', tz - interval '1 day', t + interval '1 hour', iv * 2, d - '2024-01-01'::date FROM ti WHERE id = 1
SELECT id FROM ti WHERE d > '2024-01-15' ORDER BY id
SELECT id FROM ti WHERE ts < d ORDER BY id
SELECT id FROM ti WHERE tz >= '2024-02-29' AND tz < 'infinity' ORDER BY id
SELECT id FROM ti WHERE ts::date = d ORDER BY id
SELECT id FROM ti WHERE d = '2024-02-29'::timestamptz ORDER BY id
SELECT id FROM ti WHERE iv = '32 days' ORDER BY id
SELECT id FROM ti ORDER BY ts, id
SELECT id FROM ti ORDER BY tz DESC NULLS LAST, id
SELECT id FROM ti ORDER BY iv, id
SELECT id FROM ti ORDER BY tt DESC, id
SELECT min(d), max(d), min(ts), max(tz), min(iv), max(t), min(tt) FROM ti
SELECT count(DISTINCT d), count(DISTINCT ts) FROM ti
SELECT date_trunc('month', ts), count(*) FROM ti WHERE isfinite(ts) GROUP BY 1 ORDER BY 1
SELECT a.id, b.id FROM ti a JOIN ti b ON a.d = b.ts::date WHERE a.id < b.id ORDER BY 1, 2
UPDATE ti SET d = d + 7, ts = ts + '1 day', tz = tz AT TIME ZONE 'UTC' WHERE id = 1 RETURNING d, ts, tz
SELECT generate_series('2024-01-30'::timestamp, '2024-03-01', '1 month')
SELECT generate_series('2024-01-01'::date, '2024-01-03', '1 day')
SELECT generate_series('2024-03-30 12:00+00'::timestamptz, '2024-04-01 12:00+00', '1 day')
SELECT generate_series('2024-01-03'::timestamp, '2024-01-01', '-1 day')
SELECT generate_series('2024-01-01'::timestamp, '2024-01-02', '0')
SET TimeZone = 'America/New_York'
SELECT '2024-01-01 12:00'::timestamptz
SELECT '2024-07-01 12:00+00'::timestamptz
SELECT '2024-01-01 12:00'::timestamp::timestamptz
SELECT '2024-03-10 02:30'::timestamptz
SELECT '2024-11-03 01:30'::timestamptz
SELECT tz, tz::date, tz::timestamp, tz::text, ts::timestamptz, d::timestamptz FROM ti WHERE id = 1
SELECT extract(hour from tz), date_trunc('day', tz), to_char(tz, 'HH24:MI TZ'), tz + interval '6 months' FROM ti WHERE id = 1
SELECT '2024-03-09 12:00'::timestamptz + interval '1 day'
SELECT '2024-03-09 12:00'::timestamptz + interval '24 hours'
SELECT '2024-03-11'::timestamptz - '2024-03-10'::timestamptz
SELECT id FROM ti WHERE tz > '2024-02-29 05:34' AND tz < 'infinity' ORDER BY id
SELECT id FROM ti WHERE d = tz ORDER BY id
SHOW TimeZone
SET TIME ZONE 'Asia/Kolkata'
SELECT current_setting('timezone')
SELECT '12:00'::timetz
SET TIME ZONE INTERVAL '+02:00' HOUR TO MINUTE
SELECT '2024-01-01 12:00+00'::timestamptz
SET TIME ZONE -7
SET TIME ZONE LOCAL
SET TIME ZONE DEFAULT
SHOW timezone
SET DateStyle = 'SQL, DMY'
SELECT '01/02/2024'::date
SELECT '2024-02-01 12:34:56.5+00'::timestamptz
SELECT '2024-02-01 12:34'::timestamp
SELECT interval '1 day 2:03'
SET DateStyle = 'German'
SELECT '01.02.2024'::date
SELECT '2024-02-01 12:34+00'::timestamptz
SET DateStyle = 'Postgres, MDY'
SELECT '2024-02-01 12:34:56.7'::timestamp
SET DateStyle = 'ISO, YMD'
SELECT '01/02/03'::date
SET DateStyle = 'nonsense'
RESET DateStyle
SET IntervalStyle = 'iso_8601'
SELECT interval '1 year 2 mons -3 days 04:05:06.7'
SELECT interval '0'
SELECT interval '-1 hour'
SET IntervalStyle = 'sql_standard'
SELECT interval '1 year 2 mons 3 days 04:05:06.7'
SELECT interval '1 year -2 days'
SELECT '-1 2:03'::interval
SET IntervalStyle = 'postgres_verbose'
RESET IntervalStyle
SELECT $1::date + $2, $3::timestamptz
$ 2024-01-01 | 5 | 2024-01-01 00:00+02
SELECT d FROM ti WHERE d = $1 AND ts < $2 ORDER BY id
$ 2024-01-01 | 2025-01-01
SELECT $1 + interval '1 day', $2 - $3::timestamp
$ 1 hour | 2024-01-02 | 2024-01-01
SELECT $1::timestamp - $2::interval, extract(epoch from $3::timestamptz)
$ 2024-01-02 | 1 day | 2024-01-01
COPY ti (id, iy, iv) FROM STDIN
: 100	5	5
SELECT iy, iv FROM ti WHERE id = 100
CREATE TABLE tj (id int, m interval month DEFAULT '7', s interval minute to second)
INSERT INTO tj VALUES (1, DEFAULT, '5:30')
INSERT INTO tj (id, s) SELECT 2, '1:02:03'
UPDATE tj SET m = '14', s = '90' WHERE id = 2
SELECT * FROM tj ORDER BY id
SET timezone = '-13:00'
SHOW timezone
SELECT '2024-01-01 00:00+00'::timestamptz
SELECT to_char('2024-01-01 00:00+00'::timestamptz, 'TZ TZH:TZM OF')
SET timezone = '+02:30'
SHOW timezone
SET timezone = 'foo-3'
SHOW timezone
SET timezone = '5'
SHOW timezone
SET timezone = '-3.5'
SHOW timezone
SET timezone = '25'
SET timezone = '200'
SET timezone = ''
SET timezone = 'nope'
SET timezone = '-'
SET timezone = 'a b'
SET timezone = 'UTC'
SELECT make_timestamptz(1973, 07, 15, 08, 15, 55.33, '+2')
SELECT make_timestamptz(1973, 07, 15, 08, 15, 55.33, '-02:30:15')
SELECT make_timestamptz(1973, 07, 15, 08, 15, 55.33, '2')
SELECT make_timestamptz(1973, 07, 15, 08, 15, 55.33, '+16')
SELECT make_timestamptz(1973, 07, 15, 08, 15, 55.33, 'é')
SELECT make_timestamptz(1973, 07, 15, 08, 15, 55.33, '')
SELECT make_timestamptz(1973, 07, 15, 08, 15, 55.33, 'EST')
SELECT make_timestamptz(1973, 07, 15, 08, 15, 55.33, 'Europe/Paris')
SELECT '2024-01-01 12:00'::timestamp AT TIME ZONE '-5'
SELECT '2024-01-01 12:00'::timestamp AT TIME ZONE '+05:30'
SELECT '2024-01-01 12:00+00'::timestamptz AT TIME ZONE 'UTC+3'
SELECT '2024-01-01 12:00'::timestamp AT TIME ZONE 'utc'
SELECT '2011-03-27 02:00:00 MSK'::timestamptz
SELECT '2011-03-27 01:59 MSK'::timestamptz
SELECT '2014-10-26 01:30 MSK'::timestamptz
SELECT '2005-01-01 00:00 MSK'::timestamptz
SELECT interval '-9223372036854775808 us'
SELECT interval '-9223372036854775808 us' + '1 us'
SELECT -interval '-9223372036854775807 us'
SELECT '1:20:05 5 microseconds'::interval
SELECT '1:20:05 5 ms'::interval
SELECT '1:20 5 s'::interval
SELECT '5 s 1:20'::interval
SELECT timestamp 'Jan 1, 4713 BC' + interval '107000000 days'
SELECT timestamp '294276-12-31' - interval '109203527 days'
SELECT timestamp '2024-01-01' + interval '2147483647 days'
SELECT timestamptz '2024-01-01' + interval '2147483647 days'
SELECT timestamptz '2024-01-01' + interval '2147483647 months'
SELECT timestamptz '2024-01-01' + interval '-2147483648 days'
SELECT date '2024-01-01' + interval '9223372036854775807 us'
SELECT encode(overlay('Th\000omas'::bytea placing '\002\003'::bytea from 5 for 3),'escape')
SELECT overlay('\x0102'::bytea placing '\xff'::bytea from 2)
SELECT overlay('\x01'::bytea placing '\xffff'::bytea from 9)
SELECT overlay('\x01'::bytea placing '\xffff'::bytea from 0)
SELECT timezone(interval '24:00', '12:00+00'::timetz)
SELECT timezone('1', '2024-02-29'::date)
SELECT timezone('bad', 'infinity'::timestamptz)
SELECT timezone(interval '1 mon', 'infinity'::timestamptz)
SELECT extract(julian FROM timestamp '2024-02-03 13:14:15.123456'), extract(julian FROM date '2024-02-03'), date_part('julian', timestamp '2024-02-03 13:14:15.123456'), extract(julian FROM timestamptz '2024-02-03 13:14:15.1+00')
SELECT extract(julian FROM timestamp '1999-12-31 23:59:59.999999'), extract(julian FROM timestamp '0001-01-01 00:00:01'), extract(julian FROM timestamp '4713-01-01 00:00:00.000001 BC'), date_part('julian', timestamp '0001-01-01 00:00:01')
