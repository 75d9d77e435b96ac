//! Type names in SQL text → [`Type`] and typmod.

use sqlparser::ast::{
    ArrayElemTypeDef, CharacterLength, DataType, ExactNumberInfo, IntervalFields, ObjectName, TimezoneInfo,
};

use super::Binder;
use super::domain::{array_of_domain, domain_of_elements};
use super::names::{Qualified, fold};
use crate::catalog::{Catalog, Domain, Enum, Object, system};
use crate::sql::SessionContext;
use crate::sql::bound::Form;
use crate::sql::text::At;
use crate::sql::type_names::{self, Named, REGCLASS};
use crate::types::timestamp::interval;
use crate::types::{PgError, SqlState, Type, bits, numeric};

/// `varchar(n)` and `char(n)` are at most this long.
const MAX_LENGTH: u64 = 10_485_760;

fn with_zone(zone: &TimezoneInfo) -> bool {
    matches!(zone, TimezoneInfo::WithTimeZone | TimezoneInfo::Tz)
}

/// The fields in the upper half, the precision in the lower.
pub fn interval_typmod(fields: &Option<IntervalFields>, precision: Option<u64>) -> i32 {
    let range = match fields {
        None => interval::FULL_RANGE,
        Some(IntervalFields::Year) => interval::YEAR,
        Some(IntervalFields::Month) => interval::MONTH,
        Some(IntervalFields::Day) => interval::DAY,
        Some(IntervalFields::Hour) => interval::HOUR,
        Some(IntervalFields::Minute) => interval::MINUTE,
        Some(IntervalFields::Second) => interval::SECOND,
        Some(IntervalFields::YearToMonth) => interval::YEAR_TO_MONTH,
        Some(IntervalFields::DayToHour) => interval::DAY_TO_HOUR,
        Some(IntervalFields::DayToMinute) => interval::DAY_TO_MINUTE,
        Some(IntervalFields::DayToSecond) => interval::DAY_TO_SECOND,
        Some(IntervalFields::HourToMinute) => interval::HOUR_TO_MINUTE,
        Some(IntervalFields::HourToSecond) => interval::HOUR_TO_SECOND,
        Some(IntervalFields::MinuteToSecond) => interval::MINUTE_TO_SECOND,
    };
    if fields.is_none() && precision.is_none() {
        return -1;
    }
    let precision = precision.map_or(interval::FULL_PRECISION, |precision| precision.min(6) as i32);
    range << 16 | precision
}

/// The typmod of fields as SQL names them (`DAY TO SECOND`); `None` for what are none, or have no precision.
pub fn interval_typmod_named(fields: Option<&str>, precision: Option<u64>) -> Option<i32> {
    let Some(fields) = fields else { return Some(interval_typmod(&None, precision)) };
    let fields = format!(" {}", fields.to_ascii_lowercase());
    let known = |range: &i32| interval::typmod_name(range << 16 | interval::FULL_PRECISION) == fields;
    let range = (1..1 << 13).find(known)?;
    match precision {
        None => Some(range << 16 | interval::FULL_PRECISION),
        Some(precision) if range & interval::SECOND != 0 => Some(range << 16 | precision.min(6) as i32),
        Some(_) => None,
    }
}

/// An error with the names of the users' types that it speaks of.
pub fn with_type_names(error: PgError, catalog: &Catalog, context: &SessionContext) -> PgError {
    let name = |ty: Type| system::shown_user_type(catalog, context.path(catalog), ty);
    let named = |text: String| Type::with_names(&text, name);
    PgError { message: named(error.message), detail: error.detail.map(named), hint: error.hint.map(named), ..error }
}

impl Binder<'_> {
    /// A type and its typmod (−1 for none), where no domain may stand. `at` is where it stands, for errors.
    pub fn data_type(&self, name: &DataType, at: At) -> Result<(Type, i32), PgError> {
        let form = self.form(name, at)?;
        match form.domain {
            0 => Ok((form.ty, form.typmod)),
            domain => Err(self.unsupported(at, format!("domain {} here", Type(domain)))),
        }
    }

    /// What a type's name stands for, be it a domain.
    pub fn form(&self, name: &DataType, at: At) -> Result<Form, PgError> {
        if let DataType::Custom(name, modifiers) = name
            && let Some(domain) = self.custom_domain(name, modifiers, at)?
        {
            return Ok(Form { ty: domain.ty, typmod: domain.typmod, domain: domain.oid });
        }
        if let DataType::Array(of) = name {
            return self.array_form(of, at);
        }
        match self.builtin_or_enum(name, at) {
            Ok((ty, typmod)) => Ok(Form { ty, typmod, domain: 0 }),
            // sqlparser knows types of other databases, whose names are free here.
            Err(error) if error.code == SqlState::UNDEFINED_OBJECT && !matches!(name, DataType::Custom(..)) => {
                let own = Qualified { schema: None, name: name.to_string().to_ascii_lowercase(), at };
                self.find_type(&own).map(|object| self.form_of(Type(object.oid()))).ok_or(error)
            }
            Err(error) => Err(error),
        }
    }

    /// What a type's OID stands for.
    pub fn form_of(&self, ty: Type) -> Form {
        if let Some(domain) = self.catalog.domain(ty.0) {
            return Form { ty: domain.ty, typmod: domain.typmod, domain: domain.oid };
        }
        match self.catalog.domain(domain_of_elements(ty.0)).and_then(|domain| Some((domain, domain.ty.array()?))) {
            Some((domain, array)) if !domain.ty.is_array() => {
                Form { ty: array, typmod: domain.typmod, domain: domain.array() }
            }
            _ => Form::plain(ty),
        }
    }

    fn builtin_or_enum(&self, name: &DataType, at: At) -> Result<(Type, i32), PgError> {
        let missing = |what: &str| Err(self.unsupported(at, format!("type {what}")));
        let plain = |ty: Type| Ok((ty, -1));
        match name {
            DataType::Bool | DataType::Boolean => plain(Type::BOOL),
            DataType::SmallInt(None) | DataType::Int2(None) => plain(Type::INT2),
            DataType::Int(None) | DataType::Int4(None) | DataType::Integer(None) => plain(Type::INT4),
            DataType::BigInt(None) | DataType::Int8(None) => plain(Type::INT8),
            DataType::Real | DataType::Float4 => plain(Type::FLOAT4),
            DataType::DoublePrecision | DataType::Float8 => plain(Type::FLOAT8),
            DataType::Float(ExactNumberInfo::None) => plain(Type::FLOAT8),
            DataType::Float(ExactNumberInfo::Precision(precision)) => match precision {
                0 => {
                    let message = "precision for type float must be at least 1 bit";
                    Err(self.error(at, SqlState::INVALID_PARAMETER_VALUE, message))
                }
                1..=24 => plain(Type::FLOAT4),
                25..=53 => plain(Type::FLOAT8),
                _ => {
                    let message = "precision for type float must be less than 54 bits";
                    Err(self.error(at, SqlState::INVALID_PARAMETER_VALUE, message))
                }
            },
            DataType::Text => plain(Type::TEXT),
            DataType::Bytea => plain(Type::BYTEA),
            DataType::Uuid => plain(Type::UUID),
            DataType::Regclass => plain(REGCLASS),
            DataType::Varchar(length) | DataType::CharacterVarying(length) | DataType::CharVarying(length) => {
                Ok((Type::VARCHAR, self.length_typmod(length, "varchar", at)?))
            }
            DataType::Timestamp(precision, zone) => Ok((
                if with_zone(zone) { Type::TIMESTAMPTZ } else { Type::TIMESTAMP },
                precision.map_or(-1, |precision| precision.min(6) as i32),
            )),
            DataType::Time(precision, zone) => Ok((
                if with_zone(zone) { Type::TIMETZ } else { Type::TIME },
                precision.map_or(-1, |precision| precision.min(6) as i32),
            )),
            DataType::Date => plain(Type::DATE),
            DataType::Interval { fields, precision } => Ok((Type::INTERVAL, interval_typmod(fields, *precision))),
            DataType::Numeric(info) | DataType::Decimal(info) | DataType::Dec(info) => {
                Ok((Type::NUMERIC, self.numeric_typmod(info, at)?))
            }
            DataType::Char(length) | DataType::Character(length) => {
                let one = Some(CharacterLength::IntegerLength { length: 1, unit: None });
                let length = if length.is_none() { &one } else { length };
                Ok((Type::BPCHAR, self.length_typmod(length, "char", at)?))
            }
            DataType::JSON => plain(Type::JSON),
            DataType::JSONB => plain(Type::JSONB),
            DataType::Bit(length) => Ok((Type::BIT, self.bits_typmod(Some(length.unwrap_or(1)), "bit", at)?)),
            DataType::BitVarying(length) | DataType::VarBit(length) => {
                Ok((Type::VARBIT, self.bits_typmod(*length, "varbit", at)?))
            }
            DataType::Array(of) => self.array_form(of, at).map(|form| (form.ty, form.typmod)),
            DataType::TsVector => missing("tsvector"),
            DataType::TsQuery => missing("tsquery"),
            DataType::GeometricType(kind) => missing(&kind.to_string()),
            DataType::Custom(name, modifiers) => self.custom_type(name, modifiers, at),
            DataType::Int2(Some(_)) | DataType::Int4(Some(_)) | DataType::Int8(Some(_)) => {
                let name = name.to_string().to_ascii_lowercase();
                let name = name.split('(').next().unwrap_or_default();
                let message = format!("type modifier is not allowed for type \"{name}\"");
                Err(self.error(at, SqlState::SYNTAX_ERROR, message))
            }
            other => {
                let name = other.to_string().to_ascii_lowercase();
                Err(self.error(at, SqlState::UNDEFINED_OBJECT, format!("type \"{name}\" does not exist")))
            }
        }
    }

    /// `int[]`, `int[3][4]` and `int ARRAY`: how many dimensions and how long doesn't matter.
    fn array_form(&self, of: &ArrayElemTypeDef, at: At) -> Result<Form, PgError> {
        let mut element = match of {
            ArrayElemTypeDef::SquareBracket(element, _) => &**element,
            _ => return Err(self.unsupported(at, "this spelling of an array type")),
        };
        while let DataType::Array(ArrayElemTypeDef::SquareBracket(inner, _)) = element {
            element = inner;
        }
        let form = self.form(element, at).map_err(|error| match error.message.strip_suffix("\" does not exist") {
            Some(begins) if error.code == SqlState::UNDEFINED_OBJECT => {
                PgError { message: format!("{begins}[]\" does not exist"), ..error }
            }
            _ => error,
        });
        let Form { ty: element, typmod, domain } = form?;
        if domain != 0 && element.is_array() {
            return Err(self.unsupported(at, format!("an array of the domain {}, which is over arrays", Type(domain))));
        }
        match element.array() {
            Some(ty) => Ok(Form { ty, typmod, domain: array_of_domain(domain) }),
            None => Err(self.unsupported(at, format!("type {}[]", type_names::internal_name(element)))),
        }
    }

    fn length_typmod(&self, length: &Option<CharacterLength>, name: &str, at: At) -> Result<i32, PgError> {
        let length = match length {
            None => return Ok(-1),
            Some(CharacterLength::IntegerLength { length, unit: None }) => *length,
            Some(_) => return Err(self.syntax_error(at, name)),
        };
        let error = |limit: &str| {
            let message = format!("length for type {name} {limit}");
            Err(self.error(at, SqlState::INVALID_PARAMETER_VALUE, message))
        };
        match length {
            0 => error("must be at least 1"),
            length if length > MAX_LENGTH => error("cannot exceed 10485760"),
            length => Ok(length as i32 + 4),
        }
    }

    /// The typmod of bit strings: so many bits.
    fn bits_typmod(&self, length: Option<u64>, name: &str, at: At) -> Result<i32, PgError> {
        let error = |limit: &str| {
            let message = format!("length for type {name} {limit}");
            Err(self.error(at, SqlState::INVALID_PARAMETER_VALUE, message))
        };
        match length {
            None => Ok(-1),
            Some(0) => error("must be at least 1"),
            Some(length) if length > bits::MAX_LENGTH => error(&format!("cannot exceed {}", bits::MAX_LENGTH)),
            Some(length) => Ok(length as i32),
        }
    }

    fn numeric_typmod(&self, info: &ExactNumberInfo, at: At) -> Result<i32, PgError> {
        match info {
            ExactNumberInfo::None => Ok(-1),
            ExactNumberInfo::Precision(precision) => {
                self.numeric_precision(i64::try_from(*precision).unwrap_or(i64::MAX), 0, at)
            }
            ExactNumberInfo::PrecisionAndScale(precision, scale) => {
                self.numeric_precision(i64::try_from(*precision).unwrap_or(i64::MAX), *scale, at)
            }
        }
    }

    fn numeric_precision(&self, precision: i64, scale: i64, at: At) -> Result<i32, PgError> {
        let error = |message: String| Err(self.error(at, SqlState::INVALID_PARAMETER_VALUE, message));
        if !(1..=numeric::MAX_PRECISION).contains(&precision) {
            return error(format!("NUMERIC precision {precision} must be between 1 and {}", numeric::MAX_PRECISION));
        }
        let most = numeric::MAX_SCALE;
        if !(-most..=most).contains(&scale) {
            return error(format!("NUMERIC scale {scale} must be between -{most} and {most}"));
        }
        Ok(numeric::typmod(precision, scale))
    }

    fn custom_type(&self, name: &ObjectName, modifiers: &[String], at: At) -> Result<(Type, i32), PgError> {
        let parts = self.parts(name)?;
        let at = at.or(parts.first().map_or(At::NOWHERE, |part| part.span.into()));
        let folded: Vec<String> = parts.iter().map(|part| fold(part)).collect();
        let (builtin, name) = match &folded[..] {
            [name] => (true, name.clone()),
            [schema, name] => (schema == "pg_catalog", name.clone()),
            _ => (false, folded.join(".")),
        };
        if let [schema, _] = &folded[..]
            && schema != "pg_catalog"
            && schema != "information_schema"
            && !self.catalog.has_schema(self.meant(schema))
        {
            let message = format!("schema \"{schema}\" does not exist");
            return Err(self.error(at, SqlState::INVALID_SCHEMA_NAME, message));
        }
        // A quoted spelling is the type's own name only: "integer" is nobody's.
        let quoted = parts.last().is_some_and(|part| part.quote_style.is_some()) || folded.len() > 1;
        let named = if !builtin {
            Named::Unknown
        } else if quoted {
            type_names::lookup_internal(&name)
        } else {
            type_names::lookup(&name)
        };
        if let (Named::Unknown, Some(of)) = (&named, self.find_enum(&folded, at)) {
            if !modifiers.is_empty() {
                let message = format!("type modifier is not allowed for type \"{}\"", of.name);
                return Err(self.error(at, SqlState::SYNTAX_ERROR, message));
            }
            return Ok((of.ty(), -1));
        }
        if let (Named::Unknown, Some(own)) = (&named, own_name(&folded, at))
            && let Some(of) = self.row_type_named(&own)
        {
            if !modifiers.is_empty() {
                let message = format!("type modifier is not allowed for type \"{}\"", of.name());
                return Err(self.error(at, SqlState::SYNTAX_ERROR, message));
            }
            // Its relation may be called otherwise one day, and have other columns.
            let in_table = !matches!(of, Object::Composite(_));
            if in_table && (self.stored || self.clause().is_stored()) {
                return Err(self.unsupported(at, "a row type in an expression that is stored"));
            }
            return Ok((Type::of_relation(of.oid()), -1));
        }
        match named {
            Named::Type(ty @ (Type::TIMESTAMPTZ | Type::TIMESTAMP | Type::TIME | Type::TIMETZ)) => {
                Ok((ty, self.precision(modifiers, at)?))
            }
            Named::Type(ty @ (Type::VARCHAR | Type::BPCHAR)) => {
                let length = match modifiers {
                    [] => None,
                    [length] => length.parse().ok(),
                    _ => return Err(self.error(at, SqlState::INVALID_PARAMETER_VALUE, "invalid type modifier")),
                };
                let length = length.map(|length| CharacterLength::IntegerLength { length, unit: None });
                let name = if ty == Type::VARCHAR { "varchar" } else { "char" };
                Ok((ty, self.length_typmod(&length, name, at)?))
            }
            Named::Type(ty @ (Type::BIT | Type::VARBIT)) if !modifiers.is_empty() => {
                let name = if ty == Type::BIT { "bit" } else { "varbit" };
                let length = match modifiers {
                    [length] => length.parse().ok(),
                    _ => None,
                };
                let Some(length) = length else {
                    return Err(self.error(at, SqlState::INVALID_PARAMETER_VALUE, "invalid type modifier"));
                };
                Ok((ty, self.bits_typmod(Some(length), name, at)?))
            }
            Named::Type(ty) if modifiers.is_empty() => Ok((ty, -1)),
            Named::Type(Type::NUMERIC) => {
                let invalid = || self.error(at, SqlState::INVALID_PARAMETER_VALUE, "invalid NUMERIC type modifier");
                let number = |text: &String| text.parse::<i64>().map_err(|_| invalid());
                let typmod = match modifiers {
                    [precision] => self.numeric_precision(number(precision)?, 0, at)?,
                    [precision, scale] => self.numeric_precision(number(precision)?, number(scale)?, at)?,
                    _ => return Err(invalid()),
                };
                Ok((Type::NUMERIC, typmod))
            }
            Named::Type(ty) => {
                let message = format!("type modifier is not allowed for type \"{}\"", ty.name());
                Err(self.error(at, SqlState::SYNTAX_ERROR, message))
            }
            Named::Missing => Err(self.unsupported(at, format!("type {name}"))),
            Named::Unknown => {
                let message = format!("type \"{}\" does not exist", folded.join("."));
                Err(self.error(at, SqlState::UNDEFINED_OBJECT, message))
            }
        }
    }

    /// What has row types: a composite type, or else a table or view.
    fn row_type_named(&self, name: &Qualified) -> Option<&Object> {
        let of_type = self.find_type(name).filter(|of| of.has_row_type());
        of_type.or_else(|| self.find_relation(name).filter(|of| of.has_row_type()))
    }

    fn find_enum(&self, parts: &[String], at: At) -> Option<&Enum> {
        match self.find_type(&own_name(parts, at)?)? {
            Object::Enum(of) => Some(of),
            _ => None,
        }
    }

    /// The domain of that name, unless it is a type's of PostgreSQL.
    fn custom_domain(&self, name: &ObjectName, modifiers: &[String], at: At) -> Result<Option<&Domain>, PgError> {
        let parts = self.parts(name)?;
        let at = at.or(parts.first().map_or(At::NOWHERE, |part| part.span.into()));
        let folded: Vec<String> = parts.iter().map(|part| fold(part)).collect();
        let quoted = parts.last().is_some_and(|part| part.quote_style.is_some());
        if let [name] = &folded[..]
            && !matches!(
                if quoted { type_names::lookup_internal(name) } else { type_names::lookup(name) },
                Named::Unknown
            )
        {
            return Ok(None);
        }
        match own_name(&folded, at).and_then(|name| self.find_type(&name)) {
            Some(Object::Domain(domain)) if !modifiers.is_empty() => {
                let message = format!("type modifier is not allowed for type \"{}\"", domain.name);
                Err(self.error(at, SqlState::SYNTAX_ERROR, message))
            }
            Some(Object::Domain(domain)) => Ok(Some(domain)),
            _ => Ok(None),
        }
    }

    fn precision(&self, modifiers: &[String], at: At) -> Result<i32, PgError> {
        match modifiers {
            [] => Ok(-1),
            [precision] => match precision.parse::<i32>() {
                Ok(precision) if precision >= 0 => Ok(precision.min(6)),
                _ => Err(self.error(at, SqlState::INVALID_PARAMETER_VALUE, "invalid type modifier")),
            },
            _ => Err(self.error(at, SqlState::INVALID_PARAMETER_VALUE, "invalid type modifier")),
        }
    }
}

/// The name of a user's type.
fn own_name(parts: &[String], at: At) -> Option<Qualified> {
    match parts {
        [name] => Some(Qualified { schema: None, name: name.clone(), at }),
        [schema, name] => Some(Qualified { schema: Some(schema.clone()), name: name.clone(), at }),
        _ => None,
    }
}
