// SPDX-License-Identifier: Apache-2.0

use super::Prompt;
use crate::{
    arguments::{self, Refusal},
    schema,
};

pub const PROMPT: Prompt =
    Prompt { name: "hello-plan", description: "Greet a user and propose a plan", args_schema: schema!("hello-plan.args"), fill };

fn fill(object: &[u8]) -> Result<String, Refusal> {
    let name = arguments::unquote(arguments::only_string(object, "name")?);
    Ok(format!("Hello, {name}! Let me propose a plan for you..."))
}
