use std::cmp::Ordering;

use proptest::prelude::*;

use super::*;

fn numeric(text: &str) -> Numeric {
    Numeric::input(text).unwrap()
}

fn any_numeric() -> impl Strategy<Value = Numeric> {
    prop_oneof![
        "-?[0-9]{1,3}(\\.[0-9]{0,3})?".prop_map(|text| numeric(&text)),
        "-?[0-9]{1,40}(\\.[0-9]{1,40})?".prop_map(|text| numeric(&text)),
        "-?0\\.0{0,12}[0-9]{1,4}0{0,3}".prop_map(|text| numeric(&text)),
        "-?[1-9]e[0-9]{1,4}".prop_map(|text| numeric(&text)),
        "-?[1-9]e-[0-9]{1,4}".prop_map(|text| numeric(&text)),
        prop::sample::select(vec![Numeric::NaN, Numeric::Infinity, Numeric::NegativeInfinity]),
    ]
}

#[test]
fn an_exponent_of_the_least_integer_is_too_large() {
    for text in ["1e-9223372036854775808", "0e-9223372036854775808", "1e9223372036854775807"] {
        assert_eq!(Numeric::input(text).unwrap_err().code.as_str(), "22003", "{text}");
    }
}

/// As SQLite's RTRIM compares.
fn compare_keys(a: &str, b: &str) -> Ordering {
    a.trim_end_matches(' ').cmp(b.trim_end_matches(' '))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn keys_come_back_and_sort_as_the_values_do(a in any_numeric(), b in any_numeric()) {
        prop_assert_eq!(Numeric::parse_key(a.key().as_bytes()), Some(a.clone()), "{}", a.key());
        prop_assert_eq!(compare_keys(&a.key(), &b.key()), a.compare(&b), "{} {}", a.key(), b.key());
    }

    #[test]
    fn bytes_come_back(value in any_numeric()) {
        let mut sent = Vec::new();
        send(&value, |word| sent.push(word));
        let mut words = sent.into_iter();
        prop_assert_eq!(recv(|| Ok(words.next().unwrap())).unwrap(), value);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[ +-]{0,2}[0-9]{0,6}[.eE+0-9-]{0,8} ?") {
        let _ = Numeric::input(&text);
    }

    #[test]
    fn a_quotient_times_the_divisor_is_near(a in any_numeric(), b in any_numeric()) {
        if let (Ok(quotient @ Numeric::Finite(_)), true, true) = (a.divide(&b), a.is_finite(), b.is_finite()) {
            let back = quotient.multiply(&b).unwrap();
            let error = back.subtract(&a).unwrap().abs();
            let allowed = b.abs().divide(&numeric("1e16")).unwrap().add(&a.abs()).unwrap();
            prop_assert!(error.compare(&allowed).is_le());
        }
    }
}

#[test]
fn keys_look_as_the_page_says() {
    for (text, key) in [
        ("0", "A1 0"),
        ("0.00", "A1 0  "),
        ("7", "A1 7"),
        ("123.450", "A3 123.45 "),
        ("0.05", "A1 0.05"),
        ("100", "A3 100"),
        ("1234567890", "B10 1234567890"),
        ("-123.45", "-z6 876.54~ (-123.45)"),
        ("-1.50", "-z8 8.4~ (-1.5) "),
    ] {
        assert_eq!(numeric(text).key(), key);
    }
}

/// Each line of the file is a call and PostgreSQL 15's answer.
#[test]
fn computes_as_postgresql() {
    let mut wrong = Vec::new();
    for line in include_str!("results.golden.tsv").lines() {
        let (call, expected) = line.split_once('\t').unwrap();
        let words: Vec<&str> = call.split(' ').collect();
        let argument = |index: usize| numeric(words[index]);
        let result = match words[0] {
            "add" => argument(1).add(&argument(2)),
            "sub" => argument(1).subtract(&argument(2)),
            "mul" => argument(1).multiply(&argument(2)),
            "div" => argument(1).divide(&argument(2)),
            "mod" => argument(1).modulo(&argument(2)),
            "divt" => argument(1).divide_whole(&argument(2)),
            "pow" => argument(1).power(&argument(2)),
            "log" => argument(2).log(&argument(1)),
            "gcd" => Ok(argument(1).gcd(&argument(2))),
            "lcm" => argument(1).lcm(&argument(2)),
            "sqrt" => argument(1).sqrt(),
            "exp" => argument(1).exp(),
            "ln" => argument(1).ln(),
            "in" => Numeric::input(words[1]),
            "ceil" => argument(1).ceil(),
            "floor" => argument(1).floor(),
            "trim" => Ok(argument(1).trim_scale()),
            "round" => argument(1).round(words[2].parse().unwrap()),
            "trunc" => argument(1).truncate(words[2].parse().unwrap()),
            "field" => argument(1).apply_typmod(typmod(words[2].parse().unwrap(), words[3].parse().unwrap())),
            other => panic!("{other}"),
        };
        let answer = match result {
            Ok(value) => value.to_string(),
            Err(error) => format!("{} {}", error.code.as_str(), error.message),
        };
        if answer != expected {
            wrong.push(format!("{call}: {answer}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}
