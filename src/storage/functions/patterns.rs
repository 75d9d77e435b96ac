//! The regular expression operators.

use super::{Call, Scalar};
use crate::types::PgError;
use crate::types::regexp::Regexp;

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_textregexeq", |call| Ok(matches(call, false)?.into())),
    ("pg_textregexne", |call| Ok((!matches(call, false)?).into())),
    ("pg_texticregexeq", |call| Ok(matches(call, true)?.into())),
    ("pg_texticregexne", |call| Ok((!matches(call, true)?).into())),
];

/// (text, pattern).
fn matches(call: &Call, ignore_case: bool) -> Result<bool, PgError> {
    let text = call.text(0)?;
    let pattern = call.kept(1, |_| Regexp::new(call.text(1)?, ignore_case))?;
    Ok(pattern.matches(text))
}
