// SPDX-License-Identifier: Apache-2.0

//! Puts what this provider offers into the words of the contract.

use crate::{pb, prompts, resources, tools};

/// Everything that this provider, in the version given, offers.
pub fn of(version: &str) -> pb::Capabilities {
    pb::Capabilities {
        tools: tools::ALL.iter().map(tool).collect(),
        resources: resources::ALL.iter().map(resource).collect(),
        prompts: prompts::ALL.iter().map(prompt).collect(),
        provider_version: version.to_owned(),
    }
}

fn tool(tool: &tools::Tool) -> pb::Tool {
    pb::Tool {
        name: tool.name.to_owned(),
        description: tool.description.to_owned(),
        input_schema: Some(json(tool.input_schema)),
        output_schema: Some(json(tool.output_schema)),
        ..Default::default()
    }
}

fn resource(resource: &resources::Resource) -> pb::Resource {
    pb::Resource {
        name: resource.name.to_owned(),
        description: resource.description.to_owned(),
        uri_scheme: resource.scheme().to_owned(),
        mime_type: resource.media_type.to_owned(),
        uri: resource.uri.to_owned(),
        ..Default::default()
    }
}

fn prompt(prompt: &prompts::Prompt) -> pb::Prompt {
    pb::Prompt {
        name: prompt.name.to_owned(),
        description: prompt.description.to_owned(),
        args_schema: Some(json(prompt.args_schema)),
        ..Default::default()
    }
}

fn json(text: &'static str) -> pb::Json {
    pb::Json { value: text.as_bytes().into() }
}
