// SPDX-License-Identifier: Apache-2.0

//! Reads the JSON arguments of tools and prompts, strictly and without changing a byte of them.

use std::fmt;

use serde::de::IgnoredAny;

/// As deep as the JSON library of hello-go goes, so that both providers refuse the same.
const DEEPEST: usize = 10_000;

/// Which rule of the schema the arguments break: a JSON Pointer, where there is one, and the rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl Refusal {
    fn of<T>(rule: impl Into<String>) -> Result<T, Refusal> {
        Err(Refusal(rule.into()))
    }
}

/// [`only_property`] for a string: a literal without half of a surrogate pair, in its own spelling.
pub fn only_string<'a>(object: &'a [u8], name: &str) -> Result<&'a str, Refusal> {
    let value = only_property(object, name)?;
    if !value.starts_with('"') {
        return Refusal::of(format!("/{name} must be a string"));
    }
    if has_lone_surrogate(value) {
        return Refusal::of(format!("/{name} holds half of a surrogate pair"));
    }
    Ok(value)
}

/// The raw JSON of the property `name` of an object that must have this property and no other.
///
/// Decoding into a struct would not do: numbers and strings would lose their spelling. So the library judges the syntax, and the text
/// itself is cut, never decoded.
pub fn only_property<'a>(object: &'a [u8], name: &str) -> Result<&'a str, Refusal> {
    let Some(object) = valid(object) else {
        return Refusal::of("the arguments are not valid JSON in UTF-8");
    };
    let mut at = skip_space(object, 0);
    if object.as_bytes()[at] != b'{' {
        return Refusal::of("the arguments must be an object");
    }
    let mut found = None;
    loop {
        at = skip_space(object, at + 1); // behind the brace or a comma
        if object.as_bytes()[at] == b'}' {
            break;
        }
        let key_end = end_of_string(object, at);
        let key = unquote(&object[at..key_end]);
        let colon = skip_space(object, key_end);
        let start = skip_space(object, colon + 1);
        let end = end_of_value(object, start);
        if key != name {
            return Refusal::of(format!("/{key} is not allowed"));
        }
        if found.replace(&object[start..end]).is_some() {
            return Refusal::of(format!("/{key} is given twice"));
        }
        at = skip_space(object, end);
        if object.as_bytes()[at] == b'}' {
            break;
        }
    }
    found.map_or_else(|| Refusal::of(format!("/{name} is required")), Ok)
}

/// The raw JSON of each element of a valid array.
pub fn elements(array: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = skip_space(array, at + 1); // behind the bracket or a comma
        if array.as_bytes().get(start).is_none_or(|&byte| byte == b']') {
            return None;
        }
        let end = end_of_value(array, start);
        at = skip_space(array, end);
        Some(&array[start..end])
    })
}

/// What a valid string literal spells. Half of a surrogate pair becomes a replacement character.
pub fn unquote(literal: &str) -> String {
    let mut rest = &literal[1..literal.len() - 1];
    let mut text = String::with_capacity(rest.len());
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let (character, length) = escaped(&rest[at..]);
        text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
        rest = &rest[at + length..];
    }
    text.push_str(rest);
    text
}

/// Whether a valid string literal escapes half of a surrogate pair, which is no character.
fn has_lone_surrogate(literal: &str) -> bool {
    let mut rest = literal;
    while let Some(at) = rest.find('\\') {
        let (character, length) = escaped(&rest[at..]);
        if character.is_none() {
            return true;
        }
        rest = &rest[at + length..];
    }
    false
}

/// The character that a text begins with as an escape, none for half of a pair, and the length of the escape.
fn escaped(text: &str) -> (Option<char>, usize) {
    let Some(first) = code_unit(text) else {
        let character = match text.as_bytes()[1] {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            itself => char::from(itself),
        };
        return (Some(character), 2);
    };
    let units = [first].into_iter().chain(code_unit(&text[6..]));
    match char::decode_utf16(units).next() {
        Some(Ok(character)) => (Some(character), 6 * character.len_utf16()),
        _ => (None, 6),
    }
}

fn code_unit(text: &str) -> Option<u16> {
    u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()
}

fn valid(text: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(text).ok()?;
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    (depth(text) <= DEEPEST).then_some(text)
}

// The rest walks over JSON that is known to be valid.

fn depth(text: &str) -> usize {
    let (mut at, mut depth, mut deepest) = (0, 0, 0);
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'"' => {
                at = end_of_string(text, at);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        deepest = deepest.max(depth);
        at += 1;
    }
    deepest
}

fn skip_space(text: &str, mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\r' | b'\n') = text.as_bytes().get(at) {
        at += 1;
    }
    at
}

fn end_of_value(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    match bytes[at] {
        b'"' => end_of_string(text, at),
        b'{' | b'[' => end_of_nested(text, at),
        _ => {
            while !matches!(bytes[at], b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n') {
                at += 1;
            }
            at
        }
    }
}

fn end_of_nested(text: &str, mut at: usize) -> usize {
    let mut depth = 0;
    loop {
        match text.as_bytes()[at] {
            b'"' => {
                at = end_of_string(text, at);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return at;
        }
    }
}

fn end_of_string(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    loop {
        at += 1;
        match bytes[at] {
            b'"' => return at + 1,
            b'\\' => at += 1,
            _ => {}
        }
    }
}
