//! What PostgreSQL answers is asked of it in `compat/oracle/jsonpath.sql`; here is what must hold whatever it answers.

use proptest::prelude::*;

use super::*;
use crate::types::json;

fn query(json: &str, path: &str) -> Result<Vec<String>, PgError> {
    let json = json::parse(json)?;
    let with = With { vars: None, silent: false, zone: None, look_up: &|| Ok(()) };
    Jsonpath::input(path)?.query(&json, &with)
}

fn printed(path: &str) -> String {
    Jsonpath::input(path).unwrap().to_string()
}

#[test]
fn operators_that_steps_follow_keep_their_parentheses() {
    // PostgreSQL prints these without, and can't read all of them again.
    for path in [
        "($.\"a\" + $.\"b\").\"c\" < 2",
        "(exists ($.\"a\")).type()",
        "(!($ > 1)).type()",
        "(($ > 1) is unknown).type()",
        "$[($ + 1).\"b\"]",
        "(-$).abs() == ($ like_regex \"a\").type()",
    ] {
        let normal = printed(path);
        assert!(normal.contains(path), "{path} became {normal}");
        assert_eq!(printed(&normal), normal);
    }
}

#[test]
fn depth_is_bounded() {
    let deep = |levels: usize| {
        [
            format!("{}${}", "(".repeat(3 * levels), ")".repeat(3 * levels)),
            "-".repeat(levels) + "$",
            format!("${}", ".a".repeat(levels)),
            format!("$ == 1{}", " || $ == 1".repeat(levels)),
            format!("1{}", " + 1".repeat(levels)),
            format!("{}{}", "$[".repeat(levels) + "0", "]".repeat(levels)),
            format!("${}{}", " ? (exists(@".repeat(levels), "))".repeat(levels)),
            format!("{}(1 == 1){}", "!(".repeat(levels), ")".repeat(levels)),
        ]
    };
    for path in deep(60).into_iter().chain(deep(120)) {
        let normal = printed(&path);
        assert_eq!(printed(&normal), normal);
        let _ = query("{\"a\": 1}", &path);
    }
    for path in deep(100_000) {
        assert_eq!(Jsonpath::input(&path).unwrap_err().code, SqlState::STATEMENT_TOO_COMPLEX);
    }
}

#[test]
fn work_is_bounded() {
    let nested = "[".repeat(400) + &"]".repeat(400);
    let error = query(&nested, "$.**.**.**.**").unwrap_err();
    assert_eq!(error.code, SqlState::STATEMENT_TOO_COMPLEX);
    let many = format!("[{}1]", "1,".repeat(2_000));
    assert!(query(&many, "$[*] ? (@ > 1)").unwrap().is_empty());
    assert_eq!(query(&many, "lax $ ? (@[*] == @[*])").unwrap().len(), 2_001);
    let error = query(&many, "strict $ ? (@[*] == @[*])").unwrap_err();
    assert_eq!(error.code, SqlState::STATEMENT_TOO_COMPLEX);
}

fn any_path() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("$"),
        Just("@"),
        Just("$x"),
        Just("1"),
        Just("2.5"),
        Just("-1"),
        Just("null"),
        Just("true"),
        Just("\"a\""),
        Just(".a"),
        Just(".\"b c\""),
        Just(".*"),
        Just("[*]"),
        Just("[0]"),
        Just("[last]"),
        Just("[0 to last - 1]"),
        Just(".**"),
        Just(".**{1 to 2}"),
        Just(" + "),
        Just(" - "),
        Just(" * "),
        Just(" / "),
        Just(" % "),
        Just("("),
        Just(")"),
        Just(" ? ("),
        Just(" == "),
        Just(" < "),
        Just(" && "),
        Just(" || "),
        Just("!"),
        Just("exists("),
        Just(" is unknown"),
        Just(" starts with \"a\""),
        Just(" like_regex \"^a\" flag \"i\""),
        Just(".type()"),
        Just(".size()"),
        Just(".double()"),
        Just(".abs()"),
        Just(".keyvalue()"),
        Just(".datetime()"),
        Just("strict "),
        Just("\\"),
        Just("/*"),
    ];
    prop::collection::vec(word, 0..14).prop_map(|words| words.concat())
}

/// Paths that are some, mostly.
fn any_valid_path() -> impl Strategy<Value = String> {
    let leaf =
        prop_oneof![Just("$".to_owned()), Just("1".to_owned()), Just("\"a\"".to_owned()), Just("$.a".to_owned())];
    leaf.prop_recursive(5, 40, 3, |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            two.clone().prop_map(|(a, b)| format!("({a} + {b})")),
            two.clone().prop_map(|(a, b)| format!("{a} * {b}")),
            two.clone().prop_map(|(a, b)| format!("({a} == {b}).type()")),
            two.clone().prop_map(|(a, b)| format!("({a} < {b} && !exists({b})).x")),
            two.clone().prop_map(|(a, b)| format!("({a}) ? ({b} > 1 || ({a} starts with \"a\") is unknown)")),
            two.prop_map(|(a, b)| format!("({a})[{b}, 0 to {b}]")),
            inner.clone().prop_map(|a| format!("-{a}")),
            inner.clone().prop_map(|a| format!("({a}).a[*].**")),
            inner.clone().prop_map(|a| format!("({a}).keyvalue().value")),
            inner.prop_map(|a| format!("(!({a} like_regex \"a\" flag \"is\")).double()")),
        ]
    })
}

proptest! {
    #[test]
    fn any_text_is_a_path_or_an_error(text in prop_oneof![any_path(), "[$@.*\\[\\]()?!&|<>=\"'\\\\/0-9a-z {},+-]{0,30}", "\\PC{0,20}"]) {
        if let Ok(path) = Jsonpath::input(&text) {
            let normal = path.to_string();
            prop_assert_eq!(&printed(&normal), &normal, "{}", text);
            let document = "{\"a\": [1, {\"b c\": \"a\"}, null, [2.5, \"2020-01-01\"]], \"x\": {\"a\": true}}";
            let once = query(document, &text);
            prop_assert_eq!(query(document, &normal), once, "{}", normal);
        }
    }

    #[test]
    fn what_is_printed_is_the_same_path(text in any_valid_path()) {
        if let Ok(path) = Jsonpath::input(&text) {
            let normal = path.to_string();
            prop_assert_eq!(&printed(&normal), &normal, "{}", text);
            let document = "{\"a\": [1, {\"a\": 5}, \"a\"]}";
            prop_assert_eq!(query(document, &normal), query(document, &text), "{}", normal);
        }
    }
}
