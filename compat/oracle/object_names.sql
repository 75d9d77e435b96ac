# schema: Objects by name
SELECT to_regoper('nosuch.+'), to_regoper('+'), to_regoper('||/'), to_regoper('pg_catalog.||/'), to_regoperator('+(int4,int4)'), to_regoperator('pg_catalog.-(none,int4)'), to_regoperator('- (none , integer)'), to_regcollation('C'), to_regcollation('"C"'), to_regcollation('nosuch'), to_regcollation('pg_catalog."POSIX"')
SELECT to_regoperator('+(int4,nosuch)')
SELECT to_regoperator('+(int4)')
SELECT to_regoperator('+')
SELECT to_regoperator('+(int4,int4,int4)')
SELECT to_regoperator('+(text,point)')
SELECT to_regcollation('a.b.c.d')
SELECT to_regoper('')
SELECT 'pg_catalog."C"'::regcollation, '"POSIX"'::regcollation, 100::regcollation, 99999::regcollation, '-'::regcollation
SELECT '+(int4,int4)'::regoperator, '!~(text,text)'::regoperator::oid, '||/'::regoper
SELECT to_regprocedure('now')
SELECT to_regprocedure('now(')
SELECT to_regprocedure('now(int4,)')
SELECT collname, oid::regcollation FROM pg_collation WHERE collname IN ('C', 'default') ORDER BY 1
SELECT DISTINCT attcollation::regcollation FROM pg_attribute WHERE attrelid = 'pg_class'::regclass ORDER BY 1
SELECT to_regprocedure('array_append(anycompatiblearray, anycompatible)'), to_regprocedure('now()'), to_regprocedure('now( )'), to_regprocedure('"lower"("text")'), to_regprocedure('left(character varying(3)[], int)'), to_regprocedure('left(text, integer)')
