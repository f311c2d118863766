// SPDX-License-Identifier: Apache-2.0

use ryu_js::Buffer;

use super::{Fault, Tool};
use crate::{
    arguments::{self, Refusal},
    schema,
};

pub const TOOL: Tool = Tool {
    name: "sum.v1",
    description: "Sums an array of numbers",
    input_schema: schema!("sum.v1.input"),
    output_schema: schema!("sum.v1.output"),
    call,
};

/// In characters, the contract's limit. It keeps the cost of exact arithmetic in proportion to the input.
const LONGEST_NUMBER: usize = 1000;

fn call(object: &[u8]) -> Result<String, Fault> {
    let numbers = arguments::only_property(object, "numbers")?;
    check(numbers)?;
    let total = if numbers.contains(['.', 'e', 'E']) {
        // As ECMAScript writes it, which is what RFC 8785 asks for. The standard library rounds ties up and not to even.
        Buffer::new().format_finite(double_sum(numbers)?).to_owned()
    } else {
        exact_sum(numbers)?.to_string()
    };
    Ok(format!(r#"{{"sum":{total}}}"#))
}

fn check(array: &str) -> Result<(), Refusal> {
    if !array.starts_with('[') {
        return Err(Refusal("/numbers must be an array".to_owned()));
    }
    for (index, number) in arguments::elements(array).enumerate() {
        if !number.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
            return Err(Refusal(format!("/numbers/{index} must be a number")));
        }
        if number.len() > LONGEST_NUMBER {
            return Err(Refusal(format!("/numbers/{index} is longer than {LONGEST_NUMBER} characters")));
        }
    }
    Ok(())
}

/// How many decimal digits are added at once, and ten to that power. A message holds fewer than 2^24 numbers, so no column overflows.
const COLUMN: usize = 18;
const COLUMN_BASE: i128 = 1_000_000_000_000_000_000;

/// Adds integers. Only the sum has to fit in 64 bits, not what is added on the way to it: as on paper, each column is added by itself,
/// and what is carried goes on at the end.
fn exact_sum(integers: &str) -> Result<i64, Fault> {
    let mut columns = [0_i128; LONGEST_NUMBER.div_ceil(COLUMN)];
    for integer in arguments::elements(integers) {
        let (sign, digits) = match integer.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, integer),
        };
        for (column, digits) in columns.iter_mut().zip(digits.as_bytes().rchunks(COLUMN)) {
            let part = digits.iter().fold(0_i64, |part, digit| part * 10 + i64::from(digit - b'0'));
            *column += i128::from(sign * part);
        }
    }
    let mut carry = 0;
    for column in &mut columns {
        let total = *column + carry;
        (carry, *column) = (total.div_euclid(COLUMN_BASE), total.rem_euclid(COLUMN_BASE));
    }
    // From the top: what does not fit before the last column cannot come back, because the columns below are less than one above.
    let fits = |total: i128| i64::try_from(total).map_err(|_| Fault::Failed("the sum does not fit in 64 bits"));
    let top = fits(carry)?;
    columns.iter().rev().try_fold(top, |total, column| fits(i128::from(total) * COLUMN_BASE + column))
}

/// Adds IEEE 754 doubles in the order given. A number out of their range counts as an infinity.
fn double_sum(numbers: &str) -> Result<f64, Fault> {
    let mut total = 0.0;
    for number in arguments::elements(numbers) {
        total += number.parse::<f64>().unwrap_or(f64::NAN); // its syntax is known to be good
    }
    if total.is_finite() { Ok(total) } else { Err(Fault::Failed("the sum is not a finite number")) }
}
