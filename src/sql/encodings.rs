//! Names of encodings, as statements say them.

/// What a name means. All text is UTF8.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    Utf8,
    /// PostgreSQL knows it.
    Other,
    Unknown,
}

/// In names of encodings only letters and digits count, in either case.
pub fn encoding_named(name: &str) -> Encoding {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    match plain.to_ascii_lowercase().as_str() {
        "utf8" | "unicode" => Encoding::Utf8,
        known if OTHERS.contains(&known) => Encoding::Other,
        _ => Encoding::Unknown,
    }
}

/// Other encodings that PostgreSQL knows (`pg_enc2name_tbl`), without punctuation.
const OTHERS: &[&str] = &[
    "sqlascii",
    "eucjp",
    "euccn",
    "euckr",
    "euctw",
    "eucjis2004",
    "muleinternal",
    "latin1",
    "latin2",
    "latin3",
    "latin4",
    "latin5",
    "latin6",
    "latin7",
    "latin8",
    "latin9",
    "latin10",
    "win1256",
    "win1258",
    "win866",
    "win874",
    "koi8r",
    "win1251",
    "win1252",
    "iso88595",
    "iso88596",
    "iso88597",
    "iso88598",
    "win1250",
    "win1253",
    "win1254",
    "win1255",
    "win1257",
    "koi8u",
    "sjis",
    "big5",
    "gbk",
    "uhc",
    "gb18030",
    "johab",
    "shiftjis2004",
    "iso88591",
    "iso88592",
];
