//! random() of a session that has called setseed(): PostgreSQL's own numbers (`src/common/pg_prng.c`).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::{PgError, SqlState};

/// The generator xoroshiro128**, as it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Xoroshiro {
    s0: u64,
    s1: u64,
}

impl Xoroshiro {
    /// `setseed(seed)`: 22023 unless that is from −1 to 1.
    pub fn seeded(seed: f64) -> Result<Xoroshiro, PgError> {
        if !(-1.0..=1.0).contains(&seed) {
            let message = format!("setseed parameter {} is out of allowed range [-1,1]", six_digits(seed));
            return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message));
        }
        const MANTISSA: f64 = ((1_u64 << 52) - 1) as f64;
        let mut state = (MANTISSA * seed) as i64 as u64;
        let (s0, s1) = (split_mix(&mut state), split_mix(&mut state));
        Ok(match (s0, s1) {
            (0, 0) => Xoroshiro { s0: 0x5851_F42D_4C95_7F2D, s1: 0x1405_7B7E_F767_814F },
            (s0, s1) => Xoroshiro { s0, s1 },
        })
    }

    fn next(&mut self) -> u64 {
        let (s0, sx) = (self.s0, self.s1 ^ self.s0);
        self.s0 = s0.rotate_left(24) ^ sx ^ (sx << 16);
        self.s1 = sx.rotate_left(37);
        s0.wrapping_mul(5).rotate_left(7).wrapping_mul(9)
    }

    /// From 0 to below 1.
    pub fn float(&mut self) -> f64 {
        const SCALE: f64 = 1.0 / (1_u64 << 52) as f64;
        (self.next() >> 12) as f64 * SCALE
    }
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// As C prints it with `%g`.
fn six_digits(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let scientific = format!("{value:.5e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let trimmed = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    match exponent {
        -4..=5 => trimmed(&format!("{value:.*}", usize::try_from(5 - exponent).unwrap_or(0))),
        _ => format!("{}e{}{:02}", trimmed(digits), if exponent < 0 { '-' } else { '+' }, exponent.abs()),
    }
}

/// One session's generator, if it has called setseed(). Clones share it.
#[derive(Clone, Default, Debug)]
pub struct SessionRandom(Arc<Mutex<Option<Xoroshiro>>>);

impl SessionRandom {
    pub fn get(&self) -> Option<Xoroshiro> {
        *self.lock()
    }

    pub fn set(&self, generator: Option<Xoroshiro>) {
        *self.lock() = generator;
    }

    /// The next number; `None` of a session that has not called setseed().
    pub fn float(&self) -> Option<f64> {
        self.lock().as_mut().map(Xoroshiro::float)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Xoroshiro>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Contexts do not differ by it: it is no part of them that a plan or a statement depends on.
impl PartialEq for SessionRandom {
    fn eq(&self, _: &SessionRandom) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_postgresqls() {
        let mut generator = Xoroshiro::seeded(0.5).unwrap();
        assert_eq!([generator.float(), generator.float()], [0.9851677175347999, 0.825301858027981]);
        let error = |seed| Xoroshiro::seeded(seed).unwrap_err().message;
        assert_eq!(error(1.5), "setseed parameter 1.5 is out of allowed range [-1,1]");
        assert_eq!(error(-123456789.0), "setseed parameter -1.23457e+08 is out of allowed range [-1,1]");
        assert_eq!(error(f64::NAN), "setseed parameter NaN is out of allowed range [-1,1]");
    }
}
