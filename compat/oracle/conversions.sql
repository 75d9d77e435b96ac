# language: to_number, normal forms, encodings, OVERLAPS, named arguments, trigonometry in degrees, DISTINCT in aggregates of several arguments
SELECT to_number('-34,338,492', '99G999G999')
SELECT to_number('-34,338,492.654,878', '99G999G999D999G999')
SELECT to_number('<564646.654564>', '999999.999999PR')
SELECT to_number('0.00001-', '9.999999S')
SELECT to_number('5.01-', 'FM9.999999S')
SELECT to_number('5.01-', 'FM9.999999MI')
SELECT to_number('5 4 4 4 4 8 . 7 8', '9 9 9 9 9 9 . 9 9')
SELECT to_number('.01', 'FM9.99')
SELECT to_number('.0', '99999999.99999999')
SELECT to_number('0', '99.99')
SELECT to_number('.-01', 'S99.99')
SELECT to_number('.01-', '99.99S')
SELECT to_number(' . 0 1-', ' 9 9 . 9 9 S')
SELECT to_number('34,50', '999,99')
SELECT to_number('123,000', '999G')
SELECT to_number('123456', '999G999')
SELECT to_number('$1234.56', 'L9,999.99')
SELECT to_number('$1234.56', 'L99,999.99')
SELECT to_number('$1,234.56', 'L99,999.99')
SELECT to_number('1234.56', 'L99,999.99')
SELECT to_number('1,234.56', 'L99,999.99')
SELECT to_number('42nd', '99th')
SELECT to_number('123456', '99999V99')
SELECT to_number('12345', '999')
SELECT to_number('12', '99999')
SELECT to_number('12.345', '99.9')
SELECT to_number('12.345', '99D999')
SELECT to_number('1 2', '9 9')
SELECT to_number('-1', 'S9')
SELECT to_number('+1', 'S9')
SELECT to_number('-1', '9')
SELECT to_number('+1', '9')
SELECT to_number('- 1', 'S9')
SELECT to_number('1-', '9S')
SELECT to_number('1+', '9S')
SELECT to_number('1 -', '9S')
SELECT to_number('1-', '9MI')
SELECT to_number('1', '9MI')
SELECT to_number('-1', 'MI9')
SELECT to_number('+1', 'PL9')
SELECT to_number('-1', 'SG9')
SELECT to_number('+1', 'SG9')
SELECT to_number('1', 'SG9')
SELECT to_number('1-', '9SG')
SELECT to_number('<1>', '9PR')
SELECT to_number(' 1 ', '9PR')
SELECT to_number('<12>', '99PR')
SELECT to_number('-12', '99PR')
SELECT to_number('abc', '999')
SELECT to_number('a1b2', '9999')
SELECT to_number('a1b2', 'x9x9')
SELECT to_number('', '9')
SELECT to_number(' ', '9')
SELECT to_number('1', '')
SELECT to_number('.', '9.9')
SELECT to_number('1.', '9.9')
SELECT to_number('.5', '9.9')
SELECT to_number('-.5', 'S9.9')
SELECT to_number('-.5', '9.9')
SELECT to_number('0.5', '0.0')
SELECT to_number('00012', '00000')
SELECT to_number('12,34', '99,99')
SELECT to_number('12,34', '9999')
SELECT to_number('1234', '9,999')
SELECT to_number('1,2,3', '9,9,9')
SELECT to_number('1e5', '9EEEE')
SELECT to_number('XIV', 'RN')
SELECT to_number('14', 'RN')
SELECT to_number('1é2', '9x9')
SELECT to_number('é12', 'x99')
SELECT to_number('€12', 'L99')
SELECT to_number('12€', '99L')
SELECT to_number('12th', '99TH')
SELECT to_number('1st', '9th')
SELECT to_number('1st2', '9th9')
SELECT to_number('1', 'FM9')
SELECT to_number('1,234', 'FM9,999')
SELECT to_number('1234', 'FM9G999')
SELECT to_number('123', '9V99')
SELECT to_number('1.5', '9V9')
SELECT to_number('12345678901234567890', '99999999999999999999')
SELECT to_number('1.23456789012345678901', '9.99999999999999999999')
SELECT to_number('123.456', '999.999')
SELECT to_number('1234', '99.99')
SELECT to_number('123', '9.9')
SELECT to_number('12', '9')
SELECT to_number('9,99', '9G99')
SELECT to_number('1.2.3', '9.9.9')
SELECT to_number('1', '9.9.9')
SELECT to_number('1', 'S9S')
SELECT to_number('1', 'SG9S')
SELECT to_number('1', '9PR9')
SELECT to_number('1', 'S9PR')
SELECT to_number('1', '9B')
SELECT to_number('01', 'B99')
SELECT to_number('  12', '9999')
SELECT to_number('12  ', '9999')
SELECT to_number('1"2', '9"x"9')
SELECT to_number('1x2', '9"x"9')
SELECT to_number('1xx2', '9"xx"9')
SELECT to_number('1\2', '9\9')
SELECT to_number('-12.5', 'SG99.9')
SELECT to_number('12.5-', '99.9SG')
SELECT to_number('12.5+', '99.9PL')
SELECT to_number('NaN', '999')
SELECT to_number('Infinity', '9')
SELECT to_number('-0', 'S9')
SELECT to_number('0-', '9S')
SELECT to_number('1,', '9,')
SELECT to_number(',1', ',9')
SELECT to_number('1-2', '9S9')
SELECT to_number('-1-', 'S9S')
SELECT to_number('12 345', '99 999')
SELECT to_number('１２', '99')
SELECT to_number('5.01-', '9.99S')
SELECT to_number('5.01 -', '9.99S')
SELECT to_number('0x1F', '9999')
SELECT to_number('1_000', '9999')
SELECT to_number('1234.5678', '9999V99')
SELECT to_number('7', '0V0')
SELECT to_number('100', '9.99')
SELECT to_number('99.99', '99D99')
SELECT to_number('99,99', '99D99')
SELECT to_number(NULL, '9'), to_number('1', NULL)
SELECT to_number(1, '9')
SELECT to_number('1')
SELECT to_number('12'::varchar(5), '99'::char(2)), pg_typeof(to_number('1', '9'))
SELECT to_number(to_char(-1234.5, 'S9G999D99'), 'S9G999D99'), to_number(to_char(0.5, 'FM990.00'), '990.00')
! CREATE TABLE tonum (id int, t text)
! INSERT INTO tonum VALUES (1, '1,234.50'), (2, '-17'), (3, NULL), (4, '5')
SELECT id, to_number(t, 'S9G999D99') * 2 FROM tonum ORDER BY id
SELECT sum(to_number(t, '9G999D99')) FROM tonum WHERE id <> 2
SELECT normalize(U&'é', NFC), U&'é' IS NFC NORMALIZED, U&'é' IS NOT NFC NORMALIZED
SELECT normalize(U&'e\0301', NFC), U&'e\0301' IS NFC NORMALIZED, U&'e\0301' IS NOT NFC NORMALIZED
SELECT normalize(U&'ﬁ', NFC), U&'ﬁ' IS NFC NORMALIZED, U&'ﬁ' IS NOT NFC NORMALIZED
SELECT normalize(U&'Å', NFC), U&'Å' IS NFC NORMALIZED, U&'Å' IS NOT NFC NORMALIZED
SELECT normalize(U&'한글', NFC), U&'한글' IS NFC NORMALIZED, U&'한글' IS NOT NFC NORMALIZED
SELECT normalize(U&'abc', NFC), U&'abc' IS NFC NORMALIZED, U&'abc' IS NOT NFC NORMALIZED
SELECT normalize(U&'', NFC), U&'' IS NFC NORMALIZED, U&'' IS NOT NFC NORMALIZED
SELECT normalize(U&'\1E9B\0323', NFC), U&'\1E9B\0323' IS NFC NORMALIZED, U&'\1E9B\0323' IS NOT NFC NORMALIZED
SELECT normalize(U&'①', NFC), U&'①' IS NFC NORMALIZED, U&'①' IS NOT NFC NORMALIZED
SELECT normalize(U&'\00C4\FB03n', NFC), U&'\00C4\FB03n' IS NFC NORMALIZED, U&'\00C4\FB03n' IS NOT NFC NORMALIZED
SELECT normalize(U&'é', NFD), U&'é' IS NFD NORMALIZED, U&'é' IS NOT NFD NORMALIZED
SELECT normalize(U&'e\0301', NFD), U&'e\0301' IS NFD NORMALIZED, U&'e\0301' IS NOT NFD NORMALIZED
SELECT normalize(U&'ﬁ', NFD), U&'ﬁ' IS NFD NORMALIZED, U&'ﬁ' IS NOT NFD NORMALIZED
SELECT normalize(U&'Å', NFD), U&'Å' IS NFD NORMALIZED, U&'Å' IS NOT NFD NORMALIZED
SELECT normalize(U&'한글', NFD), U&'한글' IS NFD NORMALIZED, U&'한글' IS NOT NFD NORMALIZED
SELECT normalize(U&'abc', NFD), U&'abc' IS NFD NORMALIZED, U&'abc' IS NOT NFD NORMALIZED
SELECT normalize(U&'', NFD), U&'' IS NFD NORMALIZED, U&'' IS NOT NFD NORMALIZED
SELECT normalize(U&'\1E9B\0323', NFD), U&'\1E9B\0323' IS NFD NORMALIZED, U&'\1E9B\0323' IS NOT NFD NORMALIZED
SELECT normalize(U&'①', NFD), U&'①' IS NFD NORMALIZED, U&'①' IS NOT NFD NORMALIZED
SELECT normalize(U&'\00C4\FB03n', NFD), U&'\00C4\FB03n' IS NFD NORMALIZED, U&'\00C4\FB03n' IS NOT NFD NORMALIZED
SELECT normalize(U&'é', NFKC), U&'é' IS NFKC NORMALIZED, U&'é' IS NOT NFKC NORMALIZED
SELECT normalize(U&'e\0301', NFKC), U&'e\0301' IS NFKC NORMALIZED, U&'e\0301' IS NOT NFKC NORMALIZED
SELECT normalize(U&'ﬁ', NFKC), U&'ﬁ' IS NFKC NORMALIZED, U&'ﬁ' IS NOT NFKC NORMALIZED
SELECT normalize(U&'Å', NFKC), U&'Å' IS NFKC NORMALIZED, U&'Å' IS NOT NFKC NORMALIZED
SELECT normalize(U&'한글', NFKC), U&'한글' IS NFKC NORMALIZED, U&'한글' IS NOT NFKC NORMALIZED
SELECT normalize(U&'abc', NFKC), U&'abc' IS NFKC NORMALIZED, U&'abc' IS NOT NFKC NORMALIZED
SELECT normalize(U&'', NFKC), U&'' IS NFKC NORMALIZED, U&'' IS NOT NFKC NORMALIZED
SELECT normalize(U&'\1E9B\0323', NFKC), U&'\1E9B\0323' IS NFKC NORMALIZED, U&'\1E9B\0323' IS NOT NFKC NORMALIZED
SELECT normalize(U&'①', NFKC), U&'①' IS NFKC NORMALIZED, U&'①' IS NOT NFKC NORMALIZED
SELECT normalize(U&'\00C4\FB03n', NFKC), U&'\00C4\FB03n' IS NFKC NORMALIZED, U&'\00C4\FB03n' IS NOT NFKC NORMALIZED
SELECT normalize(U&'é', NFKD), U&'é' IS NFKD NORMALIZED, U&'é' IS NOT NFKD NORMALIZED
SELECT normalize(U&'e\0301', NFKD), U&'e\0301' IS NFKD NORMALIZED, U&'e\0301' IS NOT NFKD NORMALIZED
SELECT normalize(U&'ﬁ', NFKD), U&'ﬁ' IS NFKD NORMALIZED, U&'ﬁ' IS NOT NFKD NORMALIZED
SELECT normalize(U&'Å', NFKD), U&'Å' IS NFKD NORMALIZED, U&'Å' IS NOT NFKD NORMALIZED
SELECT normalize(U&'한글', NFKD), U&'한글' IS NFKD NORMALIZED, U&'한글' IS NOT NFKD NORMALIZED
SELECT normalize(U&'abc', NFKD), U&'abc' IS NFKD NORMALIZED, U&'abc' IS NOT NFKD NORMALIZED
SELECT normalize(U&'', NFKD), U&'' IS NFKD NORMALIZED, U&'' IS NOT NFKD NORMALIZED
SELECT normalize(U&'\1E9B\0323', NFKD), U&'\1E9B\0323' IS NFKD NORMALIZED, U&'\1E9B\0323' IS NOT NFKD NORMALIZED
SELECT normalize(U&'①', NFKD), U&'①' IS NFKD NORMALIZED, U&'①' IS NOT NFKD NORMALIZED
SELECT normalize(U&'\00C4\FB03n', NFKD), U&'\00C4\FB03n' IS NFKD NORMALIZED, U&'\00C4\FB03n' IS NOT NFKD NORMALIZED
SELECT normalize('é'), 'é' IS NORMALIZED, U&'e\0301' IS NOT NORMALIZED, normalize(NULL), NULL IS NORMALIZED
SELECT normalize('é', nfd), normalize('é', Nfc)
SELECT normalize('é', 'NFD')
SELECT normalize('é', nope)
SELECT normalize('é', NFD, 1)
SELECT is_normalized('é'), is_normalized('é', 'nfd'), pg_catalog.normalize('é', 'nfkc')
SELECT is_normalized('é', 'nope')
SELECT pg_catalog.normalize('é', 'nope')
SELECT 1 IS NORMALIZED
SELECT length(normalize(t, NFD)) FROM (VALUES ('é'), ('e')) v(t)
SELECT convert_from('\x616263'::bytea, 'UTF8')
SELECT convert_from('\x61c3a9'::bytea, 'UTF8')
SELECT convert_from('\x61e9'::bytea, 'UTF8')
SELECT convert_from('\xff41'::bytea, 'UTF8')
SELECT convert_from('\xe24100'::bytea, 'UTF8')
SELECT convert_from('\x4100'::bytea, 'UTF8')
SELECT convert_from('\x'::bytea, 'UTF8')
SELECT convert_from('\xf09f9880'::bytea, 'UTF8')
SELECT convert_from('\xed9fbf'::bytea, 'UTF8')
SELECT convert_from('\xeda080'::bytea, 'UTF8')
SELECT convert_from('\xc0af'::bytea, 'UTF8')
SELECT convert_from('\xe282'::bytea, 'UTF8')
SELECT convert_to('abc', 'UTF8')
SELECT convert_to('é', 'UTF8')
SELECT convert_to('€', 'UTF8')
SELECT convert_to('😀', 'UTF8')
SELECT convert_to('', 'UTF8')
SELECT convert_from('\x616263'::bytea, 'utf-8')
SELECT convert_from('\x61c3a9'::bytea, 'utf-8')
SELECT convert_from('\x61e9'::bytea, 'utf-8')
SELECT convert_from('\xff41'::bytea, 'utf-8')
SELECT convert_from('\xe24100'::bytea, 'utf-8')
SELECT convert_from('\x4100'::bytea, 'utf-8')
SELECT convert_from('\x'::bytea, 'utf-8')
SELECT convert_from('\xf09f9880'::bytea, 'utf-8')
SELECT convert_from('\xed9fbf'::bytea, 'utf-8')
SELECT convert_from('\xeda080'::bytea, 'utf-8')
SELECT convert_from('\xc0af'::bytea, 'utf-8')
SELECT convert_from('\xe282'::bytea, 'utf-8')
SELECT convert_to('abc', 'utf-8')
SELECT convert_to('é', 'utf-8')
SELECT convert_to('€', 'utf-8')
SELECT convert_to('😀', 'utf-8')
SELECT convert_to('', 'utf-8')
SELECT convert_from('\x616263'::bytea, 'LATIN1')
SELECT convert_from('\x61c3a9'::bytea, 'LATIN1')
SELECT convert_from('\x61e9'::bytea, 'LATIN1')
SELECT convert_from('\xff41'::bytea, 'LATIN1')
SELECT convert_from('\xe24100'::bytea, 'LATIN1')
SELECT convert_from('\x4100'::bytea, 'LATIN1')
SELECT convert_from('\x'::bytea, 'LATIN1')
SELECT convert_from('\xf09f9880'::bytea, 'LATIN1')
SELECT convert_from('\xed9fbf'::bytea, 'LATIN1')
SELECT convert_from('\xeda080'::bytea, 'LATIN1')
SELECT convert_from('\xc0af'::bytea, 'LATIN1')
SELECT convert_from('\xe282'::bytea, 'LATIN1')
SELECT convert_to('abc', 'LATIN1')
SELECT convert_to('é', 'LATIN1')
SELECT convert_to('€', 'LATIN1')
SELECT convert_to('😀', 'LATIN1')
SELECT convert_to('', 'LATIN1')
SELECT convert_from('\x616263'::bytea, 'iso-8859-1')
SELECT convert_from('\x61c3a9'::bytea, 'iso-8859-1')
SELECT convert_from('\x61e9'::bytea, 'iso-8859-1')
SELECT convert_from('\xff41'::bytea, 'iso-8859-1')
SELECT convert_from('\xe24100'::bytea, 'iso-8859-1')
SELECT convert_from('\x4100'::bytea, 'iso-8859-1')
SELECT convert_from('\x'::bytea, 'iso-8859-1')
SELECT convert_from('\xf09f9880'::bytea, 'iso-8859-1')
SELECT convert_from('\xed9fbf'::bytea, 'iso-8859-1')
SELECT convert_from('\xeda080'::bytea, 'iso-8859-1')
SELECT convert_from('\xc0af'::bytea, 'iso-8859-1')
SELECT convert_from('\xe282'::bytea, 'iso-8859-1')
SELECT convert_to('abc', 'iso-8859-1')
SELECT convert_to('é', 'iso-8859-1')
SELECT convert_to('€', 'iso-8859-1')
SELECT convert_to('😀', 'iso-8859-1')
SELECT convert_to('', 'iso-8859-1')
SELECT convert_from('\x616263'::bytea, 'SQL_ASCII')
SELECT convert_from('\x61c3a9'::bytea, 'SQL_ASCII')
SELECT convert_from('\x61e9'::bytea, 'SQL_ASCII')
SELECT convert_from('\xff41'::bytea, 'SQL_ASCII')
SELECT convert_from('\xe24100'::bytea, 'SQL_ASCII')
SELECT convert_from('\x4100'::bytea, 'SQL_ASCII')
SELECT convert_from('\x'::bytea, 'SQL_ASCII')
SELECT convert_from('\xf09f9880'::bytea, 'SQL_ASCII')
SELECT convert_from('\xed9fbf'::bytea, 'SQL_ASCII')
SELECT convert_from('\xeda080'::bytea, 'SQL_ASCII')
SELECT convert_from('\xc0af'::bytea, 'SQL_ASCII')
SELECT convert_from('\xe282'::bytea, 'SQL_ASCII')
SELECT convert_to('abc', 'SQL_ASCII')
SELECT convert_to('é', 'SQL_ASCII')
SELECT convert_to('€', 'SQL_ASCII')
SELECT convert_to('😀', 'SQL_ASCII')
SELECT convert_to('', 'SQL_ASCII')
SELECT convert_from('\x616263'::bytea, 'nope')
SELECT convert_from('\x61c3a9'::bytea, 'nope')
SELECT convert_from('\x61e9'::bytea, 'nope')
SELECT convert_from('\xff41'::bytea, 'nope')
SELECT convert_from('\xe24100'::bytea, 'nope')
SELECT convert_from('\x4100'::bytea, 'nope')
SELECT convert_from('\x'::bytea, 'nope')
SELECT convert_from('\xf09f9880'::bytea, 'nope')
SELECT convert_from('\xed9fbf'::bytea, 'nope')
SELECT convert_from('\xeda080'::bytea, 'nope')
SELECT convert_from('\xc0af'::bytea, 'nope')
SELECT convert_from('\xe282'::bytea, 'nope')
SELECT convert_to('abc', 'nope')
SELECT convert_to('é', 'nope')
SELECT convert_to('€', 'nope')
SELECT convert_to('😀', 'nope')
SELECT convert_to('', 'nope')
SELECT convert('\x61c3a9'::bytea, 'UTF8', 'LATIN1')
SELECT convert('\x61e9'::bytea, 'UTF8', 'LATIN1')
SELECT convert('\x61c3a9'::bytea, 'LATIN1', 'UTF8')
SELECT convert('\x61e9'::bytea, 'LATIN1', 'UTF8')
SELECT convert('\x61c3a9'::bytea, 'UTF8', 'UTF8')
SELECT convert('\x61e9'::bytea, 'UTF8', 'UTF8')
SELECT convert('\x61c3a9'::bytea, 'SQL_ASCII', 'UTF8')
SELECT convert('\x61e9'::bytea, 'SQL_ASCII', 'UTF8')
SELECT convert('\x61c3a9'::bytea, 'UTF8', 'SQL_ASCII')
SELECT convert('\x61e9'::bytea, 'UTF8', 'SQL_ASCII')
SELECT convert('\x61c3a9'::bytea, 'nope', 'UTF8')
SELECT convert('\x61e9'::bytea, 'nope', 'UTF8')
SELECT convert('\x61c3a9'::bytea, 'UTF8', 'nope')
SELECT convert('\x61e9'::bytea, 'UTF8', 'nope')
SELECT convert_from(NULL, 'UTF8'), convert_to('a', NULL), encode(convert_to('é', 'UTF8'), 'hex'), convert_from(decode('c3a9', 'hex'), 'UTF8')
SELECT x, sind(x) FROM generate_series(-720, 720, 15) x ORDER BY x
SELECT sind('NaN'), sind(33.3)
SELECT sind('Infinity')
SELECT x, cosd(x) FROM generate_series(-720, 720, 15) x ORDER BY x
SELECT cosd('NaN'), cosd(33.3)
SELECT cosd('Infinity')
SELECT x, tand(x) FROM generate_series(-720, 720, 15) x ORDER BY x
SELECT tand('NaN'), tand(33.3)
SELECT tand('Infinity')
SELECT x, cotd(x) FROM generate_series(-720, 720, 15) x ORDER BY x
SELECT cotd('NaN'), cotd(33.3)
SELECT cotd('Infinity')
SELECT asind(-1), asind(-0.5), asind(0), asind(0.5), asind(1), asind('NaN')
SELECT asind(1.1)
SELECT acosd(-1), acosd(-0.5), acosd(0), acosd(0.5), acosd(1), acosd('NaN')
SELECT acosd(1.1)
SELECT atand(-1), atand(-0.5), atand(0), atand(0.5), atand(1), atand('NaN')
SELECT atand(1.1)
SELECT asinh(0)
SELECT acosh(0)
SELECT atanh(0)
SELECT atand(0)
SELECT asinh(0.5)
SELECT acosh(0.5)
SELECT atanh(0.5)
SELECT atand(0.5)
SELECT asinh(1)
SELECT acosh(1)
SELECT atanh(1)
SELECT atand(1)
SELECT asinh(-1)
SELECT acosh(-1)
SELECT atanh(-1)
SELECT atand(-1)
SELECT asinh(2)
SELECT acosh(2)
SELECT atanh(2)
SELECT atand(2)
SELECT asinh(-0.5)
SELECT acosh(-0.5)
SELECT atanh(-0.5)
SELECT atand(-0.5)
SELECT asinh('NaN')
SELECT acosh('NaN')
SELECT atanh('NaN')
SELECT atand('NaN')
SELECT asinh('Infinity')
SELECT acosh('Infinity')
SELECT atanh('Infinity')
SELECT atand('Infinity')
SELECT asinh('-Infinity')
SELECT acosh('-Infinity')
SELECT atanh('-Infinity')
SELECT atand('-Infinity')
SELECT asinh(1e300)
SELECT acosh(1e300)
SELECT atanh(1e300)
SELECT atand(1e300)
SELECT atan2d(1, 0)
SELECT atan2d(0, 1)
SELECT atan2d(1, 1)
SELECT atan2d(-1, -1)
SELECT atan2d(0, 0)
SELECT atan2d(0, -1)
SELECT atan2d(1, -1)
SELECT width_bucket(now(), ARRAY['yesterday', 'today', 'tomorrow']::timestamptz[])
SELECT width_bucket(x, ARRAY[1, 3, 5, 10]), width_bucket(x, ARRAY[1.5, 3]), width_bucket(x, ARRAY[]::int[]) FROM generate_series(-1, 11) x ORDER BY x
SELECT width_bucket('NaN'::float8, ARRAY[1, 'NaN'::float8]), width_bucket(5.0, ARRAY[1, 3, 5, 10]), width_bucket('b'::text, ARRAY['a', 'b', 'c']), width_bucket(NULL, ARRAY[1]), width_bucket(1, NULL::int[])
SELECT width_bucket(5, ARRAY[3, 4, NULL])
SELECT width_bucket(5, ARRAY[ARRAY[1, 2], ARRAY[3, 4]])
SELECT width_bucket('2024-01-02'::date, ARRAY['2024-01-01', '2024-01-03']::date[]), width_bucket(interval '1 day', ARRAY[interval '1 hour', '25 hours'])
SELECT width_bucket('a', ARRAY[1])
SELECT width_bucket('[1]'::json, ARRAY['[1]'::json])
SELECT ('2000-11-27'::date, '2000-11-28'::date) OVERLAPS ('2000-11-28'::date, '2000-11-30'::date)
SELECT ('2000-11-27'::date, '2000-11-30'::date) OVERLAPS ('2000-11-28'::date, '2000-11-30'::date)
SELECT ('2000-11-27'::date, '2000-11-28'::date) OVERLAPS ('2000-11-27'::date, '2000-11-30'::date)
SELECT ('2000-11-27'::date, '2000-11-27'::date) OVERLAPS ('2000-11-27'::date, '2000-11-28'::date)
SELECT ('2000-11-27'::date, '2000-11-27'::date) OVERLAPS ('2000-11-27'::date, '2000-11-27'::date)
SELECT ('2000-11-28'::date, '2000-11-27'::date) OVERLAPS ('2000-11-28'::date, '2000-11-30'::date)
SELECT ('2000-11-30'::date, '2000-11-27'::date) OVERLAPS ('2000-11-28'::date, '2000-11-28'::date)
SELECT ('2000-11-27'::date, NULL::date) OVERLAPS ('2000-11-28'::date, '2000-11-30'::date)
SELECT ('2000-11-27'::date, NULL::date) OVERLAPS (NULL::date, '2000-11-30'::date)
SELECT (NULL::date, '2000-11-27'::date) OVERLAPS ('2000-11-28'::date, '2000-11-30'::date)
SELECT (NULL::date, NULL::date) OVERLAPS ('2000-11-28'::date, '2000-11-30'::date)
SELECT ('2000-11-27'::date, '2000-11-28'::date) OVERLAPS (NULL::date, NULL::date)
SELECT ('2000-11-27'::date, NULL::date) OVERLAPS ('2000-11-27'::date, NULL::date)
SELECT ('2000-11-27'::date, '2000-11-30'::date) OVERLAPS ('2000-11-28'::date, NULL::date)
SELECT ('2000-11-28'::date, NULL::date) OVERLAPS ('2000-11-27'::date, '2000-11-30'::date)
SELECT ('2000-11-30'::date, NULL::date) OVERLAPS ('2000-11-27'::date, '2000-11-28'::date)
SELECT ('2000-11-27'::date, '2000-11-28'::date) OVERLAPS ('2000-11-30'::date, NULL::date)
SELECT ('2000-11-27'::timestamp, '2000-11-28'::timestamp) OVERLAPS ('2000-11-28'::timestamp, '2000-11-30'::timestamp)
SELECT ('2000-11-27'::timestamp, '2000-11-30'::timestamp) OVERLAPS ('2000-11-28'::timestamp, '2000-11-30'::timestamp)
SELECT ('2000-11-27'::timestamp, '2000-11-28'::timestamp) OVERLAPS ('2000-11-27'::timestamp, '2000-11-30'::timestamp)
SELECT ('2000-11-27'::timestamp, '2000-11-27'::timestamp) OVERLAPS ('2000-11-27'::timestamp, '2000-11-28'::timestamp)
SELECT ('2000-11-27'::timestamp, '2000-11-27'::timestamp) OVERLAPS ('2000-11-27'::timestamp, '2000-11-27'::timestamp)
SELECT ('2000-11-28'::timestamp, '2000-11-27'::timestamp) OVERLAPS ('2000-11-28'::timestamp, '2000-11-30'::timestamp)
SELECT ('2000-11-30'::timestamp, '2000-11-27'::timestamp) OVERLAPS ('2000-11-28'::timestamp, '2000-11-28'::timestamp)
SELECT ('2000-11-27'::timestamp, NULL::timestamp) OVERLAPS ('2000-11-28'::timestamp, '2000-11-30'::timestamp)
SELECT ('2000-11-27'::timestamp, NULL::timestamp) OVERLAPS (NULL::timestamp, '2000-11-30'::timestamp)
SELECT (NULL::timestamp, '2000-11-27'::timestamp) OVERLAPS ('2000-11-28'::timestamp, '2000-11-30'::timestamp)
SELECT (NULL::timestamp, NULL::timestamp) OVERLAPS ('2000-11-28'::timestamp, '2000-11-30'::timestamp)
SELECT ('2000-11-27'::timestamp, '2000-11-28'::timestamp) OVERLAPS (NULL::timestamp, NULL::timestamp)
SELECT ('2000-11-27'::timestamp, NULL::timestamp) OVERLAPS ('2000-11-27'::timestamp, NULL::timestamp)
SELECT ('2000-11-27'::timestamp, '2000-11-30'::timestamp) OVERLAPS ('2000-11-28'::timestamp, NULL::timestamp)
SELECT ('2000-11-28'::timestamp, NULL::timestamp) OVERLAPS ('2000-11-27'::timestamp, '2000-11-30'::timestamp)
SELECT ('2000-11-30'::timestamp, NULL::timestamp) OVERLAPS ('2000-11-27'::timestamp, '2000-11-28'::timestamp)
SELECT ('2000-11-27'::timestamp, '2000-11-28'::timestamp) OVERLAPS ('2000-11-30'::timestamp, NULL::timestamp)
SELECT ('2000-11-27'::timestamptz, '2000-11-28'::timestamptz) OVERLAPS ('2000-11-28'::timestamptz, '2000-11-30'::timestamptz)
SELECT ('2000-11-27'::timestamptz, '2000-11-30'::timestamptz) OVERLAPS ('2000-11-28'::timestamptz, '2000-11-30'::timestamptz)
SELECT ('2000-11-27'::timestamptz, '2000-11-28'::timestamptz) OVERLAPS ('2000-11-27'::timestamptz, '2000-11-30'::timestamptz)
SELECT ('2000-11-27'::timestamptz, '2000-11-27'::timestamptz) OVERLAPS ('2000-11-27'::timestamptz, '2000-11-28'::timestamptz)
SELECT ('2000-11-27'::timestamptz, '2000-11-27'::timestamptz) OVERLAPS ('2000-11-27'::timestamptz, '2000-11-27'::timestamptz)
SELECT ('2000-11-28'::timestamptz, '2000-11-27'::timestamptz) OVERLAPS ('2000-11-28'::timestamptz, '2000-11-30'::timestamptz)
SELECT ('2000-11-30'::timestamptz, '2000-11-27'::timestamptz) OVERLAPS ('2000-11-28'::timestamptz, '2000-11-28'::timestamptz)
SELECT ('2000-11-27'::timestamptz, NULL::timestamptz) OVERLAPS ('2000-11-28'::timestamptz, '2000-11-30'::timestamptz)
SELECT ('2000-11-27'::timestamptz, NULL::timestamptz) OVERLAPS (NULL::timestamptz, '2000-11-30'::timestamptz)
SELECT (NULL::timestamptz, '2000-11-27'::timestamptz) OVERLAPS ('2000-11-28'::timestamptz, '2000-11-30'::timestamptz)
SELECT (NULL::timestamptz, NULL::timestamptz) OVERLAPS ('2000-11-28'::timestamptz, '2000-11-30'::timestamptz)
SELECT ('2000-11-27'::timestamptz, '2000-11-28'::timestamptz) OVERLAPS (NULL::timestamptz, NULL::timestamptz)
SELECT ('2000-11-27'::timestamptz, NULL::timestamptz) OVERLAPS ('2000-11-27'::timestamptz, NULL::timestamptz)
SELECT ('2000-11-27'::timestamptz, '2000-11-30'::timestamptz) OVERLAPS ('2000-11-28'::timestamptz, NULL::timestamptz)
SELECT ('2000-11-28'::timestamptz, NULL::timestamptz) OVERLAPS ('2000-11-27'::timestamptz, '2000-11-30'::timestamptz)
SELECT ('2000-11-30'::timestamptz, NULL::timestamptz) OVERLAPS ('2000-11-27'::timestamptz, '2000-11-28'::timestamptz)
SELECT ('2000-11-27'::timestamptz, '2000-11-28'::timestamptz) OVERLAPS ('2000-11-30'::timestamptz, NULL::timestamptz)
SELECT (timestamp '2000-11-27', timestamp '2000-11-28') OVERLAPS (timestamp '2000-11-27 12:00', timestamp '2000-11-30') AS "True"
SELECT (timestamp '2000-11-27', timestamp '2000-11-28') OVERLAPS (timestamp '2000-11-27 12:00', interval '1 day')
SELECT (timestamp '2000-11-27', interval '12 hours') OVERLAPS (timestamp '2000-11-27 12:00', timestamp '2000-11-30')
SELECT (timestamp '2000-11-27', interval '12 hours') OVERLAPS (timestamp '2000-11-27', interval '12 hours')
SELECT (timestamp '2000-11-27', interval '-12 hours') OVERLAPS (timestamp '2000-11-26 18:00', interval '1 hour')
SELECT (timestamptz '2000-11-27', interval '1 mon') OVERLAPS (timestamptz '2000-12-26 12:00', interval '1 day')
SELECT (date '2000-11-27', interval '1 mon') OVERLAPS (date '2000-12-27', interval '1 day')
SELECT (date '2000-11-27', 5) OVERLAPS (date '2000-12-27', 7)
SELECT (time '00:00', time '01:00') OVERLAPS (time '00:30', time '01:30')
SELECT (time '00:00', interval '1 hour') OVERLAPS (time '00:30', interval '1 hour')
SELECT (time '00:00', interval '1 hour') OVERLAPS (time '01:30', interval '1 hour')
SELECT (time '00:00', interval '1 hour') OVERLAPS (time '01:30', interval '1 day')
SELECT (time '00:00', interval '1 hour') OVERLAPS (time '01:00', interval '-1 hour')
SELECT (time '23:00', interval '2 hours') OVERLAPS (time '00:30', time '00:45')
SELECT (timetz '00:00+01', timetz '01:00+01') OVERLAPS (timetz '00:30+01', timetz '01:30+02')
SELECT ('2000-01-01', '2000-01-03') OVERLAPS ('2000-01-02', '2000-01-04')
SELECT (date '2000-01-01', '2000-01-03') OVERLAPS ('2000-01-02', '2000-01-04')
SELECT (NULL, NULL) OVERLAPS (NULL, NULL)
SELECT (1, 2) OVERLAPS (3, 4)
SELECT (date '2000-01-01', date '2000-01-01', 1) OVERLAPS (date '2000-01-01', date '2000-01-01')
SELECT (date '2000-01-01', date '2000-01-01') OVERLAPS (date '2000-01-01', 1, 1)
SELECT NOT (date '2000-01-01', date '2000-01-05') OVERLAPS (date '2000-01-02', date '2000-01-03')
SELECT (date '2000-01-01', date '2000-01-05') OVERLAPS (date '2000-01-02', date '2000-01-03') AND true
SELECT (timestamp 'infinity', timestamp '-infinity') OVERLAPS (timestamp '2000-01-01', interval '1 day')
SELECT overlaps(date '2000-01-01', date '2000-01-05', date '2000-01-02', date '2000-01-03')
! CREATE TABLE ov (id int, a date, b date)
! INSERT INTO ov VALUES (1, '2024-01-01', '2024-01-10'), (2, '2024-01-05', NULL), (3, '2024-02-01', '2024-02-02')
SELECT x.id, y.id FROM ov x JOIN ov y ON (x.a, x.b) OVERLAPS (y.a, y.b) AND x.id < y.id ORDER BY 1, 2
SELECT id FROM ov WHERE (a, b) OVERLAPS ($1::date, interval '3 days') ORDER BY id
$ 2024-01-08
SELECT make_interval(days => 10)
SELECT make_interval(days := 10)
SELECT make_interval(weeks => 2, hours => 3)
SELECT make_interval(1, months => 2)
SELECT make_interval(secs => 1.5)
SELECT make_interval(secs => 1, years => 1)
SELECT make_interval(years => 1, months => 2, weeks => 3, days => 4, hours => 5, mins => 6, secs => 7.8)
SELECT make_interval(days => NULL)
SELECT make_interval(days => '3')
SELECT make_interval("days" => 1)
SELECT make_interval(DAYS => 1)
SELECT make_date(year => 2024, month => 2, day => 29)
SELECT make_date(2024, day => 29, month => 2)
SELECT make_date(day => 1, month => 2, year => 2024)
SELECT make_time(hour => 1, min => 2, sec => 3.5)
SELECT make_timestamp(year => 2024, month => 1, mday => 2, hour => 3, min => 4, sec => 5)
SELECT make_timestamptz(year => 2024, month => 1, mday => 2, hour => 3, min => 4, sec => 5, timezone => 'Europe/Berlin')
SELECT jsonb_set('{"a": 1}', '{b}', '2', create_if_missing => false)
SELECT jsonb_set(jsonb_in => '{"a": 1}', path => '{a}', replacement => '2')
SELECT jsonb_insert('[1,2]', '{0}', '3', insert_after => true)
SELECT make_date(2024, 2, 3, day => 1)
SELECT make_interval(days => 1, 2)
SELECT make_interval(nothing => 1)
SELECT upper(x => 'a')
SELECT make_date(year => 2024)
SELECT make_interval(days => 1, days => 2)
SELECT * FROM jsonb_each(from_json => '{"a": 1}')
SELECT value FROM jsonb_array_elements(from_json => '[1, 2]') ORDER BY 1
SELECT date '2024-01-31' + make_interval(months => x) FROM generate_series(1, 3) x ORDER BY x
SELECT make_interval(days => $1)
$ 5
! CREATE TABLE da (id int PRIMARY KEY, g text, s text, v varchar(5), n numeric, c char(3), i interval, b bytea, j jsonb, x float8, y float8)
! INSERT INTO da VALUES (1, 'a', 'x', 'x', 1.0, 'p', '1 day', '\x01', '{"a": 1}', 1, 2), (2, 'a', 'x', 'x', 1.0, 'p', '1 day', '\x01', '{"a": 1}', 1, 2), (3, 'a', 'b', 'b', 2, 'q', '2 days', '\x00', '2', 2, 3), (4, 'b', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL), (5, 'b', 'z', 'z', 3, 'r', '1 mon', '\x02', '[]', 4, 1), (6, 'b', 'b', 'b', 2, 'q', '2 days', '\x00', '2', 2, 3), (7, NULL, '', '', -1, '', '0', '', 'null', 0, 0)
SELECT string_agg(DISTINCT s, ',') FROM da
SELECT g, string_agg(DISTINCT s, ','), count(*) FROM da GROUP BY g ORDER BY g
SELECT string_agg(DISTINCT s, ',' ORDER BY s) FROM da
SELECT g, string_agg(DISTINCT s, ',' ORDER BY s), count(*) FROM da GROUP BY g ORDER BY g
SELECT string_agg(DISTINCT s, ',' ORDER BY s DESC) FROM da
SELECT g, string_agg(DISTINCT s, ',' ORDER BY s DESC), count(*) FROM da GROUP BY g ORDER BY g
SELECT string_agg(DISTINCT s, ',' ORDER BY s DESC NULLS LAST) FROM da
SELECT g, string_agg(DISTINCT s, ',' ORDER BY s DESC NULLS LAST), count(*) FROM da GROUP BY g ORDER BY g
SELECT string_agg(DISTINCT s, ',' ORDER BY id) FROM da
SELECT g, string_agg(DISTINCT s, ',' ORDER BY id), count(*) FROM da GROUP BY g ORDER BY g
SELECT string_agg(DISTINCT s, ',' ORDER BY s, id) FROM da
SELECT g, string_agg(DISTINCT s, ',' ORDER BY s, id), count(*) FROM da GROUP BY g ORDER BY g
SELECT string_agg(DISTINCT s, g ORDER BY s) FROM da
SELECT g, string_agg(DISTINCT s, g ORDER BY s), count(*) FROM da GROUP BY g ORDER BY g
SELECT string_agg(DISTINCT s, g ORDER BY g, s) FROM da
SELECT g, string_agg(DISTINCT s, g ORDER BY g, s), count(*) FROM da GROUP BY g ORDER BY g
SELECT string_agg(DISTINCT s, g ORDER BY g DESC NULLS LAST, s DESC) FROM da
SELECT g, string_agg(DISTINCT s, g ORDER BY g DESC NULLS LAST, s DESC), count(*) FROM da GROUP BY g ORDER BY g
SELECT string_agg(DISTINCT v, ',') FROM da
SELECT g, string_agg(DISTINCT v, ','), count(*) FROM da GROUP BY g ORDER BY g
SELECT string_agg(DISTINCT v, ',' ORDER BY v) FROM da
SELECT string_agg(DISTINCT c, ',' ORDER BY c) FROM da
SELECT g, string_agg(DISTINCT v, ',' ORDER BY v), count(*) FROM da GROUP BY g ORDER BY g
SELECT string_agg(DISTINCT v::text, ',' ORDER BY v::text) FROM da
SELECT g, string_agg(DISTINCT v::text, ',' ORDER BY v::text), count(*) FROM da GROUP BY g ORDER BY g
SELECT string_agg(DISTINCT n::text, ',') FROM da
SELECT g, string_agg(DISTINCT n::text, ','), count(*) FROM da GROUP BY g ORDER BY g
SELECT string_agg(DISTINCT c, ',') FROM da
SELECT g, string_agg(DISTINCT c, ','), count(*) FROM da GROUP BY g ORDER BY g
SELECT string_agg(DISTINCT b, '\xff') FROM da
SELECT g, string_agg(DISTINCT b, '\xff'), count(*) FROM da GROUP BY g ORDER BY g
SELECT string_agg(DISTINCT b, '\xff' ORDER BY b DESC) FROM da
SELECT g, string_agg(DISTINCT b, '\xff' ORDER BY b DESC), count(*) FROM da GROUP BY g ORDER BY g
SELECT string_agg(DISTINCT s, NULL) FROM da
SELECT g, string_agg(DISTINCT s, NULL), count(*) FROM da GROUP BY g ORDER BY g
SELECT string_agg(DISTINCT s, ',') FILTER (WHERE id > 2) FROM da
SELECT g, string_agg(DISTINCT s, ',') FILTER (WHERE id > 2), count(*) FROM da GROUP BY g ORDER BY g
SELECT string_agg(DISTINCT lower(s), ', ' ORDER BY lower(s)) FROM da
SELECT g, string_agg(DISTINCT lower(s), ', ' ORDER BY lower(s)), count(*) FROM da GROUP BY g ORDER BY g
SELECT corr(DISTINCT x, y) FROM da
SELECT g, corr(DISTINCT x, y), count(*) FROM da GROUP BY g ORDER BY g
SELECT covar_pop(DISTINCT y, x) FROM da
SELECT g, covar_pop(DISTINCT y, x), count(*) FROM da GROUP BY g ORDER BY g
SELECT covar_samp(DISTINCT x, y) FROM da
SELECT g, covar_samp(DISTINCT x, y), count(*) FROM da GROUP BY g ORDER BY g
SELECT regr_count(DISTINCT x, y) FROM da
SELECT g, regr_count(DISTINCT x, y), count(*) FROM da GROUP BY g ORDER BY g
SELECT regr_slope(DISTINCT y, x) FROM da
SELECT g, regr_slope(DISTINCT y, x), count(*) FROM da GROUP BY g ORDER BY g
SELECT regr_avgx(DISTINCT y, x) FROM da
SELECT g, regr_avgx(DISTINCT y, x), count(*) FROM da GROUP BY g ORDER BY g
SELECT regr_sxx(DISTINCT y, x) FROM da
SELECT g, regr_sxx(DISTINCT y, x), count(*) FROM da GROUP BY g ORDER BY g
SELECT regr_r2(DISTINCT y, x) FROM da
SELECT g, regr_r2(DISTINCT y, x), count(*) FROM da GROUP BY g ORDER BY g
SELECT regr_intercept(DISTINCT y, x) FROM da
SELECT g, regr_intercept(DISTINCT y, x), count(*) FROM da GROUP BY g ORDER BY g
SELECT json_object_agg(DISTINCT s, id) FILTER (WHERE s IS NOT NULL) FROM da
SELECT g, json_object_agg(DISTINCT s, id) FILTER (WHERE s IS NOT NULL), count(*) FROM da GROUP BY g ORDER BY g
SELECT jsonb_object_agg(DISTINCT s, n) FILTER (WHERE s IS NOT NULL) FROM da
SELECT g, jsonb_object_agg(DISTINCT s, n) FILTER (WHERE s IS NOT NULL), count(*) FROM da GROUP BY g ORDER BY g
SELECT jsonb_object_agg(DISTINCT s, j) FILTER (WHERE s IS NOT NULL) FROM da
SELECT g, jsonb_object_agg(DISTINCT s, j) FILTER (WHERE s IS NOT NULL), count(*) FROM da GROUP BY g ORDER BY g
SELECT json_object_agg(DISTINCT s, j::json) FILTER (WHERE s IS NOT NULL) FROM da
SELECT g, json_object_agg(DISTINCT s, j::json) FILTER (WHERE s IS NOT NULL), count(*) FROM da GROUP BY g ORDER BY g
SELECT json_object_agg(DISTINCT id, i) FROM da
SELECT g, json_object_agg(DISTINCT id, i), count(*) FROM da GROUP BY g ORDER BY g
SELECT jsonb_object_agg(DISTINCT id, c ORDER BY id) FROM da
SELECT g, jsonb_object_agg(DISTINCT id, c ORDER BY id), count(*) FROM da GROUP BY g ORDER BY g
SELECT string_agg(DISTINCT s, ',') FROM da WHERE false
SELECT regr_count(DISTINCT x, y) FROM da WHERE false
SELECT g, string_agg(DISTINCT s, ',' ORDER BY s) FROM da GROUP BY g HAVING string_agg(DISTINCT s, ',') LIKE 'b%' ORDER BY g
SELECT g FROM da GROUP BY g ORDER BY string_agg(DISTINCT s, ','), g
SELECT string_agg(DISTINCT s, ',' ORDER BY s), string_agg(s, ',' ORDER BY s), count(DISTINCT s), array_agg(DISTINCT s ORDER BY s) FROM da
SELECT string_agg(DISTINCT s, ',') OVER () FROM da
SELECT string_agg(DISTINCT 1, ',') FROM da
SELECT string_agg(DISTINCT $1 || s, ',' ORDER BY $1 || s) FROM da
$ q
SELECT g, grouping(g), string_agg(DISTINCT s, ',' ORDER BY s) FROM da GROUP BY ROLLUP (g) ORDER BY 2, 1
SELECT count(*) FILTER (WHERE string_agg(DISTINCT s, ',') = '') FROM da
SELECT (SELECT string_agg(DISTINCT d.s, ',') FROM da d WHERE d.g = da.g) FROM da ORDER BY id
SELECT g, s, count(*) FROM da GROUP BY DISTINCT g, s ORDER BY 1, 2
SELECT g, s, count(*) FROM da GROUP BY ALL g, s ORDER BY 1, 2
SELECT g, s, count(*) FROM da GROUP BY DISTINCT ROLLUP (g, s), ROLLUP (g, s) ORDER BY 1, 2, 3
SELECT g, s, count(*) FROM da GROUP BY ALL ROLLUP (g, s), ROLLUP (g, s) ORDER BY 1, 2, 3
SELECT g, s, count(*) FROM da GROUP BY ROLLUP (g, s), ROLLUP (g, s) ORDER BY 1, 2, 3
SELECT g, count(*) FROM da GROUP BY DISTINCT GROUPING SETS ((g), (g, g), (), ()) ORDER BY 1, 2
SELECT g, s, count(*) FROM da GROUP BY DISTINCT CUBE (g, s), GROUPING SETS (g, s) ORDER BY 1, 2, 3
SELECT count(*) FROM da GROUP BY DISTINCT (), ()
SELECT count(*) FROM da GROUP BY ALL
SELECT count(*) FROM da GROUP BY DISTINCT
SELECT g, s, grouping(g, s) FROM da GROUP BY DISTINCT ROLLUP (g, s), ROLLUP (s, g) ORDER BY 3, 1, 2
SELECT * FROM (SELECT g, count(*) FROM da GROUP BY DISTINCT ROLLUP (g), ROLLUP (g)) q ORDER BY 1, 2
WITH RECURSIVE a AS (SELECT * FROM b), b AS (SELECT 1 AS x) SELECT * FROM a
WITH RECURSIVE a AS (SELECT n FROM b UNION ALL SELECT n + 1 FROM a WHERE n < 5), b(n) AS (VALUES (1)) SELECT * FROM a ORDER BY n
WITH RECURSIVE a AS (SELECT * FROM b), b AS (SELECT * FROM c), c AS (SELECT 1 AS x) SELECT a.x, b.x, c.x FROM a, b, c
WITH RECURSIVE a AS (SELECT * FROM b), b AS (SELECT * FROM a) SELECT * FROM a
WITH RECURSIVE a AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM b), b AS (SELECT * FROM a WHERE n < 5) SELECT * FROM a
WITH a AS (SELECT * FROM b), b AS (SELECT 1 AS x) SELECT * FROM a
WITH RECURSIVE a AS (SELECT 1), a AS (SELECT 2) SELECT * FROM a
WITH RECURSIVE t(j) AS (WITH RECURSIVE s(i) AS (VALUES (1) UNION ALL SELECT i+1 FROM s WHERE i < 3) SELECT i FROM s UNION ALL SELECT j+1 FROM t WHERE j < 3) SELECT * FROM t ORDER BY j
WITH RECURSIVE x(id) AS (VALUES (1) UNION ALL SELECT id+1 FROM x WHERE id < 3), y(id) AS (SELECT id FROM x UNION ALL SELECT id + 10 FROM y WHERE id < 5) SELECT * FROM y ORDER BY 1
WITH RECURSIVE y(id) AS (VALUES (1)), x(id) AS (SELECT * FROM y UNION ALL SELECT id+1 FROM x WHERE id < 5) SELECT * FROM x ORDER BY 1
WITH RECURSIVE x(id) AS (SELECT * FROM y UNION ALL SELECT id+1 FROM x WHERE id < 5), y(id) AS (VALUES (1)) SELECT * FROM x ORDER BY 1
WITH RECURSIVE x(id) AS (VALUES (1) UNION ALL SELECT id+1 FROM x WHERE id < 3), y(id) AS (VALUES (1) UNION ALL SELECT id+1 FROM x WHERE id < 10) SELECT y.*, x.* FROM y LEFT JOIN x USING (id) ORDER BY 1
WITH RECURSIVE x(id) AS (SELECT 1 UNION ALL SELECT id+1 FROM y WHERE id < 5), y(id) AS (SELECT 1 UNION ALL SELECT id+1 FROM x WHERE id < 5) SELECT * FROM x
WITH RECURSIVE d AS (DELETE FROM ov WHERE id = (SELECT x FROM e) RETURNING id), e AS (SELECT 1 AS x) SELECT * FROM d
! CREATE VIEW wv AS WITH RECURSIVE a AS (SELECT * FROM b), b AS (SELECT 1 AS x) SELECT * FROM a
SELECT * FROM wv
! CREATE VIEW nv AS SELECT id, to_number(t, '9G999') AS n, t IS NFC NORMALIZED AS nn, make_interval(days => id) AS i FROM tonum
SELECT * FROM nv WHERE id = 4
! CREATE TABLE conv (id int, b bytea, d date DEFAULT date '2024-01-01' + make_interval(days => 3), CHECK (convert_from(b, 'UTF8') <> 'no'))
INSERT INTO conv (id, b) VALUES (1, 'yes') RETURNING id, d
INSERT INTO conv (id, b) VALUES (1, 'no')
SELECT to_char(5, 'PLRN'), to_char(5, 'RNPL'), to_char(5, 'SGRN'), to_char(-5, 'MIRN'), to_char(5, 'FMRN'), to_char(15, 'RNSG')
SELECT to_char(5, 'RNMI'), to_char(5, '9RN'), to_char(5, 'RN9'), to_char(5, 'SRN'), to_char(5, 'RNS'), to_char(5, 'RNPR'), to_char(5, 'FMPLRN'), to_char(5, 'RN th'), to_char(5, 'x"y"RN"z"')
SELECT to_char(5, 'PLRN SG'), to_char(5, 'FMRNPLRN'), to_char(5,'.RN'), to_char(5,'RNRN'), to_char(5, 'MIRN'), to_char(-5, 'RN'), to_char(-5,'SGRN'), to_char(5::float8, 'RNPL'), to_char(5.4, 'RN'), to_char(5.5, 'RN')
SELECT to_char(5, 'BRN')
SELECT to_char(5, 'LRN')
SELECT to_char(5, 'RNL'), to_char(5, 'DRN'), to_char(5,'GRN')
SELECT to_char(5, 'CRN')
SELECT to_char(5, 'RN,')
SELECT to_char(5, ' RN '), to_char(5, 'aRNb'), to_char(5, 'FMaRNb'), to_char(5, 'RN PL a'), to_char(5, 'PL RN')
SELECT to_char(5, 'rn'), to_char(5, 'FMrnPL'), to_char(5, 'THRN'), to_char(5, 'RNTH'), to_char(5, 'RNth')
