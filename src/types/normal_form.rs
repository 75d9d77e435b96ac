//! Unicode's normal forms: `normalize()` and `IS NORMALIZED`. The tables are those of `unicode-normalization`, of a later
//! version of Unicode than PostgreSQL 15's: what differs are characters that were not there yet.

use unicode_normalization::{UnicodeNormalization, is_nfc, is_nfd, is_nfkc, is_nfkd};

use super::{PgError, SqlState};

#[derive(Clone, Copy)]
pub enum NormalForm {
    Composed,
    Decomposed,
    CompatiblyComposed,
    CompatiblyDecomposed,
}

impl NormalForm {
    /// Errors: 22023 for an unknown name.
    pub fn named(name: &str) -> Result<NormalForm, PgError> {
        match name.to_ascii_uppercase().as_str() {
            "NFC" => Ok(NormalForm::Composed),
            "NFD" => Ok(NormalForm::Decomposed),
            "NFKC" => Ok(NormalForm::CompatiblyComposed),
            "NFKD" => Ok(NormalForm::CompatiblyDecomposed),
            _ => {
                let message = format!("invalid normalization form: {name}");
                Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message))
            }
        }
    }

    pub fn of(self, text: &str) -> String {
        match self {
            NormalForm::Composed => text.nfc().collect(),
            NormalForm::Decomposed => text.nfd().collect(),
            NormalForm::CompatiblyComposed => text.nfkc().collect(),
            NormalForm::CompatiblyDecomposed => text.nfkd().collect(),
        }
    }

    pub fn is_form_of(self, text: &str) -> bool {
        match self {
            NormalForm::Composed => is_nfc(text),
            NormalForm::Decomposed => is_nfd(text),
            NormalForm::CompatiblyComposed => is_nfkc(text),
            NormalForm::CompatiblyDecomposed => is_nfkd(text),
        }
    }
}
