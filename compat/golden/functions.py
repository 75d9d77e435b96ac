"""What PostgreSQL's functions and operators answer to many combinations of arguments.

Run against a PostgreSQL 15 (PGHOST a socket's directory, PGPORT, PGUSER) whose cluster was made by
`initdb --locale=C --encoding=UTF8`; writes src/storage/functions/functions.golden.tsv. Read the difference before committing it.
"""

import collections
import hashlib
import itertools
import subprocess
import sys
from pathlib import Path

GOLDEN = Path(__file__).parents[2] / "src/storage/functions/functions.golden.tsv"


def psql(sql):
    r = subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1"], input=sql, capture_output=True, text=True)
    if r.returncode:
        print(r.stderr[:2000])
        sys.exit(1)
    return r.stdout


FN = """create or replace function pg_temp.try(q text) returns text language plpgsql as $f$
declare r text; s text; m text; h text;
begin
  execute q into r;
  return 'ok'||chr(9)||coalesce(replace(replace(r,E'\\\\',E'\\\\\\\\'),chr(10),'\\n'),'NULL');
exception when others then
  get stacked diagnostics s = returned_sqlstate, m = message_text, h = pg_exception_hint;
  return s||chr(9)||replace(replace(m,E'\\\\',E'\\\\\\\\'),chr(10),'\\n');
end $f$;
set extra_float_digits=1; set standard_conforming_strings=on;
"""


def lit(s):
    return "'" + s.replace("'", "''") + "'"


cases = []  # (sqlite expr, pg expr)


def S(v):  # sqlite
    k, x = v
    if x is None:
        return "NULL"
    if k in ("text", "name"):
        return lit(x)
    if k == "bytea":
        return "x'" + x + "'"
    if k in ("f8", "f4"):
        if x in ("NaN",):
            return "'NaN'"
        if x == "Infinity":
            return "9e999"
        if x == "-Infinity":
            return "-9e999"
        if k == "f4":
            return f"pg_float4in('{x}')"
        return repr(float(x))
    if k == "bool":
        return "1" if x else "0"
    return str(x)


def P(v):
    k, x = v
    ty = {"f8": "float8", "f4": "float4", "i2": "int2", "i4": "int4", "i8": "int8"}.get(k, k)
    if x is None:
        return "NULL::" + ty
    if k == "bytea":
        return f"'\\x{x}'::bytea"
    if k in ("text", "name"):
        return lit(x) + "::" + ty
    if k == "bool":
        return str(bool(x)).lower()
    return f"'{x}'::{ty}"


def add(own, pg, res, *args):
    e = pg.format(*[P(a) for a in args])
    if res == "bool":
        e = f"({e})::int::text"
    else:
        e = f"case when ({e}) is null then null else format('%s',({e})::{res}) end"
    cases.append((f"{own}({', '.join(S(a) for a in args)})", "select " + e))


def grid(own, pg, res, *argsets):
    for combo in itertools.product(*argsets):
        add(own, pg, res, *combo)


def k(kind, *xs):
    return [(kind, x) for x in xs]


I = {
    "2": [0, 1, -1, 7, -7, 32767, -32768, 181],
    "4": [0, 1, -1, 7, -7, 2147483647, -2147483648, 46341],
    "8": [0, 1, -1, 7, -7, 9223372036854775807, -9223372036854775808, 3037000500],
}
for w, vals in I.items():
    v = k("i" + w, *vals)
    ty = "int" + w
    for f, op in (("pl", "+"), ("mi", "-"), ("mul", "*"), ("div", "/"), ("mod", "%")):
        grid(f"pg_int{w}{f}", "{} " + op + " {}", ty, v, v)
    grid(f"pg_int{w}um", "- {}", ty, v)
    grid(f"pg_int{w}abs", "@ {}", ty, v)
    for f, op in (("shl", "<<"), ("shr", ">>")):
        grid(f"pg_int{w}{f}", "{} " + op + " {}", ty, v, k("i4", 0, 1, 15, 16, 31, 32, 33, 63, 64, -1))
for w in "48":
    v = k("i" + w, 0, 1, -1, 4, 6, -6, I[w][5], I[w][6])
    grid(f"pg_int{w}gcd", "gcd({},{})", "int" + w, v, v)
    grid(f"pg_int{w}lcm", "lcm({},{})", "int" + w, v, v)
grid("pg_int8xor", "{} # {}", "int8", k("i8", 5, -1, 9223372036854775807), k("i8", 3, -5))
big = k(
    "i8",
    0,
    1,
    -1,
    32767,
    32768,
    -32768,
    -32769,
    2147483647,
    2147483648,
    -2147483648,
    -2147483649,
    4294967295,
    4294967296,
)
for t in ("int2", "int4", "float4"):
    grid("pg_int8_" + t, "({})::" + t, t, big + (k("i8", 16777217, 9007199254740993) if t == "float4" else []))
grid("pg_int8_oid", "({})::oid", "oid", big)
i4 = k("i4", 0, 1, -1, 32767, 32768, -32768, -32769, 2147483647, 16777217)
grid("pg_int4_int2", "({})::int2", "int2", i4)
grid("pg_int4_oid", "({})::oid", "oid", i4)
grid("pg_int4_bool", "({})::bool", "bool", i4)
grid("pg_int4_float4", "({})::float4", "float4", i4)
grid("pg_oid_int4", "({})::int4", "int4", k("oid", 0, 1, 2147483648, 4294967295))
F = [
    "0",
    "1",
    "-1",
    "1.5",
    "2.5",
    "-2.5",
    "0.1",
    "1e308",
    "-1e308",
    "1e-308",
    "1e200",
    "NaN",
    "Infinity",
    "-Infinity",
    "5e-324",
    "3",
]
f8 = k("f8", *F)
for f, op in (("pl", "+"), ("mi", "-"), ("mul", "*"), ("div", "/")):
    grid("pg_float8" + f, "{} " + op + " {}", "float8", f8, f8)
F4 = ["0", "1", "-1", "1.5", "0.1", "3e38", "-3e38", "1e-38", "NaN", "Infinity", "-Infinity"]
f4 = k("f4", *F4)
for f, op in (("pl", "+"), ("mi", "-"), ("mul", "*"), ("div", "/")):
    grid("pg_float4" + f, "{} " + op + " {}", "float4", f4, f4)
R = k(
    "f8",
    "0",
    "0.5",
    "1.5",
    "2.5",
    "-0.5",
    "-1.5",
    "32767.4",
    "32767.5",
    "-32768.5",
    "-32768.6",
    "2147483647.4",
    "2147483647.5",
    "-2147483648.5",
    "9.223372036854775e18",
    "9.2233720368547758e18",
    "-9.2233720368547758e18",
    "-9.3e18",
    "NaN",
    "Infinity",
    "-Infinity",
    "1e300",
)
for t in ("int2", "int4", "int8", "float4"):
    grid("pg_float8_" + t, "({})::" + t, t, R + (k("f8", "1e-40", "1e-46", "3.5e38", "0.1") if t == "float4" else []))
R4 = k(
    "f4",
    "0",
    "0.5",
    "1.5",
    "2.5",
    "-0.5",
    "32767.5",
    "32768",
    "2147483647",
    "-2147483648",
    "2147483520",
    "9.2e18",
    "9.3e18",
    "NaN",
    "Infinity",
)
for t in ("int2", "int4", "int8"):
    grid("pg_float4_" + t, "({})::" + t, t, R4)
M = f8 + k("f8", "0.5", "-0.5", "2", "10", "100", "1000", "-0.3", "0.9999", "710", "-746", "709", "3.7", "-3.7", "1e10")
for own, pg in dict(
    dround="round",
    dceil="ceil",
    dfloor="floor",
    dtrunc="trunc",
    dsign="sign",
    dsqrt="sqrt",
    dexp="exp",
    dlog1="ln",
    dlog10="log",
    dsin="sin",
    dcos="cos",
    dtan="tan",
    dcot="cot",
    dasin="asin",
    dacos="acos",
    datan="atan",
    dsinh="sinh",
    dcosh="cosh",
    dtanh="tanh",
    degrees="degrees",
    radians="radians",
).items():
    grid("pg_" + own, pg + "({})", "float8", M)
PW = k("f8", "0", "1", "-1", "2", "-2", "0.5", "-0.5", "1e200", "1e-200", "NaN", "Infinity", "-Infinity", "3", "1e308")
grid("pg_dpow", "power({},{})", "float8", PW, PW)
grid(
    "pg_datan2",
    "atan2({},{})",
    "float8",
    k("f8", "0", "1", "-1", "Infinity", "NaN"),
    k("f8", "0", "1", "-1", "-Infinity"),
)
grid("pg_float8abs", "abs({})", "float8", f8)
grid("pg_float8um", "- {}", "float8", f8)
grid("pg_dcbrt", "cbrt({})", "float8", k("f8", "0", "1", "-1", "NaN", "Infinity", "-Infinity"))
add("pg_dpi", "pi()", "float8")
tx = k("text", "", "a", "abc", "hello wörld", "ÄÖÜ äöü", "日本語テキスト", "Élan VITAL o'neil-x_y 3d", "  x  ", None)
n = k("i4", -2147483648, -100, -2, -1, 0, 1, 2, 3, 5, 100, 2147483647)
# SQLite's own, which an index in the file may use.
grid("lower", "lower({})", "text", tx)
grid("upper", "upper({})", "text", tx)
for own, pg in dict(
    initcap="initcap",
    text_reverse="reverse",
    ascii="ascii",
    md5_text="md5",
    quote_ident="quote_ident",
    quote_literal="quote_literal",
    bit_length="bit_length",
).items():
    grid(
        "pg_" + own,
        pg + "({})",
        "int4" if own in ("ascii", "bit_length") else "text",
        tx + k("text", "select", "Table", 'a"b', "a\\b", "_x1", "1x", "timestamp", "name", "value", "ä", "$x", "x$"),
    )
grid("pg_text_substr", "substring({},{},{})", "text", tx[1:6], n, n)
grid("pg_text_substr_no_len", "substring({},{})", "text", tx, n)
grid("pg_text_left", "left({},{})", "text", tx, n)
grid("pg_text_right", "right({},{})", "text", tx, n)
grid("pg_repeat", "repeat({},{})", "text", k("text", "", "ab", "ä"), k("i4", -1, 0, 1, 3))
add("pg_repeat", "repeat({},{})", "text", ("text", "abcd"), ("i4", 2147483647))
for f in ("lpad", "rpad"):
    grid(
        "pg_" + f,
        f + "({},{},{})",
        "text",
        k("text", "", "hi", "äöü"),
        k("i4", -1, 0, 1, 2, 5, 9),
        k("text", "", "x", "xyä"),
    )
    grid("pg_" + f, f + "({},{})", "text", k("text", "", "hi", "äöü"), k("i4", -1, 0, 1, 2, 5))
    add("pg_" + f, f + "({},{},{})", "text", ("text", "a"), ("i4", 2147483647), ("text", "ab"))
grid("pg_concat", "concat({},{},{})", "text", k("text", "a", None, ""), k("text", "b", None), k("text", "c", None))
grid(
    "pg_concat_ws",
    "concat_ws({},{},{},{})",
    "text",
    k("text", ",", None, ""),
    k("text", "b", None, ""),
    k("text", "c", None),
    k("text", "d"),
)
grid(
    "pg_chr",
    "chr({})",
    "text",
    k(
        "i4",
        -1,
        0,
        1,
        65,
        127,
        128,
        233,
        0x20AC,
        0xD7FF,
        0xD800,
        0xDFFF,
        0xE000,
        0xFFFE,
        0xFFFF,
        0x10000,
        0x110000,
        2147483647,
    ),
)
grid("pg_text_starts_with", "starts_with({},{})", "bool", tx, k("text", "", "a", "he", "hello wörld!"))
grid(
    "pg_split_part",
    "split_part({},{},{})",
    "text",
    k("text", "", "a,b,c", "a", "aXXXb", ",,"),
    k("text", "", ",", "XX", "abc"),
    k("i4", -4, -3, -2, -1, 0, 1, 2, 3, 4, 2147483647, -2147483648),
)
grid(
    "pg_translate",
    "translate({},{},{})",
    "text",
    tx,
    k("text", "", "l", "abc", "äx", "aab"),
    k("text", "", "x", "123", "日"),
)
grid(
    "pg_textoverlay",
    "overlay({} placing {} from {} for {})",
    "text",
    k("text", "", "abcdef", "äöü"),
    k("text", "", "XY"),
    k("i4", -1, 0, 1, 2, 7, 2147483647),
    k("i4", -1, 0, 1, 3, 2147483647),
)
grid(
    "pg_textoverlay_no_len",
    "overlay({} placing {} from {})",
    "text",
    k("text", "", "abcdef", "äöü"),
    k("text", "", "XY"),
    k("i4", -1, 0, 1, 2, 7, 2147483647),
)
grid("pg_to_hex32", "to_hex({})", "text", k("i4", 0, 255, -1, 2147483647))
grid("pg_to_hex64", "to_hex({})", "text", k("i8", 0, 255, -1))
bs = k("bytea", "", "00", "deadbeef", "616263", "00ff5c41", "ab" * 30, "61" * 57, "61" * 58, "61" * 114)
grid(
    "pg_binary_encode", "encode({},{})", "text", bs, k("text", "hex", "HEX", "base64", "Base64", "escape", "rot13", "")
)
dec = k(
    "text",
    "",
    "6162",
    "616",
    "zz",
    "YWJj",
    "YWI=",
    "YQ==",
    "YQ=",
    "YQ",
    "Y",
    "YW=j",
    "=",
    "YWJj=",
    "YQ===",
    "YW Jj\n",
    "YWé",
    "a\\\\b",
    "\\000",
    "\\001\\377",
    "\\x",
    "abc",
    "61 62",
    "==YW",
    "YWJjYQ==YWJj",
    "Y===",
)
grid("pg_binary_decode", "decode({},{})", "bytea", dec, k("text", "hex", "base64", "escape", "nope"))
grid("pg_bytea_substr", "substring({},{},{})", "bytea", bs[:4], n, n)
grid("pg_bytea_substr_no_len", "substring({},{})", "bytea", bs[:4], n)
sets = k("bytea", "", "00", "61", "6163")
for f, pg in (("byteatrim", "btrim"), ("bytealtrim", "ltrim"), ("byteartrim", "rtrim")):
    grid("pg_" + f, pg + "({},{})", "bytea", k("bytea", "", "0061626300", "6161", "616263"), sets)
grid("pg_byteacat", "{} || {}", "bytea", bs[:3], bs[:3])
grid("pg_md5_bytea", "md5({})", "text", bs[:4])
grid("pg_bit_length", "bit_length({})", "int4", bs[:4])
lt = k("text", "", "abc", "aBc", "a%c", "a_c", "a\\c", "äbc", "Äbc", "foobarbaz", "aaaaab", "%", "日本")
lp = k(
    "text",
    "",
    "abc",
    "a%",
    "%c",
    "a_c",
    "A_C",
    "%",
    "%%",
    "_",
    "__",
    "___",
    "a\\%c",
    "a\\_c",
    "a\\\\c",
    "\\",
    "a\\",
    "%\\",
    "abc\\",
    "äbc",
    "Ä%",
    "_bc",
    "%b%",
    "f%b%z",
    "f%b_z",
    "%a%b",
    "%aab",
    "%_",
    "日_",
    "_\\",
    "%b\\",
    "\\a\\b\\c",
)
for own, op in (("textlike", "like"), ("textnlike", "not like"), ("texticlike", "ilike"), ("texticnlike", "not ilike")):
    grid("pg_" + own, "{} " + op + " {}", "bool", lt, lp)
bl = k("bytea", "", "616263", "c3a4", "61255c")
bp = k("bytea", "", "25", "615f63", "5f5f", "5f", "5c", "615c255c5c", "255c")
grid("pg_bytealike", "{} like {}", "bool", bl, bp)
grid("pg_byteanlike", "{} not like {}", "bool", bl, bp)
grid(
    "pg_like_escape",
    "like_escape({},{})",
    "text",
    k("text", "", "a#%b", "a\\%b", "##", "#", "\\", "aä%"),
    k("text", "", "#", "\\", "ä", "ab", "%"),
)
grid(
    "pg_varchar",
    'pg_catalog."varchar"(({})::varchar,{},{})',
    "text",
    k("text", "abc", "abcd", "abc  ", "ab x", "äöüx", ""),
    k("i4", -1, 7, 4, 5),
    k("bool", True, False),
)
grid("pg_text_name", "name({})", "name", k("text", "a" * 70, "ä" * 40, "x"))
grid("pg_booltext", "text({})", "text", k("bool", True, False))
grid("pg_greatest", "greatest({},{},{})", "int4", k("i4", 1, None), k("i4", 3, -2, None), k("i4", 2, None))
grid("pg_least", "least({},{},{})", "float8", k("f8", "NaN", "1", None), k("f8", "Infinity", "2"), k("f8", "0", "NaN"))
grid("pg_greatest", "greatest({},{})", "float8", k("f8", "NaN", "1", "-Infinity"), k("f8", "Infinity", "2", None))
grid("pg_greatest", "greatest({},{})", "text", k("text", "a", "B", None), k("text", "ä", "a"))
for w in "248":
    grid(f"pg_int{w}in", "({})::int" + w, "int" + w, k("text", "1", " -5 ", "x", "99999999999999999999", None))
sql = FN + "".join(f"select pg_temp.try($q${p}$q$);\n" for _, p in cases)
out = psql(sql).split("\n")[:-1]
assert len(out) == len(cases), (len(out), len(cases))
seen = {}
for (s, _), o in zip(cases, out):
    seen[s] = o


def esc(s):
    return s.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


full = "--full" in sys.argv
count = collections.Counter(x.split("(")[0] for x in seen)
out = []
for x, o in seen.items():
    n = count[x.split("(")[0]]
    # keep about 16 of each function, by hash; with --full, all
    keep = full or int(hashlib.md5(x.encode()).hexdigest(), 16) % n < 16
    if keep:
        out.append(f"{esc(x)}\t{o}\n")
GOLDEN.write_text("".join(out))
print(len(seen), len(out))
