# schema: Extensions
SELECT digest('a', 'md5')
SELECT uuid_generate_v4()
SELECT gen_random_bytes(4)
SELECT public.digest('a', 'md5')
CREATE TABLE not_yet (id uuid DEFAULT uuid_generate_v4())
SELECT name, default_version, installed_version, comment FROM pg_available_extensions WHERE name IN ('uuid-ossp', 'pgcrypto', 'plpgsql') ORDER BY name
SELECT * FROM pg_available_extension_versions WHERE name IN ('uuid-ossp', 'pgcrypto', 'plpgsql') ORDER BY name
SELECT * FROM pg_available_extensions() WHERE name IN ('uuid-ossp', 'pgcrypto', 'plpgsql') ORDER BY name
SELECT name, version, superuser, trusted, relocatable, schema, requires, comment FROM pg_available_extension_versions() WHERE name IN ('uuid-ossp', 'pgcrypto', 'plpgsql') ORDER BY name
SELECT * FROM pg_extension_update_paths('nosuch')
CREATE EXTENSION nosuch
CREATE EXTENSION IF NOT EXISTS nosuch WITH SCHEMA public
CREATE EXTENSION IF NOT EXISTS "nosuch" CASCADE
CREATE EXTENSION pgcrypto VERSION '9.9'
CREATE EXTENSION pgcrypto VERSION '1.0'
CREATE EXTENSION pgcrypto VERSION '1.2'
CREATE EXTENSION pgcrypto VERSION nosuch
CREATE EXTENSION pgcrypto VERSION ''
CREATE EXTENSION pgcrypto VERSION 'a--b'
CREATE EXTENSION pgcrypto VERSION '-b'
CREATE EXTENSION pgcrypto VERSION 'b-'
CREATE EXTENSION pgcrypto VERSION 'a/b'
CREATE EXTENSION pgcrypto VERSION 1.3
CREATE EXTENSION pgcrypto VERSION
CREATE EXTENSION pgcrypto SCHEMA nosuch
CREATE EXTENSION pgcrypto SCHEMA nosuch CASCADE
CREATE EXTENSION pgcrypto SCHEMA pg_catalog
CREATE EXTENSION pgcrypto SCHEMA pg_temp
CREATE EXTENSION pgcrypto SCHEMA public SCHEMA public
CREATE EXTENSION pgcrypto VERSION '1.3' VERSION '1.3'
CREATE EXTENSION pgcrypto CASCADE CASCADE
CREATE EXTENSION pgcrypto WITH WITH
CREATE EXTENSION pgcrypto FROM unpackaged
CREATE EXTENSION pgcrypto FROM '1.0'
CREATE EXTENSION plpgsql FROM '1.0'
CREATE EXTENSION plpgsql
CREATE EXTENSION plpgsql SCHEMA nosuch VERSION '7'
CREATE EXTENSION IF NOT EXISTS plpgsql SCHEMA public SCHEMA public
CREATE EXTENSION "a/b"
CREATE EXTENSION "a--b"
CREATE EXTENSION "-a"
CREATE EXTENSION "a-"
CREATE EXTENSION ""
CREATE EXTENSION a.b
CREATE EXTENSION
CREATE EXTENSION IF EXISTS pgcrypto
DROP EXTENSION nosuch
DROP EXTENSION pgcrypto
DROP EXTENSION IF EXISTS nosuch, pgcrypto, "uuid-ossp"
DROP EXTENSION a.b
DROP EXTENSION
DROP EXTENSION nosuch CASCADE RESTRICT
ALTER EXTENSION nosuch UPDATE
ALTER EXTENSION nosuch SET SCHEMA public
ALTER EXTENSION nosuch ADD TABLE x
ALTER EXTENSION plpgsql UPDATE
ALTER EXTENSION plpgsql UPDATE TO '1.0'
ALTER EXTENSION plpgsql UPDATE TO '1.1'
ALTER EXTENSION plpgsql UPDATE TO 'a--b'
ALTER EXTENSION plpgsql UPDATE '1.0'
ALTER EXTENSION plpgsql UPDATE TO 1.0
ALTER EXTENSION plpgsql UPDATE TO '1.0' TO '1.0'
ALTER EXTENSION plpgsql SET SCHEMA public
ALTER EXTENSION plpgsql RENAME TO x
ALTER EXTENSION plpgsql OWNER TO postgres
ALTER EXTENSION plpgsql
COMMENT ON EXTENSION nosuch IS 'x'
COMMENT ON EXTENSION pgcrypto IS 'x'
SET search_path = nosuch
CREATE EXTENSION pgcrypto
RESET search_path
CREATE EXTENSION "uuid-ossp"
CREATE EXTENSION "uuid-ossp"
CREATE EXTENSION IF NOT EXISTS "uuid-ossp"
CREATE EXTENSION IF NOT EXISTS "uuid-ossp" SCHEMA nosuch VERSION '77'
CREATE SCHEMA ext
CREATE EXTENSION pgcrypto WITH SCHEMA ext VERSION '1.3' CASCADE
SELECT extname, extversion, extrelocatable, extnamespace::regnamespace::text, extowner::regrole, extconfig, extcondition FROM pg_extension ORDER BY extname
SELECT name, default_version, installed_version FROM pg_available_extensions WHERE name IN ('uuid-ossp', 'pgcrypto') ORDER BY name
SELECT name, installed FROM pg_available_extension_versions WHERE name IN ('uuid-ossp', 'pgcrypto') ORDER BY name
SELECT obj_description(oid, 'pg_extension') FROM pg_extension ORDER BY extname
SELECT d.description FROM pg_description d JOIN pg_extension e ON e.oid = d.objoid AND d.classoid = 'pg_extension'::regclass ORDER BY 1
SELECT e.extname, count(*) FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname <> 'plpgsql' GROUP BY 1 ORDER BY 1
SELECT pg_describe_object(d.classid, d.objid, 0) AS "Object description" FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname <> 'plpgsql' ORDER BY 1
SELECT pg_describe_object(d.classid, d.objid, d.objsubid), pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid) FROM pg_depend d WHERE d.classid = 'pg_extension'::regclass ORDER BY 1
SELECT p.proname, p.pronamespace::regnamespace::text, p.proargtypes, p.prorettype::regtype, p.provolatile, p.proisstrict, p.proretset, p.proparallel, p.prosrc, p.probin, p.pronargs, p.proargnames FROM pg_proc p WHERE p.pronamespace <> 'pg_catalog'::regnamespace AND p.pronamespace <> 'information_schema'::regnamespace ORDER BY 1, 3
SELECT pg_get_function_arguments(oid), pg_get_function_identity_arguments(oid), pg_get_function_result(oid) FROM pg_proc WHERE proname IN ('uuid_generate_v3', 'pgp_armor_headers', 'gen_random_bytes', 'hmac') ORDER BY 1
SELECT routine_schema, routine_name, data_type, external_language, is_deterministic FROM information_schema.routines WHERE routine_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2, 3, 5
SELECT 'uuid_nil'::regproc::text, 'uuid_nil()'::regprocedure::text, 'ext.digest(text,text)'::regprocedure::text, 'ext.crypt'::regproc::text, 'ext.gen_random_uuid'::regproc::text, 'public.uuid_nil'::regproc::text
SELECT to_regproc('crypt')::text, to_regproc('ext.crypt')::text, to_regproc('ext.hmac')::text, to_regproc('nosuch.x')::text, to_regprocedure('ext.hmac(text,text,text)')::text, to_regprocedure('hmac(text,text,text)')::text
SELECT pg_function_is_visible('ext.crypt'::regproc), pg_function_is_visible('uuid_nil'::regproc), pg_function_is_visible('ext.gen_random_uuid'::regproc), pg_function_is_visible(0)
SELECT pg_describe_object('pg_class'::regclass, 'pg_class'::regclass, 0), pg_describe_object('pg_class'::regclass, 'pg_class'::regclass, 1), pg_describe_object(0, 0, 0), pg_describe_object('pg_proc'::regclass, 1, 0), pg_describe_object('pg_namespace'::regclass, 'public'::regnamespace, 0), pg_describe_object('pg_type'::regclass, 23, 0), pg_describe_object('pg_type'::regclass, 'int[]'::regtype, 0), pg_describe_object('pg_proc'::regclass, 'uuid_generate_v3'::regproc, 0)
SELECT pg_describe_object(12345, 1, 0)
SELECT digest('a', 'md5')
SELECT ext.digest('a', 'md5')
SELECT ext.digest('a', 'md5') AS x, ext.digest('a'::bytea, 'md5')
SELECT ext.digest('a')
SELECT ext.digest('a', 1)
SELECT ext.digest(1, 'md5')
SELECT ext.digest(NULL, 'md5'), ext.digest('a', NULL)
SELECT nosuch.digest('a', 'md5')
SELECT pg_catalog.digest('a', 'md5')
SELECT public.digest('a', 'md5')
SELECT ext.abs(1)
SELECT ext.nosuch(1)
SELECT pg_catalog.nosuch(1)
SELECT postgres.ext.uuid_nil()
SELECT nosuch.ext.digest('a', 'md5')
SELECT ext.digest(DISTINCT 'a', 'md5')
SELECT ext.digest(*)
SELECT ext.digest('a', 'md5') OVER ()
SELECT ext.digest('a', 'md5') FILTER (WHERE true)
SELECT uuid_generate_v4(1)
SELECT uuid_generate_v3('a', 'b')
SELECT uuid_generate_v3(1, 'b')
SELECT uuid_generate_v3('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'b')
SELECT "uuid_nil"(), public."uuid_nil"()
SELECT * FROM uuid_nil()
SELECT * FROM public.uuid_nil() AS f(x)
SELECT * FROM public.uuid_nil() WITH ORDINALITY
SELECT f FROM ext.digest('a', 'md5') f
SELECT * FROM ext.nosuch('a')
SELECT uuid_nil, uuid_ns_dns() FROM uuid_nil()
SELECT pg_typeof(uuid_nil()), pg_typeof(ext.digest('a', 'md5')), pg_typeof(ext.crypt('a', '$1$a'))
SELECT uuid_nil(), uuid_ns_dns(), uuid_ns_url(), uuid_ns_oid(), uuid_ns_x500()
SELECT uuid_generate_v3(uuid_ns_dns(), 'www.widgets.com'), uuid_generate_v5(uuid_ns_dns(), 'www.widgets.com')
SELECT uuid_generate_v3(uuid_ns_url(), ''), uuid_generate_v5(uuid_ns_url(), '')
SELECT uuid_generate_v3(uuid_ns_x500(), 'päß'), uuid_generate_v5(uuid_ns_oid(), repeat('x', 1000))
SELECT uuid_generate_v3(NULL, 'a'), uuid_generate_v5(uuid_nil(), NULL)
SELECT substr(uuid_generate_v1()::text, 15, 1), substr(uuid_generate_v1mc()::text, 15, 1), substr(uuid_generate_v4()::text, 15, 1)
SELECT uuid_generate_v1() = uuid_generate_v1(), uuid_generate_v4() = uuid_generate_v4(), uuid_generate_v1mc() = uuid_generate_v1mc()
SELECT substr(uuid_generate_v1()::text, 20, 1) IN ('8', '9', 'a', 'b'), substr(uuid_generate_v4()::text, 20, 1) IN ('8', '9', 'a', 'b')
SELECT right(uuid_generate_v1()::text, 12) = right(uuid_generate_v1()::text, 12), right(uuid_generate_v1mc()::text, 12) = right(uuid_generate_v1mc()::text, 12)
SELECT count(DISTINCT uuid_generate_v1()) FROM generate_series(1, 300)
SELECT count(DISTINCT uuid_generate_v4()) FROM generate_series(1, 300)
SELECT count(DISTINCT ext.gen_random_uuid()), count(DISTINCT ext.gen_random_bytes(16)) FROM generate_series(1, 300)
SELECT length(ext.gen_random_bytes(1)), length(ext.gen_random_bytes(16)), length(ext.gen_random_bytes(1024)), ext.gen_random_bytes(NULL)
SELECT ext.gen_random_bytes(0)
SELECT ext.gen_random_bytes(-1)
SELECT ext.gen_random_bytes(1025)
SELECT ext.gen_random_bytes(3000000000)
SET search_path = public, ext
SELECT digest('', 'md5'), encode(digest(('')::text::bytea, 'MD5'), 'hex')
SELECT digest('a', 'md5'), encode(digest(('a')::text::bytea, 'MD5'), 'hex')
SELECT digest('abc', 'md5'), encode(digest(('abc')::text::bytea, 'MD5'), 'hex')
SELECT digest('message digest', 'md5'), encode(digest(('message digest')::text::bytea, 'MD5'), 'hex')
SELECT digest('abcdefghijklmnopqrstuvwxyz', 'md5'), encode(digest(('abcdefghijklmnopqrstuvwxyz')::text::bytea, 'MD5'), 'hex')
SELECT digest(repeat('1234567890', 8), 'md5'), encode(digest((repeat('1234567890', 8))::text::bytea, 'MD5'), 'hex')
SELECT digest('päß €', 'md5'), encode(digest(('päß €')::text::bytea, 'MD5'), 'hex')
SELECT hmac('what do ya want for nothing?', '', 'md5'), hmac('\x00ff'::bytea, ''::text::bytea, 'md5')
SELECT hmac('what do ya want for nothing?', 'Jefe', 'md5'), hmac('\x00ff'::bytea, 'Jefe'::text::bytea, 'md5')
SELECT hmac('what do ya want for nothing?', repeat('k', 64), 'md5'), hmac('\x00ff'::bytea, repeat('k', 64)::text::bytea, 'md5')
SELECT hmac('what do ya want for nothing?', repeat('k', 65), 'md5'), hmac('\x00ff'::bytea, repeat('k', 65)::text::bytea, 'md5')
SELECT hmac('what do ya want for nothing?', repeat('key', 100), 'md5'), hmac('\x00ff'::bytea, repeat('key', 100)::text::bytea, 'md5')
SELECT digest('', 'sha1'), encode(digest(('')::text::bytea, 'SHA1'), 'hex')
SELECT digest('a', 'sha1'), encode(digest(('a')::text::bytea, 'SHA1'), 'hex')
SELECT digest('abc', 'sha1'), encode(digest(('abc')::text::bytea, 'SHA1'), 'hex')
SELECT digest('message digest', 'sha1'), encode(digest(('message digest')::text::bytea, 'SHA1'), 'hex')
SELECT digest('abcdefghijklmnopqrstuvwxyz', 'sha1'), encode(digest(('abcdefghijklmnopqrstuvwxyz')::text::bytea, 'SHA1'), 'hex')
SELECT digest(repeat('1234567890', 8), 'sha1'), encode(digest((repeat('1234567890', 8))::text::bytea, 'SHA1'), 'hex')
SELECT digest('päß €', 'sha1'), encode(digest(('päß €')::text::bytea, 'SHA1'), 'hex')
SELECT hmac('what do ya want for nothing?', '', 'sha1'), hmac('\x00ff'::bytea, ''::text::bytea, 'sha1')
SELECT hmac('what do ya want for nothing?', 'Jefe', 'sha1'), hmac('\x00ff'::bytea, 'Jefe'::text::bytea, 'sha1')
SELECT hmac('what do ya want for nothing?', repeat('k', 64), 'sha1'), hmac('\x00ff'::bytea, repeat('k', 64)::text::bytea, 'sha1')
SELECT hmac('what do ya want for nothing?', repeat('k', 65), 'sha1'), hmac('\x00ff'::bytea, repeat('k', 65)::text::bytea, 'sha1')
SELECT hmac('what do ya want for nothing?', repeat('key', 100), 'sha1'), hmac('\x00ff'::bytea, repeat('key', 100)::text::bytea, 'sha1')
SELECT digest('', 'sha224'), encode(digest(('')::text::bytea, 'SHA224'), 'hex')
SELECT digest('a', 'sha224'), encode(digest(('a')::text::bytea, 'SHA224'), 'hex')
SELECT digest('abc', 'sha224'), encode(digest(('abc')::text::bytea, 'SHA224'), 'hex')
SELECT digest('message digest', 'sha224'), encode(digest(('message digest')::text::bytea, 'SHA224'), 'hex')
SELECT digest('abcdefghijklmnopqrstuvwxyz', 'sha224'), encode(digest(('abcdefghijklmnopqrstuvwxyz')::text::bytea, 'SHA224'), 'hex')
SELECT digest(repeat('1234567890', 8), 'sha224'), encode(digest((repeat('1234567890', 8))::text::bytea, 'SHA224'), 'hex')
SELECT digest('päß €', 'sha224'), encode(digest(('päß €')::text::bytea, 'SHA224'), 'hex')
SELECT hmac('what do ya want for nothing?', '', 'sha224'), hmac('\x00ff'::bytea, ''::text::bytea, 'sha224')
SELECT hmac('what do ya want for nothing?', 'Jefe', 'sha224'), hmac('\x00ff'::bytea, 'Jefe'::text::bytea, 'sha224')
SELECT hmac('what do ya want for nothing?', repeat('k', 64), 'sha224'), hmac('\x00ff'::bytea, repeat('k', 64)::text::bytea, 'sha224')
SELECT hmac('what do ya want for nothing?', repeat('k', 65), 'sha224'), hmac('\x00ff'::bytea, repeat('k', 65)::text::bytea, 'sha224')
SELECT hmac('what do ya want for nothing?', repeat('key', 100), 'sha224'), hmac('\x00ff'::bytea, repeat('key', 100)::text::bytea, 'sha224')
SELECT digest('', 'sha256'), encode(digest(('')::text::bytea, 'SHA256'), 'hex')
SELECT digest('a', 'sha256'), encode(digest(('a')::text::bytea, 'SHA256'), 'hex')
SELECT digest('abc', 'sha256'), encode(digest(('abc')::text::bytea, 'SHA256'), 'hex')
SELECT digest('message digest', 'sha256'), encode(digest(('message digest')::text::bytea, 'SHA256'), 'hex')
SELECT digest('abcdefghijklmnopqrstuvwxyz', 'sha256'), encode(digest(('abcdefghijklmnopqrstuvwxyz')::text::bytea, 'SHA256'), 'hex')
SELECT digest(repeat('1234567890', 8), 'sha256'), encode(digest((repeat('1234567890', 8))::text::bytea, 'SHA256'), 'hex')
SELECT digest('päß €', 'sha256'), encode(digest(('päß €')::text::bytea, 'SHA256'), 'hex')
SELECT hmac('what do ya want for nothing?', '', 'sha256'), hmac('\x00ff'::bytea, ''::text::bytea, 'sha256')
SELECT hmac('what do ya want for nothing?', 'Jefe', 'sha256'), hmac('\x00ff'::bytea, 'Jefe'::text::bytea, 'sha256')
SELECT hmac('what do ya want for nothing?', repeat('k', 64), 'sha256'), hmac('\x00ff'::bytea, repeat('k', 64)::text::bytea, 'sha256')
SELECT hmac('what do ya want for nothing?', repeat('k', 65), 'sha256'), hmac('\x00ff'::bytea, repeat('k', 65)::text::bytea, 'sha256')
SELECT hmac('what do ya want for nothing?', repeat('key', 100), 'sha256'), hmac('\x00ff'::bytea, repeat('key', 100)::text::bytea, 'sha256')
SELECT digest('', 'sha384'), encode(digest(('')::text::bytea, 'SHA384'), 'hex')
SELECT digest('a', 'sha384'), encode(digest(('a')::text::bytea, 'SHA384'), 'hex')
SELECT digest('abc', 'sha384'), encode(digest(('abc')::text::bytea, 'SHA384'), 'hex')
SELECT digest('message digest', 'sha384'), encode(digest(('message digest')::text::bytea, 'SHA384'), 'hex')
SELECT digest('abcdefghijklmnopqrstuvwxyz', 'sha384'), encode(digest(('abcdefghijklmnopqrstuvwxyz')::text::bytea, 'SHA384'), 'hex')
SELECT digest(repeat('1234567890', 8), 'sha384'), encode(digest((repeat('1234567890', 8))::text::bytea, 'SHA384'), 'hex')
SELECT digest('päß €', 'sha384'), encode(digest(('päß €')::text::bytea, 'SHA384'), 'hex')
SELECT hmac('what do ya want for nothing?', '', 'sha384'), hmac('\x00ff'::bytea, ''::text::bytea, 'sha384')
SELECT hmac('what do ya want for nothing?', 'Jefe', 'sha384'), hmac('\x00ff'::bytea, 'Jefe'::text::bytea, 'sha384')
SELECT hmac('what do ya want for nothing?', repeat('k', 64), 'sha384'), hmac('\x00ff'::bytea, repeat('k', 64)::text::bytea, 'sha384')
SELECT hmac('what do ya want for nothing?', repeat('k', 65), 'sha384'), hmac('\x00ff'::bytea, repeat('k', 65)::text::bytea, 'sha384')
SELECT hmac('what do ya want for nothing?', repeat('key', 100), 'sha384'), hmac('\x00ff'::bytea, repeat('key', 100)::text::bytea, 'sha384')
SELECT digest('', 'sha512'), encode(digest(('')::text::bytea, 'SHA512'), 'hex')
SELECT digest('a', 'sha512'), encode(digest(('a')::text::bytea, 'SHA512'), 'hex')
SELECT digest('abc', 'sha512'), encode(digest(('abc')::text::bytea, 'SHA512'), 'hex')
SELECT digest('message digest', 'sha512'), encode(digest(('message digest')::text::bytea, 'SHA512'), 'hex')
SELECT digest('abcdefghijklmnopqrstuvwxyz', 'sha512'), encode(digest(('abcdefghijklmnopqrstuvwxyz')::text::bytea, 'SHA512'), 'hex')
SELECT digest(repeat('1234567890', 8), 'sha512'), encode(digest((repeat('1234567890', 8))::text::bytea, 'SHA512'), 'hex')
SELECT digest('päß €', 'sha512'), encode(digest(('päß €')::text::bytea, 'SHA512'), 'hex')
SELECT hmac('what do ya want for nothing?', '', 'sha512'), hmac('\x00ff'::bytea, ''::text::bytea, 'sha512')
SELECT hmac('what do ya want for nothing?', 'Jefe', 'sha512'), hmac('\x00ff'::bytea, 'Jefe'::text::bytea, 'sha512')
SELECT hmac('what do ya want for nothing?', repeat('k', 64), 'sha512'), hmac('\x00ff'::bytea, repeat('k', 64)::text::bytea, 'sha512')
SELECT hmac('what do ya want for nothing?', repeat('k', 65), 'sha512'), hmac('\x00ff'::bytea, repeat('k', 65)::text::bytea, 'sha512')
SELECT hmac('what do ya want for nothing?', repeat('key', 100), 'sha512'), hmac('\x00ff'::bytea, repeat('key', 100)::text::bytea, 'sha512')
SELECT hmac('a', 'k', 'nosuch')
SELECT hmac(NULL, 'k', 'md5'), hmac('a', NULL, 'md5'), hmac('a', 'k', NULL)
SELECT hmac('a', 'k')
SELECT digest('a', 'nosuch')
SELECT digest('a', '')
SELECT digest('a', 'sha-1')
SELECT digest('a', 'SHA2-256')
SELECT digest('a', 'sha2-512')
SELECT digest('a', 'RSA-SHA256')
SELECT digest('a', 'ssl3-md5')
SELECT digest('a', 'sha256 ')
SELECT digest('a', 'FOO')
SELECT digest('a', 'sha3-256')
SELECT digest('a', 'ripemd160')
SELECT digest('a', 'md4')
SELECT digest('a', 'blake2b512')
SELECT digest('a', 'sha512-256')
SELECT digest('a', repeat('x', 100))
SELECT encrypt('some data', '', 'aes'), decrypt(encrypt('some data', '', 'aes'), '', 'aes')
SELECT encrypt('some data', 'key', 'aes'), decrypt(encrypt('some data', 'key', 'aes'), 'key', 'aes')
SELECT encrypt('some data', '0123456789abcdef', 'aes'), decrypt(encrypt('some data', '0123456789abcdef', 'aes'), '0123456789abcdef', 'aes')
SELECT encrypt('some data', repeat('k', 17)::bytea, 'aes'), decrypt(encrypt('some data', repeat('k', 17)::bytea, 'aes'), repeat('k', 17)::bytea, 'aes')
SELECT encrypt('some data', repeat('k', 24)::bytea, 'aes'), decrypt(encrypt('some data', repeat('k', 24)::bytea, 'aes'), repeat('k', 24)::bytea, 'aes')
SELECT encrypt('some data', repeat('k', 32)::bytea, 'aes'), decrypt(encrypt('some data', repeat('k', 32)::bytea, 'aes'), repeat('k', 32)::bytea, 'aes')
SELECT encrypt('some data', repeat('k', 40)::bytea, 'aes'), decrypt(encrypt('some data', repeat('k', 40)::bytea, 'aes'), repeat('k', 40)::bytea, 'aes')
SELECT encrypt('some data', '', 'aes-cbc'), decrypt(encrypt('some data', '', 'aes-cbc'), '', 'aes-cbc')
SELECT encrypt('some data', 'key', 'aes-cbc'), decrypt(encrypt('some data', 'key', 'aes-cbc'), 'key', 'aes-cbc')
SELECT encrypt('some data', '0123456789abcdef', 'aes-cbc'), decrypt(encrypt('some data', '0123456789abcdef', 'aes-cbc'), '0123456789abcdef', 'aes-cbc')
SELECT encrypt('some data', repeat('k', 17)::bytea, 'aes-cbc'), decrypt(encrypt('some data', repeat('k', 17)::bytea, 'aes-cbc'), repeat('k', 17)::bytea, 'aes-cbc')
SELECT encrypt('some data', repeat('k', 24)::bytea, 'aes-cbc'), decrypt(encrypt('some data', repeat('k', 24)::bytea, 'aes-cbc'), repeat('k', 24)::bytea, 'aes-cbc')
SELECT encrypt('some data', repeat('k', 32)::bytea, 'aes-cbc'), decrypt(encrypt('some data', repeat('k', 32)::bytea, 'aes-cbc'), repeat('k', 32)::bytea, 'aes-cbc')
SELECT encrypt('some data', repeat('k', 40)::bytea, 'aes-cbc'), decrypt(encrypt('some data', repeat('k', 40)::bytea, 'aes-cbc'), repeat('k', 40)::bytea, 'aes-cbc')
SELECT encrypt('some data', '', 'aes-ecb'), decrypt(encrypt('some data', '', 'aes-ecb'), '', 'aes-ecb')
SELECT encrypt('some data', 'key', 'aes-ecb'), decrypt(encrypt('some data', 'key', 'aes-ecb'), 'key', 'aes-ecb')
SELECT encrypt('some data', '0123456789abcdef', 'aes-ecb'), decrypt(encrypt('some data', '0123456789abcdef', 'aes-ecb'), '0123456789abcdef', 'aes-ecb')
SELECT encrypt('some data', repeat('k', 17)::bytea, 'aes-ecb'), decrypt(encrypt('some data', repeat('k', 17)::bytea, 'aes-ecb'), repeat('k', 17)::bytea, 'aes-ecb')
SELECT encrypt('some data', repeat('k', 24)::bytea, 'aes-ecb'), decrypt(encrypt('some data', repeat('k', 24)::bytea, 'aes-ecb'), repeat('k', 24)::bytea, 'aes-ecb')
SELECT encrypt('some data', repeat('k', 32)::bytea, 'aes-ecb'), decrypt(encrypt('some data', repeat('k', 32)::bytea, 'aes-ecb'), repeat('k', 32)::bytea, 'aes-ecb')
SELECT encrypt('some data', repeat('k', 40)::bytea, 'aes-ecb'), decrypt(encrypt('some data', repeat('k', 40)::bytea, 'aes-ecb'), repeat('k', 40)::bytea, 'aes-ecb')
SELECT encrypt('some data', '', 'aes-cbc/pad:pkcs'), decrypt(encrypt('some data', '', 'aes-cbc/pad:pkcs'), '', 'aes-cbc/pad:pkcs')
SELECT encrypt('some data', 'key', 'aes-cbc/pad:pkcs'), decrypt(encrypt('some data', 'key', 'aes-cbc/pad:pkcs'), 'key', 'aes-cbc/pad:pkcs')
SELECT encrypt('some data', '0123456789abcdef', 'aes-cbc/pad:pkcs'), decrypt(encrypt('some data', '0123456789abcdef', 'aes-cbc/pad:pkcs'), '0123456789abcdef', 'aes-cbc/pad:pkcs')
SELECT encrypt('some data', repeat('k', 17)::bytea, 'aes-cbc/pad:pkcs'), decrypt(encrypt('some data', repeat('k', 17)::bytea, 'aes-cbc/pad:pkcs'), repeat('k', 17)::bytea, 'aes-cbc/pad:pkcs')
SELECT encrypt('some data', repeat('k', 24)::bytea, 'aes-cbc/pad:pkcs'), decrypt(encrypt('some data', repeat('k', 24)::bytea, 'aes-cbc/pad:pkcs'), repeat('k', 24)::bytea, 'aes-cbc/pad:pkcs')
SELECT encrypt('some data', repeat('k', 32)::bytea, 'aes-cbc/pad:pkcs'), decrypt(encrypt('some data', repeat('k', 32)::bytea, 'aes-cbc/pad:pkcs'), repeat('k', 32)::bytea, 'aes-cbc/pad:pkcs')
SELECT encrypt('some data', repeat('k', 40)::bytea, 'aes-cbc/pad:pkcs'), decrypt(encrypt('some data', repeat('k', 40)::bytea, 'aes-cbc/pad:pkcs'), repeat('k', 40)::bytea, 'aes-cbc/pad:pkcs')
SELECT encrypt('some data', '', 'aes-ecb/pad:pkcs'), decrypt(encrypt('some data', '', 'aes-ecb/pad:pkcs'), '', 'aes-ecb/pad:pkcs')
SELECT encrypt('some data', 'key', 'aes-ecb/pad:pkcs'), decrypt(encrypt('some data', 'key', 'aes-ecb/pad:pkcs'), 'key', 'aes-ecb/pad:pkcs')
SELECT encrypt('some data', '0123456789abcdef', 'aes-ecb/pad:pkcs'), decrypt(encrypt('some data', '0123456789abcdef', 'aes-ecb/pad:pkcs'), '0123456789abcdef', 'aes-ecb/pad:pkcs')
SELECT encrypt('some data', repeat('k', 17)::bytea, 'aes-ecb/pad:pkcs'), decrypt(encrypt('some data', repeat('k', 17)::bytea, 'aes-ecb/pad:pkcs'), repeat('k', 17)::bytea, 'aes-ecb/pad:pkcs')
SELECT encrypt('some data', repeat('k', 24)::bytea, 'aes-ecb/pad:pkcs'), decrypt(encrypt('some data', repeat('k', 24)::bytea, 'aes-ecb/pad:pkcs'), repeat('k', 24)::bytea, 'aes-ecb/pad:pkcs')
SELECT encrypt('some data', repeat('k', 32)::bytea, 'aes-ecb/pad:pkcs'), decrypt(encrypt('some data', repeat('k', 32)::bytea, 'aes-ecb/pad:pkcs'), repeat('k', 32)::bytea, 'aes-ecb/pad:pkcs')
SELECT encrypt('some data', repeat('k', 40)::bytea, 'aes-ecb/pad:pkcs'), decrypt(encrypt('some data', repeat('k', 40)::bytea, 'aes-ecb/pad:pkcs'), repeat('k', 40)::bytea, 'aes-ecb/pad:pkcs')
SELECT encrypt('some data', '', 'AES'), decrypt(encrypt('some data', '', 'AES'), '', 'AES')
SELECT encrypt('some data', 'key', 'AES'), decrypt(encrypt('some data', 'key', 'AES'), 'key', 'AES')
SELECT encrypt('some data', '0123456789abcdef', 'AES'), decrypt(encrypt('some data', '0123456789abcdef', 'AES'), '0123456789abcdef', 'AES')
SELECT encrypt('some data', repeat('k', 17)::bytea, 'AES'), decrypt(encrypt('some data', repeat('k', 17)::bytea, 'AES'), repeat('k', 17)::bytea, 'AES')
SELECT encrypt('some data', repeat('k', 24)::bytea, 'AES'), decrypt(encrypt('some data', repeat('k', 24)::bytea, 'AES'), repeat('k', 24)::bytea, 'AES')
SELECT encrypt('some data', repeat('k', 32)::bytea, 'AES'), decrypt(encrypt('some data', repeat('k', 32)::bytea, 'AES'), repeat('k', 32)::bytea, 'AES')
SELECT encrypt('some data', repeat('k', 40)::bytea, 'AES'), decrypt(encrypt('some data', repeat('k', 40)::bytea, 'AES'), repeat('k', 40)::bytea, 'AES')
SELECT encrypt('some data', '', 'rijndael'), decrypt(encrypt('some data', '', 'rijndael'), '', 'rijndael')
SELECT encrypt('some data', 'key', 'rijndael'), decrypt(encrypt('some data', 'key', 'rijndael'), 'key', 'rijndael')
SELECT encrypt('some data', '0123456789abcdef', 'rijndael'), decrypt(encrypt('some data', '0123456789abcdef', 'rijndael'), '0123456789abcdef', 'rijndael')
SELECT encrypt('some data', repeat('k', 17)::bytea, 'rijndael'), decrypt(encrypt('some data', repeat('k', 17)::bytea, 'rijndael'), repeat('k', 17)::bytea, 'rijndael')
SELECT encrypt('some data', repeat('k', 24)::bytea, 'rijndael'), decrypt(encrypt('some data', repeat('k', 24)::bytea, 'rijndael'), repeat('k', 24)::bytea, 'rijndael')
SELECT encrypt('some data', repeat('k', 32)::bytea, 'rijndael'), decrypt(encrypt('some data', repeat('k', 32)::bytea, 'rijndael'), repeat('k', 32)::bytea, 'rijndael')
SELECT encrypt('some data', repeat('k', 40)::bytea, 'rijndael'), decrypt(encrypt('some data', repeat('k', 40)::bytea, 'rijndael'), repeat('k', 40)::bytea, 'rijndael')
SELECT encrypt('some data', '', 'rijndael-ecb'), decrypt(encrypt('some data', '', 'rijndael-ecb'), '', 'rijndael-ecb')
SELECT encrypt('some data', 'key', 'rijndael-ecb'), decrypt(encrypt('some data', 'key', 'rijndael-ecb'), 'key', 'rijndael-ecb')
SELECT encrypt('some data', '0123456789abcdef', 'rijndael-ecb'), decrypt(encrypt('some data', '0123456789abcdef', 'rijndael-ecb'), '0123456789abcdef', 'rijndael-ecb')
SELECT encrypt('some data', repeat('k', 17)::bytea, 'rijndael-ecb'), decrypt(encrypt('some data', repeat('k', 17)::bytea, 'rijndael-ecb'), repeat('k', 17)::bytea, 'rijndael-ecb')
SELECT encrypt('some data', repeat('k', 24)::bytea, 'rijndael-ecb'), decrypt(encrypt('some data', repeat('k', 24)::bytea, 'rijndael-ecb'), repeat('k', 24)::bytea, 'rijndael-ecb')
SELECT encrypt('some data', repeat('k', 32)::bytea, 'rijndael-ecb'), decrypt(encrypt('some data', repeat('k', 32)::bytea, 'rijndael-ecb'), repeat('k', 32)::bytea, 'rijndael-ecb')
SELECT encrypt('some data', repeat('k', 40)::bytea, 'rijndael-ecb'), decrypt(encrypt('some data', repeat('k', 40)::bytea, 'rijndael-ecb'), repeat('k', 40)::bytea, 'rijndael-ecb')
SELECT encrypt('some data', '', 'aes//pad:pkcs'), decrypt(encrypt('some data', '', 'aes//pad:pkcs'), '', 'aes//pad:pkcs')
SELECT encrypt('some data', 'key', 'aes//pad:pkcs'), decrypt(encrypt('some data', 'key', 'aes//pad:pkcs'), 'key', 'aes//pad:pkcs')
SELECT encrypt('some data', '0123456789abcdef', 'aes//pad:pkcs'), decrypt(encrypt('some data', '0123456789abcdef', 'aes//pad:pkcs'), '0123456789abcdef', 'aes//pad:pkcs')
SELECT encrypt('some data', repeat('k', 17)::bytea, 'aes//pad:pkcs'), decrypt(encrypt('some data', repeat('k', 17)::bytea, 'aes//pad:pkcs'), repeat('k', 17)::bytea, 'aes//pad:pkcs')
SELECT encrypt('some data', repeat('k', 24)::bytea, 'aes//pad:pkcs'), decrypt(encrypt('some data', repeat('k', 24)::bytea, 'aes//pad:pkcs'), repeat('k', 24)::bytea, 'aes//pad:pkcs')
SELECT encrypt('some data', repeat('k', 32)::bytea, 'aes//pad:pkcs'), decrypt(encrypt('some data', repeat('k', 32)::bytea, 'aes//pad:pkcs'), repeat('k', 32)::bytea, 'aes//pad:pkcs')
SELECT encrypt('some data', repeat('k', 40)::bytea, 'aes//pad:pkcs'), decrypt(encrypt('some data', repeat('k', 40)::bytea, 'aes//pad:pkcs'), repeat('k', 40)::bytea, 'aes//pad:pkcs')
SELECT encrypt('', 'key', 'aes'), encrypt_iv('', 'key', 'iv', 'aes'), decrypt(encrypt('', 'key', 'aes'), 'key', 'aes')
SELECT encrypt('0123456789abcdef', 'key', 'aes'), encrypt_iv('0123456789abcdef', 'key', 'iv', 'aes'), decrypt(encrypt('0123456789abcdef', 'key', 'aes'), 'key', 'aes')
SELECT encrypt(repeat('x', 15)::bytea, 'key', 'aes'), encrypt_iv(repeat('x', 15)::bytea, 'key', 'iv', 'aes'), decrypt(encrypt(repeat('x', 15)::bytea, 'key', 'aes'), 'key', 'aes')
SELECT encrypt(repeat('x', 16)::bytea, 'key', 'aes'), encrypt_iv(repeat('x', 16)::bytea, 'key', 'iv', 'aes'), decrypt(encrypt(repeat('x', 16)::bytea, 'key', 'aes'), 'key', 'aes')
SELECT encrypt(repeat('x', 100)::bytea, 'key', 'aes'), encrypt_iv(repeat('x', 100)::bytea, 'key', 'iv', 'aes'), decrypt(encrypt(repeat('x', 100)::bytea, 'key', 'aes'), 'key', 'aes')
SELECT encrypt_iv('data', 'key', '', 'aes'), decrypt_iv(encrypt_iv('data', 'key', '', 'aes'), 'key', '', 'aes')
SELECT encrypt_iv('data', 'key', '', 'aes-ecb'), decrypt_iv(encrypt_iv('data', 'key', '', 'aes-ecb'), 'key', '', 'aes-ecb')
SELECT encrypt_iv('data', 'key', 'iv', 'aes'), decrypt_iv(encrypt_iv('data', 'key', 'iv', 'aes'), 'key', 'iv', 'aes')
SELECT encrypt_iv('data', 'key', 'iv', 'aes-ecb'), decrypt_iv(encrypt_iv('data', 'key', 'iv', 'aes-ecb'), 'key', 'iv', 'aes-ecb')
SELECT encrypt_iv('data', 'key', '0123456789abcdef', 'aes'), decrypt_iv(encrypt_iv('data', 'key', '0123456789abcdef', 'aes'), 'key', '0123456789abcdef', 'aes')
SELECT encrypt_iv('data', 'key', '0123456789abcdef', 'aes-ecb'), decrypt_iv(encrypt_iv('data', 'key', '0123456789abcdef', 'aes-ecb'), 'key', '0123456789abcdef', 'aes-ecb')
SELECT encrypt_iv('data', 'key', '0123456789abcdefghij', 'aes'), decrypt_iv(encrypt_iv('data', 'key', '0123456789abcdefghij', 'aes'), 'key', '0123456789abcdefghij', 'aes')
SELECT encrypt_iv('data', 'key', '0123456789abcdefghij', 'aes-ecb'), decrypt_iv(encrypt_iv('data', 'key', '0123456789abcdefghij', 'aes-ecb'), 'key', '0123456789abcdefghij', 'aes-ecb')
SELECT encrypt('0123456789abcdef', 'key', 'aes-cbc/pad:none'), encrypt('0123456789abcdef', 'key', 'aes-ecb/pad:none'), encrypt('0123456789abcdef', 'key', 'aes/pad:none')
SELECT encrypt('', 'key', 'aes/pad:none'), decrypt('', 'key', 'aes/pad:none')
SELECT encrypt('data', 'key', 'aes-cbc/pad:none')
SELECT encrypt_iv('data', 'key', 'iv', 'aes-cbc/pad:none')
SELECT encrypt('data', 'key', 'aes-ecb/pad:foo')
SELECT encrypt('data', 'key', 'aes-cfb')
SELECT encrypt('data', 'key', 'aes/foo:none')
SELECT encrypt('data', 'key', 'aes/pad')
SELECT encrypt('data', 'key', 'aes/PAD:none')
SELECT encrypt('data', 'key', 'aes-cbc/pad:none/x')
SELECT encrypt('data', 'key', 'aes-cbc/')
SELECT encrypt('data', 'key', 'aes-')
SELECT encrypt('data', 'key', '')
SELECT encrypt('data', 'key', '-cbc')
SELECT encrypt('data', 'key', 'aes128')
SELECT encrypt('data', 'key', 'AES-Foo')
SELECT encrypt('data', 'key', 'twofish')
SELECT encrypt('data', 'key', 'bf')
SELECT encrypt('data', 'key', '3des')
SELECT decrypt('data', 'key', 'nosuch')
SELECT encrypt(NULL, 'key', 'aes'), encrypt('a', NULL, 'aes'), encrypt('a', 'key', NULL), encrypt_iv('a', 'key', NULL, 'aes')
SELECT decrypt(encrypt('data', 'key', 'aes'), 'kay', 'aes')
SELECT decrypt('abc', 'key', 'aes')
SELECT decrypt('', 'key', 'aes')
SELECT decrypt('0123456789abcdef', 'key', 'aes')
SELECT decrypt('0123456789abcdef', 'key', 'aes/pad:none')
SELECT decrypt('\x00', 'key', 'aes/pad:none')
SELECT decrypt_iv('abc', 'key', 'iv', 'aes')
SELECT decrypt_iv(encrypt_iv('data', 'key', 'iv', 'aes'), 'key', 'ix', 'aes')
SELECT crypt('pw', '$1$abc'), crypt('pw', '$1$'), crypt('pw', '$1$abcdefghijk'), crypt('pw', '$1$abcdefgh$'), crypt('pw', '$1$ab$xyz'), crypt('', '$1$abc')
SELECT crypt('päß', '$1$salt'), crypt(repeat('x', 100), '$1$salt'), crypt('a longer password than sixteen', '$1$salt')
SELECT crypt('rasmuslerdorf', '$1$rasmusle$') = '$1$rasmusle$rISCgZzpwk3UhDidwXvin0'
SELECT crypt('pw', '$2a$04$RQiOJ.3ELirrXwxIZY8q0O'), crypt('pw', '$2x$04$RQiOJ.3ELirrXwxIZY8q0O')
SELECT crypt('', '$2a$04$RQiOJ.3ELirrXwxIZY8q0O'), crypt('päß', '$2a$04$RQiOJ.3ELirrXwxIZY8q0O'), crypt('päß', '$2x$04$RQiOJ.3ELirrXwxIZY8q0O')
SELECT crypt(repeat('x', 71), '$2a$04$RQiOJ.3ELirrXwxIZY8q0O'), crypt(repeat('x', 72), '$2a$04$RQiOJ.3ELirrXwxIZY8q0O'), crypt(repeat('x', 73), '$2a$04$RQiOJ.3ELirrXwxIZY8q0O')
SELECT crypt('U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.'), crypt('U*U*U', '$2a$05$XXXXXXXXXXXXXXXXXXXXXO'), crypt('foox', '$2a$06$RQiOJ.3ELirrXwxIZY8q0OlGbBEpDmx7IRZlNYvGJ1SHXwNi2cEKK')
SELECT crypt('pw', '$2a$04$RQiOJ.3ELirrXwxIZY8q0P'), crypt('pw', '$2a$04$RQiOJ.3ELirrXwxIZY8q0OXXXX')
SELECT crypt('pw', '$2$04$RQiOJ.3ELirrXwxIZY8q0O')
SELECT crypt('pw', '$2a$03$RQiOJ.3ELirrXwxIZY8q0O')
SELECT crypt('pw', '$2a$32$RQiOJ.3ELirrXwxIZY8q0O')
SELECT crypt('pw', '$2a$6$RQiOJ.3ELirrXwxIZY8q0O')
SELECT crypt('pw', '$2a$06$RQiOJ.3ELirrXwxIZY8q0')
SELECT crypt('pw', '$2a$06$RQiOJ.3ELirrXwxIZY8q!O')
SELECT crypt('pw', '$2a$06$')
SELECT crypt('pw', '$2a$')
SELECT crypt('pw', ''), 1
SELECT crypt('pw', 'a')
SELECT crypt('pw', '_')
SELECT crypt('pw', '_J9..j2z')
SELECT crypt('pw', 'ab')
SELECT crypt('pw', '_J9..j2zz')
SELECT crypt('pw', '$2b$04$RQiOJ.3ELirrXwxIZY8q0O')
SELECT crypt(NULL, '$1$a'), crypt('a', NULL)
SELECT crypt('secret', gen_salt('bf', 4)) LIKE '$2a$04$%', crypt('secret', gen_salt('md5')) LIKE '$1$________$%', length(crypt('secret', gen_salt('bf', 4)))
SELECT s = crypt('secret', s), s = crypt('Secret', s) FROM (SELECT crypt('secret', gen_salt('bf', 4))) AS t(s)
SELECT s = crypt('secret', s), s = crypt('Secret', s) FROM (SELECT crypt('secret', gen_salt('md5'))) AS t(s)
SELECT length(gen_salt('des')), length(gen_salt('xdes')), length(gen_salt('md5')), length(gen_salt('bf')), left(gen_salt('xdes'), 5), left(gen_salt('md5'), 3), left(gen_salt('bf'), 7)
SELECT left(gen_salt('BF', 10), 7), left(gen_salt('bf', 31), 7), left(gen_salt('bf', 0), 7), left(gen_salt('xdes', 1), 5), left(gen_salt('xdes', 16777215), 5), length(gen_salt('md5', 1000)), length(gen_salt('des', 25)), left(gen_salt('xdes', 0), 5)
SELECT gen_salt('bf') = gen_salt('bf')
SELECT gen_salt(NULL), gen_salt('bf', NULL)
SELECT gen_salt('nosuch')
SELECT gen_salt('')
SELECT gen_salt('bf ', 5)
SELECT gen_salt('nosuch', 5)
SELECT gen_salt('bf', 3)
SELECT gen_salt('bf', 32)
SELECT gen_salt('bf', -1)
SELECT gen_salt('md5', 5)
SELECT gen_salt('md5', 1001)
SELECT gen_salt('des', 1)
SELECT gen_salt('xdes', 2)
SELECT gen_salt('xdes', 16777217)
SELECT gen_salt('bf', 'x')
SELECT armor('hello'), armor(''), armor(repeat('x', 57)::bytea), armor(repeat('x', 58)::bytea), armor(repeat('x', 200)::bytea)
SELECT armor('hello', array['a', 'b'], array['c', 'd']), armor('hello', '{}', '{}'), armor('hello', array['a:b'], array[''])
SELECT armor(NULL), armor('hello', NULL, '{}')
SELECT armor('hello', array['a'], array['c', 'd'])
SELECT armor('hello', array['a: b'], array['c'])
SELECT armor('hello', array['a', NULL], array['c', 'd'])
SELECT armor('hello', array['a'], array[NULL])
SELECT armor('hello', array[['a']], array[['c']])
SELECT armor('hello', array[E'a\n'], array['c'])
SELECT armor('hello', array['a'], array[E'c\n'])
SELECT armor('hello', array['ä'], array['c'])
SELECT armor('hello', array['a'], array['ä'])
SELECT dearmor(armor('hello')), dearmor(armor('hello', array['a'], array['c'])), dearmor(armor('')), dearmor(armor(repeat('x', 200)::bytea)) = repeat('x', 200)::bytea
SELECT dearmor('hello')
SELECT dearmor('')
SELECT dearmor(NULL)
SELECT dearmor(E'junk\n-----BEGIN PGP MESSAGE-----\nVersion: x\n\naGVsbG8=\n=R/WK\n-----END PGP MESSAGE-----\nmore')
SELECT dearmor(E'-----BEGIN PGP MESSAGE-----\r\n\r\naGVsbG8=\r\n=R/WK\r\n-----END PGP MESSAGE-----')
SELECT dearmor(E' -----BEGIN PGP MESSAGE-----\n\naGVsbG8=\n=R/WK\n-----END PGP MESSAGE-----')
SELECT dearmor(E'-----BEGIN FOO-----\n\naGVs bG8=\n=R/WK\n-----END BAR-----')
SELECT dearmor(E'-----BEGIN PGP MESSAGE-----\naGVsbG8=\n=R/WK\n-----END PGP MESSAGE-----')
SELECT dearmor(E'-----BEGIN PGP MESSAGE-----\n\naGVsbG8\n=R/WK\n-----END PGP MESSAGE-----')
SELECT dearmor(E'-----BEGIN PGP MESSAGE-----\n\n-----END PGP MESSAGE-----')
SELECT dearmor(E'-----BEGIN PGP MESSAGE-----\n\n!!!!\n=R/WK\n-----END PGP MESSAGE-----')
SELECT dearmor(E'-----BEGIN PGP MESSAGE-----\n\naGVsbG8=\n=zzzz\n-----END PGP MESSAGE-----')
SELECT dearmor(E'-----BEGIN PGP MESSAGE-----\n\naGVsbG8=\n=R/W\n-----END PGP MESSAGE-----')
SELECT dearmor(E'-----BEGIN PGP MESSAGE----\n\naGVsbG8=\n=R/WK\n-----END PGP MESSAGE-----')
SELECT dearmor(E'-----BEGIN PGP MESSAGE-----x\n\naGVsbG8=\n=R/WK\n-----END PGP MESSAGE-----')
SELECT dearmor(E'-----BEGIN \u20ac-----\n\naGVsbG8=\n=R/WK\n-----END \u20ac-----')
SELECT pgp_sym_decrypt('a', 'b')
SELECT pgp_sym_decrypt(pgp_sym_encrypt('a', 'b'), 'b')
SELECT pgp_key_id('a')
SELECT * FROM pgp_armor_headers(armor('hello', array['a'], array['c']))
SELECT pgp_sym_encrypt('a')
SELECT encode(digest($1, $2), 'hex')
$ abc | sha1
SELECT hmac($1::bytea, $2, 'md5')
$ \x00 | \x01
SELECT uuid_generate_v5($1, $2)
$ 6ba7b810-9dad-11d1-80b4-00c04fd430c8 | x
SELECT crypt($1, $2)
$ pw | $1$abc
SELECT name, digest(name, 'md5') FROM (VALUES ('a'), ('b')) AS t(name) ORDER BY digest(name, 'md5')
SELECT digest(name, 'md5') AS d, count(*) FROM (VALUES ('a'), ('b'), ('a')) AS t(name) GROUP BY digest(name, 'md5') ORDER BY 1
SELECT gen_random_uuid() IS NOT NULL, ext.gen_random_uuid() IS NOT NULL, pg_catalog.gen_random_uuid() IS NOT NULL, public.gen_random_uuid()
CREATE TABLE t1 (id uuid PRIMARY KEY DEFAULT uuid_generate_v4(), b bytea DEFAULT gen_random_bytes(4), c text)
INSERT INTO t1 (c) VALUES ('x'), ('y')
SELECT count(DISTINCT id), count(DISTINCT b), max(length(b)) FROM t1
INSERT INTO t1 (id, c) VALUES (DEFAULT, 'z') RETURNING substr(id::text, 15, 1), length(b), c
UPDATE t1 SET b = digest(c, 'md5') WHERE c = 'x' RETURNING b
CREATE TABLE t2 (id uuid DEFAULT uuid_generate_v1(), n text CHECK (digest(n, 'md5') <> '\x00'), g bytea GENERATED ALWAYS AS (digest(n, 'sha1')) STORED, h bytea DEFAULT digest('a', 'md5'))
INSERT INTO t2 (n) VALUES ('a') RETURNING g, h
CREATE TABLE wrong (n text, g uuid GENERATED ALWAYS AS (uuid_generate_v4()) STORED)
CREATE TABLE wrong (g text GENERATED ALWAYS AS (gen_salt('bf')) STORED)
CREATE TABLE wrong (a bytea DEFAULT digest('a', 1))
CREATE TABLE wrong (a int DEFAULT digest('a', 'md5'))
! CREATE TABLE ti (c text)
CREATE INDEX ti_digest ON ti (digest(c, 'md5'))
CREATE INDEX ti_partial ON ti (c) WHERE digest(c, 'md5') IS NOT NULL
! DROP TABLE ti
CREATE VIEW v1 AS SELECT uuid_generate_v4() AS u, digest('a', 'md5') AS d, ext.hmac('a', 'k', 'md5') AS h
CREATE VIEW v2 AS SELECT d FROM v1
SELECT d, h, substr(u::text, 15, 1) FROM v1
SELECT * FROM v2
CREATE MATERIALIZED VIEW m1 AS SELECT uuid_nil() AS x
CREATE DOMAIN d1 AS text CHECK (digest(VALUE, 'md5') IS NOT NULL)
CREATE DOMAIN d2 AS uuid DEFAULT uuid_generate_v4()
CREATE TABLE t3 (a d1, b d2)
INSERT INTO t3 (a) VALUES ('x') RETURNING a, substr(b::text, 15, 1)
CREATE TABLE t4 (a uuid, b bytea)
ALTER TABLE t4 ALTER a SET DEFAULT uuid_nil()
ALTER TABLE t4 ADD c uuid DEFAULT uuid_ns_dns()
ALTER TABLE t4 ADD CONSTRAINT long CHECK (length(digest(b, 'md5')) > 3)
SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef ORDER BY 1
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace ORDER BY 1
SELECT pg_get_viewdef('v1'), pg_get_viewdef('m1')
SET search_path = public
SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef ORDER BY 1
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace ORDER BY 1
SELECT pg_get_viewdef('v1'), pg_get_viewdef('m1')
SELECT d, h FROM v1
INSERT INTO t2 (n) VALUES ('b') RETURNING g, h
INSERT INTO t3 (a) VALUES ('y') RETURNING a
CREATE TABLE wrong (a bytea DEFAULT digest('a', 'md5'))
CREATE TABLE wrong (a text CHECK (digest(a, 'md5') IS NOT NULL))
CREATE TABLE wrong (a text, g bytea GENERATED ALWAYS AS (digest(a, 'md5')) STORED)
CREATE VIEW wrong AS SELECT digest('a', 'md5')
CREATE DOMAIN wrong AS text CHECK (digest(VALUE, 'md5') IS NOT NULL)
CREATE DOMAIN wrong AS bytea DEFAULT digest('a', 'md5')
ALTER TABLE t4 ALTER b SET DEFAULT digest('a', 'md5')
CREATE INDEX wrong ON t1 (digest(c, 'md5'))
ALTER TABLE t2 RENAME n TO nn
ALTER TABLE t2 RENAME TO t22
ALTER TABLE t22 RENAME TO t2
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 't2'::regclass AND contype = 'c'
SET search_path = ''
SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef ORDER BY 1
SELECT pg_get_viewdef('public.v1')
SELECT uuid_nil()
DROP EXTENSION "uuid-ossp"
RESET search_path
DROP EXTENSION "uuid-ossp"
DROP EXTENSION "uuid-ossp" RESTRICT
DROP EXTENSION pgcrypto
DROP EXTENSION pgcrypto, "uuid-ossp"
DROP EXTENSION "uuid-ossp", pgcrypto, pgcrypto
DROP SCHEMA ext
ALTER EXTENSION pgcrypto SET SCHEMA nosuch
ALTER EXTENSION pgcrypto SET SCHEMA pg_temp
ALTER EXTENSION pgcrypto SET SCHEMA pg_catalog
ALTER EXTENSION pgcrypto SET SCHEMA ext
ALTER EXTENSION pgcrypto SET SCHEMA public
SELECT digest('a', 'md5')
SELECT ext.digest('a', 'md5')
SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef ORDER BY 1
SELECT pg_get_viewdef('v1')
SELECT d, h FROM v1
INSERT INTO t2 (nn) VALUES ('c') RETURNING g, h
ALTER EXTENSION pgcrypto UPDATE
ALTER EXTENSION pgcrypto UPDATE TO '1.3'
ALTER EXTENSION pgcrypto UPDATE TO '1.2'
ALTER EXTENSION pgcrypto UPDATE TO ''
ALTER EXTENSION pgcrypto DROP FUNCTION nosuch()
COMMENT ON EXTENSION pgcrypto IS 'what is secret'
SELECT obj_description(oid, 'pg_extension') FROM pg_extension ORDER BY extname
COMMENT ON EXTENSION pgcrypto IS NULL
SELECT obj_description(oid, 'pg_extension') FROM pg_extension ORDER BY extname
BEGIN
DROP EXTENSION pgcrypto CASCADE
SELECT digest('a', 'md5')
ROLLBACK
SELECT digest('a', 'md5')
BEGIN
DROP EXTENSION pgcrypto CASCADE
SELECT attname FROM pg_attribute WHERE attrelid = 't2'::regclass AND attnum > 0 AND NOT attisdropped
INSERT INTO t1 (c) VALUES ('after') RETURNING b, c
SELECT conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace
ROLLBACK
BEGIN
DROP EXTENSION "uuid-ossp" CASCADE
SELECT table_name, column_name, column_default FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2
ROLLBACK
DROP EXTENSION pgcrypto, "uuid-ossp" CASCADE
SELECT extname FROM pg_extension
SELECT digest('a', 'md5')
SELECT table_name, column_name, column_default FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2
SELECT p.proname FROM pg_proc p WHERE p.pronamespace <> 'pg_catalog'::regnamespace AND p.pronamespace <> 'information_schema'::regnamespace
BEGIN
CREATE EXTENSION pgcrypto
SELECT digest('a', 'md5')
CREATE TABLE t5 (a bytea DEFAULT digest('a', 'md5'))
INSERT INTO t5 VALUES (DEFAULT) RETURNING a
SAVEPOINT s
DROP EXTENSION pgcrypto CASCADE
ROLLBACK TO s
SELECT digest('b', 'md5')
ROLLBACK
SELECT digest('a', 'md5')
CREATE EXTENSION pgcrypto SCHEMA ext
DROP SCHEMA ext
DROP SCHEMA ext CASCADE
SELECT extname FROM pg_extension
DROP EXTENSION plpgsql2
DROP EXTENSION IF EXISTS pgcrypto, "uuid-ossp"
