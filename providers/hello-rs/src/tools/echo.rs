// SPDX-License-Identifier: Apache-2.0

use super::{Fault, Tool};
use crate::{arguments, schema};

pub const TOOL: Tool = Tool {
    name: "echo.v1",
    description: "Returns input message unchanged",
    input_schema: schema!("echo.v1.input"),
    output_schema: schema!("echo.v1.output"),
    call,
};

/// Puts the message's own bytes into the result, so that any Unicode and any escape survive.
fn call(object: &[u8]) -> Result<String, Fault> {
    let message = arguments::only_string(object, "message")?;
    Ok(format!(r#"{{"message":{message}}}"#))
}
