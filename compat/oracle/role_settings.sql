# schema: ALTER ROLE and ALTER DATABASE with SET
ALTER DATABASE postgres SET work_mem = '8MB'
ALTER DATABASE postgres SET work_mem = 1024
ALTER DATABASE postgres SET nosuch = 1
ALTER DATABASE postgres SET my.own = 1
ALTER DATABASE postgres SET "My.Own" = 2
ALTER DATABASE postgres SET block_size = 1
ALTER DATABASE postgres SET max_connections = 10
ALTER DATABASE postgres SET work_mem = 'x'
ALTER DATABASE postgres SET work_mem = 1, 2
ALTER DATABASE postgres SET search_path TO a, "B c", public
ALTER DATABASE postgres SET datestyle TO iso, dmy
ALTER DATABASE postgres SET datestyle TO iso, german
ALTER DATABASE postgres SET TIME ZONE 'Europe/Berlin'
ALTER DATABASE postgres SET TIME ZONE LOCAL
ALTER DATABASE postgres SET timezone TO 'nosuch'
ALTER DATABASE postgres SET ROLE nosuch
ALTER DATABASE postgres SET ROLE postgres
ALTER DATABASE postgres SET SESSION AUTHORIZATION nosuch
ALTER DATABASE postgres SET TRANSACTION ISOLATION LEVEL SERIALIZABLE
ALTER DATABASE postgres SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY
ALTER DATABASE postgres SET LOCAL work_mem = '8MB'
ALTER DATABASE postgres SET SESSION work_mem = '8MB'
ALTER DATABASE postgres SET transaction_isolation = 'serializable'
ALTER DATABASE postgres SET transaction_deferrable = on
ALTER DATABASE postgres SET is_superuser = on
ALTER DATABASE postgres SET client_encoding = 'foo'
ALTER DATABASE postgres SET SCHEMA 'x y'
ALTER DATABASE postgres SET SCHEMA x
ALTER DATABASE postgres SET work_mem FROM CURRENT
ALTER DATABASE postgres SET nosuch FROM CURRENT
ALTER DATABASE postgres SET XML OPTION CONTENT
ALTER DATABASE nosuch SET work_mem = '1MB'
ALTER DATABASE nosuch SET nosuch = '1MB'
ALTER DATABASE nosuch RESET ALL
ALTER DATABASE postgres RESET nosuch
ALTER DATABASE postgres RESET a.b
ALTER DATABASE postgres RESET block_size
ALTER DATABASE postgres RESET TIME ZONE
ALTER DATABASE postgres SET work_mem TO DEFAULT
ALTER DATABASE postgres SET work_mem = '8MB'
ALTER DATABASE postgres RESET TRANSACTION ISOLATION LEVEL
ALTER DATABASE postgres RESET SESSION AUTHORIZATION
SELECT * FROM pg_db_role_setting
ALTER DATABASE postgres RESET ALL
SELECT * FROM pg_db_role_setting
ALTER ROLE postgres SET work_mem = '8MB'
ALTER USER postgres SET geqo = off
ALTER ROLE CURRENT_USER SET geqo_seed = 0.5
ALTER ROLE SESSION_USER SET geqo_seed = 0.25
ALTER ROLE CURRENT_ROLE SET geqo_seed = 0.5
ALTER USER CURRENT_USER IN DATABASE postgres SET work_mem = '9MB'
ALTER ROLE ALL SET work_mem = '10MB'
ALTER USER ALL IN DATABASE postgres SET work_mem = '11MB'
SELECT * FROM pg_db_role_setting ORDER BY 1, 2
SELECT rolname, rolconfig FROM pg_roles WHERE rolname = 'postgres'
SELECT usename, useconfig FROM pg_user
SELECT usename, useconfig FROM pg_shadow
SELECT unnest(setconfig) FROM pg_catalog.pg_db_role_setting WHERE setrole = 0 AND setdatabase = (SELECT oid FROM pg_database WHERE datname = 'postgres')
SELECT rolname, unnest(setconfig) FROM pg_db_role_setting s, pg_roles r WHERE setrole = r.oid AND setdatabase = '5'::oid
ALTER ROLE ALL IN DATABASE postgres RESET ALL
ALTER GROUP postgres SET work_mem = '1MB'
ALTER ROLE nosuch SET work_mem = '1MB'
ALTER ROLE nosuch SET nosuch = '1MB'
ALTER ROLE nosuch IN DATABASE nosuch SET nosuch = '1MB'
ALTER ROLE postgres IN DATABASE nosuch SET nosuch = '1MB'
ALTER ROLE public SET work_mem = '1MB'
ALTER ROLE none SET work_mem = '1MB'
ALTER ROLE pg_monitor SET work_mem = '1MB'
ALTER ROLE pg_nosuch SET work_mem = '1MB'
ALTER ROLE "all" SET work_mem = '1MB'
ALTER ROLE postgres SET ROLE nosuch
ALTER ROLE postgres SET ROLE none
ALTER ROLE postgres IN DATABASE postgres RESET ALL
ALTER ROLE ALL RESET ALL
SELECT * FROM pg_db_role_setting
ALTER ROLE postgres SET work_mem
ALTER ROLE postgres SET
ALTER ROLE postgres RESET
ALTER ROLE postgres IN DATABASE SET work_mem = 1
ALTER ROLE postgres IN work_mem = 1
ALTER ROLE ALL WITH LOGIN
ALTER ROLE postgres RESET ALL
SELECT count(*) FROM pg_db_role_setting
BEGIN READ ONLY
ALTER ROLE postgres SET work_mem = '1MB'
ROLLBACK
BEGIN READ ONLY
ALTER DATABASE postgres SET work_mem = '1MB'
ROLLBACK
SET work_mem FROM CURRENT
SET nosuch FROM CURRENT
SET TIME ZONE INTERVAL '+02:00' HOUR TO MINUTE
SHOW timezone
SET TIME ZONE INTERVAL '01:05' HOUR TO MINUTE
SHOW timezone
SET TIME ZONE INTERVAL '02:03:04'
SHOW timezone
SET timezone = 'interval ''1:00'
SET timezone = 'interval ''1:00'' x'
ALTER ROLE user SET work_mem = '8MB'
ALTER ROLE "user" SET work_mem = '8MB'
SET TIME ZONE INTERVAL '-02:30'
SHOW timezone
SET TIME ZONE INTERVAL '1 month'
SET TIME ZONE INTERVAL '1 day'
SET TIME ZONE INTERVAL(0) '-02:30'
SET TIME ZONE INTERVAL '-3' HOUR
SHOW timezone
SET TIME ZONE INTERVAL '-3' MINUTE
SET TIME ZONE INTERVAL 'x'
RESET timezone
SET XML OPTION CONTENT
SET XML OPTION foo
SET NAMES utf8
SET NAMES 'utf8'
SET NAMES
SET NAMES DEFAULT
SET SCHEMA x
SET SESSION SESSION AUTHORIZATION postgres
SET work_mem = 1, 2
SET my.own = 1, 2
SET nosuch = 1, 2
