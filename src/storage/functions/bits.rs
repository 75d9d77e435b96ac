//! Bit strings, which are texts of zeros and ones.

use super::{Call, Out, Scalar};
use crate::types::{PgError, bits};

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_bit_in", |call| Ok(bits::input(call.text(0)?)?.into())),
    // (bits, length, is explicit), as `varchar(n)`.
    ("pg_bit", |call| Ok(bits::fixed(call.text(0)?, length(call, 1)?, call.int(2)? != 0)?.into())),
    ("pg_varbit", |call| Ok(bits::varying(call.text(0)?, length(call, 1)?, call.int(2)? != 0)?.into())),
    // (integer, its bits, length)
    ("pg_int_bit", |call| Ok(bits::of_integer(call.int(0)?, length(call, 1)?, length(call, 2)?).into())),
    ("pg_int4_bit1", |call| Ok(bits::of_integer(call.int(0)?, 32, 1).into())),
    ("pg_int8_bit1", |call| Ok(bits::of_integer(call.int(0)?, 64, 1).into())),
    // In no bits at all there are not even no bits.
    ("pg_bitposition", |call| {
        let (bits, part) = (call.text(0)?, call.text(1)?);
        let found = if bits.is_empty() { None } else { bits.find(part) };
        Ok(Out::Int(found.map_or(0, |place| place as i64 + 1)))
    }),
    ("pg_bit_int4", |call| Ok(Out::Int(bits::to_integer(call.text(0)?, 32)?))),
    ("pg_bit_int8", |call| Ok(Out::Int(bits::to_integer(call.text(0)?, 64)?))),
    ("pg_bitnot", |call| Ok(bits::inverted(call.text(0)?).into())),
    ("pg_bitand", |call| Ok(bits::combined(call.text(0)?, call.text(1)?, "AND", |a, b| a & b)?.into())),
    ("pg_bitor", |call| Ok(bits::combined(call.text(0)?, call.text(1)?, "OR", |a, b| a | b)?.into())),
    ("pg_bitxor", |call| Ok(bits::combined(call.text(0)?, call.text(1)?, "XOR", |a, b| a ^ b)?.into())),
    ("pg_bitshiftleft", |call| Ok(bits::shifted(call.text(0)?, call.int(1)?).into())),
    ("pg_bitshiftright", |call| Ok(bits::shifted(call.text(0)?, -call.int(1)?).into())),
    ("pg_bitoctetlength", |call| Ok(Out::Int(call.text(0)?.len().div_ceil(8) as i64))),
    ("pg_bitsubstr", |call| Ok(bits::substring(call.text(0)?, call.int(1)?, None)?.into())),
    ("pg_bitsubstr_len", |call| Ok(bits::substring(call.text(0)?, call.int(1)?, Some(call.int(2)?))?.into())),
    ("pg_bitoverlay_no_len", |call| overlay(call, call.text(1)?.len() as i64)),
    ("pg_bitoverlay", |call| overlay(call, call.int(3)?)),
    ("pg_bitgetbit", |call| Ok(bits::get(call.text(0)?, call.int(1)?)?.into())),
    ("pg_bitsetbit", |call| Ok(bits::set(call.text(0)?, call.int(1)?, call.int(2)?)?.into())),
    ("pg_bitcount", |call| Ok(Out::Int(call.text(0)?.bytes().filter(|bit| *bit == b'1').count() as i64))),
];

fn overlay(call: &Call, length: i64) -> Result<Out, PgError> {
    Ok(bits::overlay(call.text(0)?, call.text(1)?, call.int(2)?, length)?.into())
}

/// A number of bits, which is never negative.
fn length(call: &Call, index: usize) -> Result<usize, PgError> {
    Ok(usize::try_from(call.int(index)?).unwrap_or_default())
}
