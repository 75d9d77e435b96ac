//! `time_in` and `timetz_in`: a time of day, perhaps with a zone, and with a date where the zone needs one.

use super::super::time::{self, TimeTz};
use super::super::{MICROS, Zone};
use super::*;

/// Text → time. A zone in the text does not count.
pub fn input_time(text: &str, zone: &Zone, now: i64) -> Result<i64, PgError> {
    let decoded = fields(text).and_then(|fields| {
        let mut decoder = Decoder::new(zone, now);
        decoder.decode_clock(&fields)?;
        Ok(decoder.time_of_day())
    });
    decoded.map_err(|fault| fault.error(text, Type::TIME))
}

/// Text → timetz.
pub fn input_timetz(text: &str, zone: &Zone, now: i64) -> Result<TimeTz, PgError> {
    let decoded = fields(text).and_then(|fields| {
        let mut decoder = Decoder::new(zone, now);
        let offset = decoder.decode_clock(&fields)?;
        Ok(TimeTz { micros: decoder.time_of_day(), offset })
    });
    decoded.map_err(|fault| fault.error(text, Type::TIMETZ))
}

impl Decoder<'_> {
    fn time_of_day(&self) -> i64 {
        let seconds = (i64::from(self.hour) * 60 + i64::from(self.minute)) * 60 + i64::from(self.second);
        seconds * MICROS + i64::from(self.micros)
    }

    /// `DecodeTimeOnly`. Answers the offset from Greenwich.
    fn decode_clock(&mut self, fields: &[(Kind, String)]) -> Result<i32, Fault> {
        for (at, (kind, text)) in fields.iter().enumerate() {
            let next = fields.get(at + 1).map(|(kind, _)| *kind);
            let last_is_date = fields.last().is_some_and(|(kind, _)| *kind == Kind::Date);
            let added = match kind {
                Kind::Date if at == 0 && fields.len() >= 2 && (last_is_date || next == Some(Kind::Time)) => {
                    self.date(text)?
                }
                Kind::Date if text.starts_with(|c: char| c.is_ascii_digit()) => {
                    if self.has(TIME) {
                        return Err(Fault::Format);
                    }
                    let end = text.find('-').ok_or(Fault::Format)?;
                    self.displacement = Some(Displacement::Fixed(offset(&text[end..])?));
                    self.run_together(&text[..end], self.seen | DATE)? | ZONE
                }
                Kind::Date => {
                    let zone = Zone::named(text).ok_or_else(|| Fault::UnknownZone(text.to_owned()))?;
                    self.displacement = Some(Displacement::Named(zone));
                    ZONE
                }
                Kind::Time => self.time(text)?,
                Kind::Offset => {
                    self.displacement = Some(Displacement::Fixed(offset(text)?));
                    ZONE
                }
                Kind::Number => self.clock_number(text, at == 0 && fields.len() >= 2 && last_is_date)?,
                Kind::Word | Kind::Special => self.clock_word(text, next)?,
            };
            if added & self.seen != 0 {
                return Err(Fault::Format);
            }
            self.seen |= added;
        }
        self.finish_clock()
    }

    fn clock_number(&mut self, text: &str, may_be_date: bool) -> Result<u32, Fault> {
        match self.announced.take() {
            None => {}
            Some(Word::Julian) => return self.julian_day(text),
            Some(_) => {
                let added = self.run_together(text, self.seen | DATE)?;
                return if added == TIME { Ok(added) } else { Err(Fault::Format) };
            }
        }
        match text.find('.') {
            Some(_) if may_be_date => self.date(text),
            Some(at) if at > 2 => self.run_together(text, self.seen | DATE),
            Some(_) => Err(Fault::Format),
            None if text.len() > 4 => self.run_together(text, self.seen | DATE),
            None => self.number(text, self.seen | DATE),
        }
    }

    fn clock_word(&mut self, text: &str, next: Option<Kind>) -> Result<u32, Fault> {
        let zone_first = abbreviations::find(text).is_some();
        match word(text) {
            Some(Word::Now) if !zone_first => {
                self.word_field(text, next)?;
                // The zone stays open: it is the session's.
                self.displacement = None;
                self.seen &= !DATE;
                Ok(TIME)
            }
            Some(Word::IsoTime) if !zone_first => {
                if !matches!(next, Some(Kind::Number | Kind::Time | Kind::Date)) {
                    return Err(Fault::Format);
                }
                self.announced = Some(Word::IsoTime);
                Ok(0)
            }
            Some(Word::Fixed(_) | Word::Day(_) | Word::Month(_) | Word::DayOfWeek) if !zone_first => Err(Fault::Format),
            _ => self.word_field(text, next),
        }
    }

    fn finish_clock(&mut self) -> Result<i32, Fault> {
        self.validate_date()?;
        self.apply_meridian()?;
        let in_day = self.hour < 24 || (self.hour == 24 && self.minute == 0 && self.second == 0 && self.micros == 0);
        if !in_day || self.minute > 59 || self.second > 60 || self.time_of_day() > time::END {
            return Err(Fault::Field);
        }
        if !self.has(TIME) {
            return Err(Fault::Format);
        }
        if let Some(Displacement::Fixed(offset)) = self.displacement {
            return Ok(offset);
        }
        if self.seen & SUMMER_TIME != 0 {
            return Err(Fault::Format);
        }
        let fixed = match &self.displacement {
            Some(Displacement::Named(zone)) => zone.fixed_offset(),
            _ => None,
        };
        if let Some(offset) = fixed {
            return Ok(offset);
        }
        let named = matches!(self.displacement, Some(Displacement::Named(_)));
        let mut civil = self.civil();
        if !self.has(DATE) {
            if named || self.seen & DATE != 0 {
                return Err(Fault::Format);
            }
            let today = Civil::from_micros(self.session_zone.to_local(self.now));
            (civil.year, civil.month, civil.day) = (today.year, today.month, today.day);
        }
        Ok(self.offset_at(&civil))
    }
}
