//! COPY's options: what they mean together (`ProcessCopyOptions`), in PostgreSQL's order of checks.

use super::parse::{CopyOption, OptionValue};
use super::{CopyFormat, ForceQuote, Header};
use crate::sql::encodings::{Encoding, encoding_named};
use crate::sql::text::At;
use crate::types::{PgError, SqlState};

pub struct Options {
    pub format: CopyFormat,
    pub header: Header,
    pub freeze: bool,
    pub force_quote: ForceQuote,
    pub force_not_null: Vec<String>,
    pub force_null: Vec<String>,
}

/// As given, each once.
#[derive(Default)]
struct Given<'o> {
    format: Option<&'o str>,
    freeze: Option<bool>,
    delimiter: Option<&'o str>,
    null: Option<&'o str>,
    header: Option<Header>,
    quote: Option<&'o str>,
    escape: Option<&'o str>,
    force_quote: Option<ForceQuote>,
    force_not_null: Option<Vec<String>>,
    force_null: Option<Vec<String>>,
    encoding: bool,
}

/// Errors: 42601, 22023 and 0A000.
pub fn options(options: &[CopyOption], from: bool, text: &str) -> Result<Options, PgError> {
    let mut given = Given::default();
    for option in options {
        given.take(option, from, text)?;
    }
    given.check(from)
}

fn error(code: SqlState, message: impl Into<String>) -> PgError {
    PgError::new(code, message)
}

fn once<T>(place: &mut Option<T>, value: T, at: At, text: &str) -> Result<(), PgError> {
    if place.is_some() {
        return Err(at.mark(error(SqlState::SYNTAX_ERROR, "conflicting or redundant options"), text));
    }
    *place = Some(value);
    Ok(())
}

/// `defGetString`.
fn string(option: &CopyOption) -> Result<&str, PgError> {
    match &option.value {
        OptionValue::Word(word) => Ok(word),
        OptionValue::Star => Ok("*"),
        OptionValue::None => Err(error(SqlState::SYNTAX_ERROR, format!("{} requires a parameter", option.name))),
        OptionValue::List(_) => Err(PgError::unsupported(format!("a list as COPY's option {}", option.name))),
    }
}

fn boolean(option: &CopyOption) -> Option<bool> {
    match &option.value {
        OptionValue::None => Some(true),
        OptionValue::Word(word) => match word.to_ascii_lowercase().as_str() {
            "true" | "on" | "1" => Some(true),
            "false" | "off" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn header(option: &CopyOption, from: bool) -> Result<Header, PgError> {
    if let Some(yes) = boolean(option) {
        return Ok(if yes { Header::Yes } else { Header::No });
    }
    match &option.value {
        OptionValue::Word(word) if word.eq_ignore_ascii_case("match") => match from {
            true => Ok(Header::Match),
            false => {
                let message = format!("cannot use \"{word}\" with HEADER in COPY TO");
                Err(error(SqlState::FEATURE_NOT_SUPPORTED, message))
            }
        },
        _ => Err(error(SqlState::SYNTAX_ERROR, format!("{} requires a Boolean value or \"match\"", option.name))),
    }
}

fn columns(option: &CopyOption, text: &str) -> Result<Vec<String>, PgError> {
    match &option.value {
        OptionValue::List(columns) => Ok(columns.clone()),
        _ => {
            let message = format!("argument to option \"{}\" must be a list of column names", option.name);
            Err(option.at.mark(error(SqlState::INVALID_PARAMETER_VALUE, message), text))
        }
    }
}

impl<'o> Given<'o> {
    fn take(&mut self, option: &'o CopyOption, from: bool, text: &str) -> Result<(), PgError> {
        let at = option.at;
        match option.name.as_str() {
            "format" => {
                let format = string(option)?;
                once(&mut self.format, format, at, text)?;
                if !matches!(format, "text" | "csv" | "binary") {
                    let message = format!("COPY format \"{format}\" not recognized");
                    return Err(at.mark(error(SqlState::INVALID_PARAMETER_VALUE, message), text));
                }
                Ok(())
            }
            "freeze" => {
                let message = || error(SqlState::SYNTAX_ERROR, "freeze requires a Boolean value");
                once(&mut self.freeze, boolean(option).ok_or_else(message)?, at, text)
            }
            "delimiter" => once(&mut self.delimiter, string(option)?, at, text),
            "null" => once(&mut self.null, string(option)?, at, text),
            "header" => once(&mut self.header, header(option, from)?, at, text),
            "quote" => once(&mut self.quote, string(option)?, at, text),
            "escape" => once(&mut self.escape, string(option)?, at, text),
            "force_quote" => {
                let forced = match &option.value {
                    OptionValue::Star => ForceQuote::All,
                    _ => ForceQuote::Columns(columns(option, text)?),
                };
                once(&mut self.force_quote, forced, at, text)
            }
            "force_not_null" => once(&mut self.force_not_null, columns(option, text)?, at, text),
            "force_null" => once(&mut self.force_null, columns(option, text)?, at, text),
            "encoding" => self.encoding(option, text),
            name => {
                let message = format!("option \"{name}\" not recognized");
                Err(at.mark(error(SqlState::SYNTAX_ERROR, message), text))
            }
        }
    }

    fn encoding(&mut self, option: &CopyOption, text: &str) -> Result<(), PgError> {
        if self.encoding {
            return Err(option.at.mark(error(SqlState::SYNTAX_ERROR, "conflicting or redundant options"), text));
        }
        self.encoding = true;
        let name = string(option)?;
        match encoding_named(name) {
            Encoding::Utf8 => Ok(()),
            Encoding::Other => Err(PgError::unsupported(format!("COPY in the encoding {name}"))),
            Encoding::Unknown => {
                let message = format!("argument to option \"{}\" must be a valid encoding name", option.name);
                Err(option.at.mark(error(SqlState::INVALID_PARAMETER_VALUE, message), text))
            }
        }
    }

    fn check(self, from: bool) -> Result<Options, PgError> {
        use SqlState as S;
        let format = self.format.unwrap_or("text");
        let (binary, csv) = (format == "binary", format == "csv");
        for (given, name) in [(self.delimiter, "DELIMITER"), (self.null, "NULL")] {
            if binary && given.is_some() {
                return Err(error(S::SYNTAX_ERROR, format!("cannot specify {name} in BINARY mode")));
            }
        }
        let delimiter = self.delimiter.unwrap_or(if csv { "," } else { "\t" });
        let null = self.null.unwrap_or(if csv { "" } else { "\\N" });
        let delimiter_byte = single(delimiter, "delimiter")?;
        if matches!(delimiter_byte, b'\r' | b'\n') {
            return Err(error(S::INVALID_PARAMETER_VALUE, "COPY delimiter cannot be newline or carriage return"));
        }
        if null.contains(['\r', '\n']) {
            let message = "COPY null representation cannot use newline or carriage return";
            return Err(error(S::INVALID_PARAMETER_VALUE, message));
        }
        if !csv && b"\\.abcdefghijklmnopqrstuvwxyz0123456789".contains(&delimiter_byte) {
            return Err(error(S::INVALID_PARAMETER_VALUE, format!("COPY delimiter cannot be \"{delimiter}\"")));
        }
        let header = self.header.unwrap_or_default();
        if binary && header != Header::No {
            return Err(error(S::FEATURE_NOT_SUPPORTED, "cannot specify HEADER in BINARY mode"));
        }
        let only_csv = |given: bool, what: &str| match given && !csv {
            true => Err(error(S::FEATURE_NOT_SUPPORTED, format!("COPY {what} available only in CSV mode"))),
            false => Ok(()),
        };
        only_csv(self.quote.is_some(), "quote")?;
        let quote = if csv { single(self.quote.unwrap_or("\""), "quote")? } else { b'"' };
        if csv && delimiter_byte == quote {
            return Err(error(S::INVALID_PARAMETER_VALUE, "COPY delimiter and quote must be different"));
        }
        only_csv(self.escape.is_some(), "escape")?;
        let escape = match self.escape {
            Some(escape) if csv => single(escape, "escape")?,
            _ => quote,
        };
        let only = |given: bool, allowed: bool, what: &str, direction: &str| {
            only_csv(given, what)?;
            if given && !allowed {
                let message = format!("COPY {what} only available using COPY {direction}");
                return Err(error(S::FEATURE_NOT_SUPPORTED, message));
            }
            Ok(())
        };
        only(self.force_quote.is_some(), !from, "force quote", "TO")?;
        only(self.force_not_null.is_some(), from, "force not null", "FROM")?;
        only(self.force_null.is_some(), from, "force null", "FROM")?;
        if null.as_bytes().contains(&delimiter_byte) {
            let message = "COPY delimiter must not appear in the NULL specification";
            return Err(error(S::FEATURE_NOT_SUPPORTED, message));
        }
        if csv && null.as_bytes().contains(&quote) {
            let message = "CSV quote character must not appear in the NULL specification";
            return Err(error(S::FEATURE_NOT_SUPPORTED, message));
        }
        let (delimiter, null) = (delimiter_byte, null.to_owned());
        Ok(Options {
            format: match (binary, csv) {
                (true, _) => CopyFormat::Binary,
                (_, true) => CopyFormat::Csv { delimiter, null, quote, escape },
                _ => CopyFormat::Text { delimiter, null },
            },
            header,
            freeze: self.freeze == Some(true),
            force_quote: self.force_quote.unwrap_or_default(),
            force_not_null: self.force_not_null.unwrap_or_default(),
            force_null: self.force_null.unwrap_or_default(),
        })
    }
}

fn single(given: &str, what: &str) -> Result<u8, PgError> {
    match given.as_bytes() {
        [byte] => Ok(*byte),
        _ => {
            let message = format!("COPY {what} must be a single one-byte character");
            Err(error(SqlState::FEATURE_NOT_SUPPORTED, message))
        }
    }
}
