//! Text in other encodings than the database's, UTF8: `convert_from`, `convert_to`, `convert` (section 9.4).

use super::{Call, Out, Scalar};
use crate::sql::{Encoding as Known, encoding_named};
use crate::types::normal_form::NormalForm;
use crate::types::{PgError, SqlState};

pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_convert_from", |call| {
        let from = Encoding::named(call.text(1)?, "source")?;
        from.decode(call.bytes(0)?).map(Out::Text)
    }),
    ("pg_length_in_encoding", |call| {
        let of = Encoding::named(call.text(1)?, "source")?;
        let length = of.decode(call.bytes(0)?)?.chars().count();
        Ok(i32::try_from(length).unwrap_or(i32::MAX).into())
    }),
    ("pg_convert_to", |call| {
        let to = Encoding::named(call.text(1)?, "destination")?;
        to.encode(call.text(0)?).map(Out::Bytes)
    }),
    ("pg_convert", |call| {
        let from = Encoding::named(call.text(1)?, "source")?;
        let to = Encoding::named(call.text(2)?, "destination")?;
        let bytes = call.bytes(0)?;
        match (from, to) {
            (Encoding::Ascii, Encoding::Ascii) => from.check(bytes).map(|()| Out::Argument(0)),
            _ => to.encode(&from.decode(bytes)?).map(Out::Bytes),
        }
    }),
    ("pg_normalize", |call| Ok(form(call)?.of(call.text(0)?).into())),
    ("pg_is_normalized", |call| Ok(form(call)?.is_form_of(call.text(0)?).into())),
];

/// The second argument of normalize() and is_normalized(), if there is one.
fn form(call: &Call) -> Result<NormalForm, PgError> {
    NormalForm::named(if call.len() > 1 { call.text(1)? } else { "NFC" })
}

/// Those that can be converted from and to.
#[derive(Clone, Copy)]
enum Encoding {
    Utf8,
    Latin1,
    /// SQL_ASCII: bytes of no known encoding, that are taken for the other one's.
    Ascii,
}

impl Encoding {
    /// `which`: as messages call it.
    fn named(name: &str, which: &str) -> Result<Encoding, PgError> {
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        match plain.to_ascii_lowercase().as_str() {
            "utf8" | "unicode" => Ok(Encoding::Utf8),
            "latin1" | "iso88591" => Ok(Encoding::Latin1),
            "sqlascii" => Ok(Encoding::Ascii),
            _ if encoding_named(name) == Known::Unknown => {
                let message = format!("invalid {which} encoding name \"{name}\"");
                Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message))
            }
            _ => Err(PgError::unsupported(format!("the encoding {name}"))),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF8",
            Encoding::Latin1 => "LATIN1",
            Encoding::Ascii => "SQL_ASCII",
        }
    }

    /// 22021 for a zero byte.
    fn check(self, bytes: &[u8]) -> Result<(), PgError> {
        match bytes.iter().position(|byte| *byte == 0) {
            Some(place) => Err(invalid(self, &bytes[place..])),
            None => Ok(()),
        }
    }

    fn decode(self, bytes: &[u8]) -> Result<String, PgError> {
        if let Encoding::Latin1 = self {
            self.check(bytes)?;
            return Ok(bytes.iter().map(|byte| char::from(*byte)).collect());
        }
        if let Encoding::Ascii = self {
            self.check(bytes)?;
        }
        let valid = std::str::from_utf8(bytes).map_err(|error| error.valid_up_to());
        let until = valid.map_or_else(|place| place, str::len);
        if let Some(zero) = bytes[..until].iter().position(|byte| *byte == 0) {
            return Err(invalid(Encoding::Utf8, &bytes[zero..]));
        }
        valid.map(str::to_owned).map_err(|place| invalid(Encoding::Utf8, &bytes[place..]))
    }

    fn encode(self, text: &str) -> Result<Vec<u8>, PgError> {
        let Encoding::Latin1 = self else { return Ok(text.as_bytes().to_vec()) };
        let byte = |c: char| {
            u8::try_from(u32::from(c)).map_err(|_| {
                let shown = shown(c.encode_utf8(&mut [0; 4]).as_bytes());
                let message = format!(
                    "character with byte sequence {shown} in encoding \"UTF8\" has no equivalent in encoding \"LATIN1\""
                );
                PgError::new(SqlState::UNTRANSLATABLE_CHARACTER, message)
            })
        };
        text.chars().map(byte).collect()
    }
}

/// `report_invalid_encoding`: as many bytes as the first one says there are.
fn invalid(encoding: Encoding, bytes: &[u8]) -> PgError {
    let length = match (encoding, bytes.first()) {
        (Encoding::Utf8, Some(0xc0..=0xdf)) => 2,
        (Encoding::Utf8, Some(0xe0..=0xef)) => 3,
        (Encoding::Utf8, Some(0xf0..=0xf7)) => 4,
        _ => 1,
    };
    let shown = shown(&bytes[..length.min(bytes.len())]);
    let message = format!("invalid byte sequence for encoding \"{}\": {shown}", encoding.name());
    PgError::new(SqlState::CHARACTER_NOT_IN_REPERTOIRE, message)
}

fn shown(bytes: &[u8]) -> String {
    let bytes: Vec<String> = bytes.iter().map(|byte| format!("0x{byte:02x}")).collect();
    bytes.join(" ")
}
