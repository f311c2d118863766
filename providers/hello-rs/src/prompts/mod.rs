// SPDX-License-Identifier: Apache-2.0

//! The messages that a person may choose to say. They know JSON and nothing of gRPC.

mod hello_plan;

use crate::arguments::Refusal;

/// The prompts of this provider, in the order in which they are listed.
pub static ALL: [Prompt; 1] = [hello_plan::PROMPT];

/// One message of the user's with gaps to fill in.
pub struct Prompt {
    pub name: &'static str,
    /// What the prompt is for, said to people.
    pub description: &'static str,
    /// JSON Schema of the arguments.
    pub args_schema: &'static str,
    /// Puts the arguments, one JSON object, into the message.
    pub fill: fn(&[u8]) -> Result<String, Refusal>,
}

/// The prompt of that name.
pub fn find(name: &str) -> Option<&'static Prompt> {
    ALL.iter().find(|prompt| prompt.name == name)
}
