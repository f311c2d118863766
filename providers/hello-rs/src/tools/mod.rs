// SPDX-License-Identifier: Apache-2.0

//! The demo tools. They know JSON and nothing of gRPC.

mod echo;
mod sum;

use crate::arguments::Refusal;

/// The tools of this provider, in the order in which they are listed.
pub static ALL: [Tool; 2] = [echo::TOOL, sum::TOOL];

/// One function that a model may call.
pub struct Tool {
    /// With the tool's version, e.g. `echo.v1`.
    pub name: &'static str,
    /// What the tool does, for a model.
    pub description: &'static str,
    /// JSON Schema of the arguments.
    pub input_schema: &'static str,
    /// JSON Schema of the result.
    pub output_schema: &'static str,
    /// Takes one JSON object and returns another.
    pub call: fn(&[u8]) -> Result<String, Fault>,
}

/// Why there is no result.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault {
    /// The arguments break the input schema.
    Refused(Refusal),
    /// The tool ran and failed; this is what it has to say to the model.
    Failed(&'static str),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Fault::Refused(refusal)
    }
}

/// The tool of that name.
pub fn find(name: &str) -> Option<&'static Tool> {
    ALL.iter().find(|tool| tool.name == name)
}
