// SPDX-License-Identifier: Apache-2.0

//! What the tools answer, without a socket.

use std::fs;

use hello_rs::{
    arguments::Refusal,
    tools::{self, Fault},
};
use serde::Deserialize;

/// One case of schemas/vectors, which all demo providers share.
#[derive(Deserialize)]
struct Case {
    name: String,
    payload: String,
    #[serde(default)]
    result: String,
    #[serde(default)]
    failure: String,
    #[serde(default)]
    refusal: String,
}

const NOT_JSON: &str = "the arguments are not valid JSON in UTF-8";

#[test]
fn echo_answers_as_all_demo_providers_do() {
    check_shared("echo.v1");
}

#[test]
fn sum_answers_as_all_demo_providers_do() {
    check_shared("sum.v1");
}

fn check_shared(tool: &str) {
    let file = fs::read(format!("{}/../../schemas/vectors/{tool}.json", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let cases: Vec<Case> = serde_json::from_slice(&file).unwrap();
    assert!(cases.len() >= 40, "{} cases for {tool}", cases.len());
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let (result, failure, refusal) = answer(tool, case.payload.as_bytes());
            let agrees = (&result, &failure, &refusal) == (&case.result, &case.failure, &case.refusal);
            (!agrees).then(|| format!("{}: {} gave result {result:?}, failure {failure:?}, refusal {refusal:?}", case.name, case.payload))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn bytes_that_are_not_unicode_are_refused() {
    let not_unicode: [(&str, &[u8]); 5] = [
        ("a byte that starts nothing", b"\xff"),
        ("a character cut short", b"\xe2\x82"),
        ("an overlong slash", b"\xc0\xaf"),
        ("half of a surrogate pair", b"\xed\xa0\x80"),
        ("beyond the last code point", b"\xf4\x90\x80\x80"),
    ];
    for (name, bytes) in not_unicode {
        let payload = [br#"{"message":""#, bytes, br#""}"#].concat();
        assert_eq!(answer("echo.v1", &payload), refused(NOT_JSON), "{name}");
    }
}

#[test]
fn a_number_of_a_thousand_characters_is_added_and_one_more_is_refused() {
    let thousand = "7".repeat(1000);
    let cancelled = format!(r#"{{"numbers":[{thousand},1,-{}]}}"#, &thousand[1..]);
    assert_eq!(answer("sum.v1", cancelled.as_bytes()), failed("the sum does not fit in 64 bits"));
    let even = format!(r#"{{"numbers":[{thousand},1,-{}6]}}"#, &thousand[1..999]);
    assert_eq!(answer("sum.v1", even.as_bytes()), failed("the sum does not fit in 64 bits"));
    let zero = format!(r#"{{"numbers":[-{0},41,{0},1]}}"#, &thousand[1..]);
    assert_eq!(answer("sum.v1", zero.as_bytes()), succeeded(r#"{"sum":42}"#));
    let long = format!(r#"{{"numbers":[1,{thousand}7]}}"#);
    assert_eq!(answer("sum.v1", long.as_bytes()), refused("/numbers/1 is longer than 1000 characters"));
    let double = format!(r#"{{"numbers":[0.{}]}}"#, &thousand[2..]);
    assert_eq!(answer("sum.v1", double.as_bytes()), succeeded(r#"{"sum":0.7777777777777778}"#));
}

#[test]
fn large_integers_of_both_signs_come_down_to_any_that_fits() {
    // 10^17, 10^18, 10^19, 10^35, 10^36 and 10^999 lie on both sides of where columns end.
    for zeros in [17, 18, 19, 35, 36, 998] {
        for rest in [i64::MIN, -1_000_000_000_000_000_001, -1, 0, 1, 999_999_999_999_999_999, i64::MAX] {
            let large = format!("1{}", "0".repeat(zeros));
            for numbers in [format!("{large},{rest},-{large}"), format!("-{large},{rest},{large}")] {
                let payload = format!(r#"{{"numbers":[{numbers}]}}"#);
                assert_eq!(answer("sum.v1", payload.as_bytes()), succeeded(&format!(r#"{{"sum":{rest}}}"#)), "{numbers}");
            }
        }
    }
}

#[test]
fn ten_thousand_levels_are_json_and_one_more_is_not() {
    let nested = |levels| format!(r#"{{"numbers":{}{}}}"#, "[".repeat(levels), "]".repeat(levels));
    assert_eq!(answer("sum.v1", nested(9_999).as_bytes()), refused("/numbers/0 must be a number"));
    assert_eq!(answer("sum.v1", nested(10_000).as_bytes()), refused(NOT_JSON));
    assert_eq!(answer("sum.v1", nested(1_000_000).as_bytes()), refused(NOT_JSON));
}

type Answer = (String, String, String);

fn succeeded(result: &str) -> Answer {
    (result.to_owned(), String::new(), String::new())
}

fn failed(failure: &str) -> Answer {
    (String::new(), failure.to_owned(), String::new())
}

fn refused(refusal: &str) -> Answer {
    (String::new(), String::new(), refusal.to_owned())
}

fn answer(tool: &str, payload: &[u8]) -> Answer {
    match (tools::find(tool).unwrap().call)(payload) {
        Ok(result) => succeeded(&result),
        Err(Fault::Failed(failure)) => failed(failure),
        Err(Fault::Refused(Refusal(refusal))) => refused(&refusal),
    }
}
