"""What PostgreSQL makes of the bytes of parameters, in both formats.

Run against a PostgreSQL 15 (PGHOST a socket's directory, PGPORT, PGUSER) whose cluster was made by
`initdb --locale=C --encoding=UTF8`; writes src/wire/codec.golden.tsv. Read the difference before committing it.
"""

import os
import socket
import struct
from pathlib import Path

GOLDEN = Path(__file__).parents[2] / "src/wire/codec.golden.tsv"
s = socket.socket(socket.AF_UNIX)
s.connect(os.environ["PGHOST"] + "/.s.PGSQL." + os.environ.get("PGPORT", "5432"))
p = b"user\0" + os.environ.get("PGUSER", "postgres").encode() + b"\0database\0postgres\0\0"
s.sendall(struct.pack("!ii", 8 + len(p), 196608) + p)
buf = b""


def msg():
    global buf
    while len(buf) < 5 or len(buf) < 1 + struct.unpack("!i", buf[1:5])[0]:
        buf += s.recv(65536)
    n = 1 + struct.unpack("!i", buf[1:5])[0]
    m = buf[:n]
    buf = buf[n:]
    return m[0:1], m[5:]


while msg()[0] != b"Z":
    pass


def message(t, b):
    return t + struct.pack("!i", 4 + len(b)) + b


def bind(oid, ty, fmt, data):
    q = f"select $1::{ty}".encode()
    s.sendall(
        message(b"P", b"\0" + q + b"\0" + struct.pack("!hI", 1, oid))
        + message(b"B", b"\0\0" + struct.pack("!hhhi", 1, fmt, 1, len(data)) + data + struct.pack("!hh", 1, 1))
        + message(b"E", b"\0\0\0\0\0")
        + message(b"S", b"")
    )
    r = None
    while True:
        t, b = msg()
        if t == b"D":
            r = "ok " + b[6:].hex()
        if t == b"E":
            f = {x[:1]: x[1:].decode() for x in b.split(b"\0") if x}
            f = {k.decode(): v for k, v in f.items()}
            r = f["C"] + " " + f["M"] + (" DETAIL " + f["D"] if "D" in f else "")
        if t == b"Z":
            return r


T = {
    "bool": 16,
    "bytea": 17,
    '"char"': 18,
    "name": 19,
    "int8": 20,
    "int2": 21,
    "int4": 23,
    "text": 25,
    "oid": 26,
    "float4": 700,
    "float8": 701,
    "varchar": 1043,
    "timestamptz": 1184,
    "date": 1082,
    "time": 1083,
    "timestamp": 1114,
    "interval": 1186,
    "timetz": 1266,
    "uuid": 2950,
}
H = bytes.fromhex
datas = [
    b"",
    b"\0",
    b"\1",
    b"\2",
    b"a",
    b"ab",
    b"\xff\xff",
    H("00000001"),
    H("ffffffff"),
    H("7fc00000"),
    H("0000000000000001"),
    H("8000000000000000"),
    H("7fffffffffffffff"),
    H("fd0f7a3c8d2bffff"),
    H("7fffffffffffff00"),
    H("000000000000000000"),
    H("0000000000015180ffff1f10"),
    H("00000000000151800000e101"),
    H("000000141dd760000000e0ff"),
    H("000000141dd760010000e0ff"),
    H("00000000000151800000000a00000003"),
    H("7fffffffffffffff800000007fffffff"),
    H("7fffffff"),
    H("80000000"),
    H("7fda54ac"),
    H("ffda9787"),
    bytes(range(16)),
    bytes(range(17)),
    "ä".encode(),
    b"\xc3",
    b"a\xc3(",
    b"\xe2\x82",
    b"\xf0\x9f\x98",
    b"\xf5\x80",
    b"\xed\xa0\x80",
    b"a\0b",
    b"n" * 63,
    b"n" * 64,
    b"1",
    b" 12 ",
    b"1.5",
    b"2024-01-05",
    b"x" * 100,
]
out = []
for ty, oid in T.items():
    for fmt in (0, 1, 2, -1):
        for d in datas:
            if fmt in (2, -1) and d != b"1":
                continue
            out.append(f"{ty.strip(chr(34))}\t{fmt}\t{d.hex()}\t{bind(oid,ty,fmt,d)}")
GOLDEN.write_text("\n".join(out) + "\n")
print(len(out))
