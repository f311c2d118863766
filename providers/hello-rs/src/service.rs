// SPDX-License-Identifier: Apache-2.0

//! Answers the calls of the contract.

use std::sync::Arc;

use prost::bytes::Bytes;
use tonic::{Request, Response, Status};

use crate::{
    arguments::Refusal,
    capabilities,
    log::{Call, Log, short},
    pb::{self, content, provider_server, resource_contents},
    prompts, resources,
    tools::{self, Fault},
};

/// A payload of more bytes is not worked on by a thread that serves connections.
const LIGHT: usize = 64 << 10;

pub struct Provider {
    capabilities: pb::Capabilities,
    log: Arc<Log>,
}

impl Provider {
    pub fn new(version: &str, log: Arc<Log>) -> Self {
        Provider { capabilities: capabilities::of(version), log }
    }
}

#[tonic::async_trait]
impl provider_server::Provider for Provider {
    async fn list_capabilities(&self, request: Request<()>) -> Result<Response<pb::Capabilities>, Status> {
        let call = Call::begin(&self.log, "ListCapabilities", request.metadata());
        let answer = Ok(Response::new(self.capabilities.clone()));
        call.end(&answer, false);
        answer
    }

    async fn invoke(&self, request: Request<pb::InvokeRequest>) -> Result<Response<pb::InvokeResponse>, Status> {
        let call = Call::begin(&self.log, "Invoke", request.metadata()).of(&request.get_ref().tool_name);
        let pb::InvokeRequest { tool_name, payload } = request.into_inner();
        let answer = match tools::find(&tool_name) {
            Some(tool) => off_the_connections(payload, |payload| invoke(tool, payload)).await,
            None => Err(unknown("tool", &tool_name)),
        };
        call.end(&answer, answer.as_ref().is_ok_and(|response| response.is_error));
        answer.map(Response::new)
    }

    async fn read_resource(&self, request: Request<pb::ReadResourceRequest>) -> Result<Response<pb::ReadResourceResponse>, Status> {
        let uri = &request.get_ref().uri;
        let call = Call::begin(&self.log, "ReadResource", request.metadata()).of(uri);
        let answer = read(uri);
        call.end(&answer, false);
        answer.map(Response::new)
    }

    async fn get_prompt(&self, request: Request<pb::GetPromptRequest>) -> Result<Response<pb::GetPromptResponse>, Status> {
        let call = Call::begin(&self.log, "GetPrompt", request.metadata()).of(&request.get_ref().name);
        let pb::GetPromptRequest { name, arguments } = request.into_inner();
        let answer = match prompts::find(&name) {
            Some(prompt) => off_the_connections(arguments, |arguments| fill(prompt, arguments)).await,
            None => Err(unknown("prompt", &name)),
        };
        call.end(&answer, false);
        answer.map(Response::new)
    }

    type StreamStream = tokio_stream::Empty<Result<pb::CloudEvent, Status>>;

    /// Ends at once: there are no events here, and none will come.
    async fn stream(&self, request: Request<pb::StreamRequest>) -> Result<Response<Self::StreamStream>, Status> {
        let call = Call::begin(&self.log, "Stream", request.metadata());
        let answer = Ok(Response::new(tokio_stream::empty()));
        call.end(&answer, false);
        answer
    }
}

/// Works on one JSON text, on another thread where that takes long: those that serve connections must go on answering.
async fn off_the_connections<T, W>(json: Option<pb::Json>, work: W) -> Result<T, Status>
where
    T: Send + 'static,
    W: FnOnce(&Bytes) -> Result<T, Status> + Send + 'static,
{
    let json = json.unwrap_or_default().value;
    if json.len() <= LIGHT {
        return work(&json);
    }
    tokio::task::spawn_blocking(move || work(&json)).await.map_err(|_| Status::internal("the call broke off"))?
}

fn invoke(tool: &tools::Tool, payload: &[u8]) -> Result<pb::InvokeResponse, Status> {
    match (tool.call)(payload) {
        Ok(result) => Ok(pb::InvokeResponse { result: Some(pb::Json { value: result.into() }), ..Default::default() }),
        Err(Fault::Failed(why)) => Ok(pb::InvokeResponse { is_error: true, content: vec![text(why)], ..Default::default() }),
        Err(Fault::Refused(refusal)) => Err(refused(tool.name, &refusal)),
    }
}

fn read(uri: &str) -> Result<pb::ReadResourceResponse, Status> {
    if !resources::is_uri(uri) {
        return Err(Status::invalid_argument(format!(r#""{}" is not a URI"#, short(uri))));
    }
    let resource = resources::find(uri).ok_or_else(|| unknown("resource", uri))?;
    Ok(pb::ReadResourceResponse {
        contents: vec![pb::ResourceContents {
            uri: resource.uri.to_owned(),
            mime_type: resource.media_type.to_owned(),
            body: Some(resource_contents::Body::Text(resource.text.to_owned())),
        }],
    })
}

fn fill(prompt: &prompts::Prompt, arguments: &[u8]) -> Result<pb::GetPromptResponse, Status> {
    let message = (prompt.fill)(arguments).map_err(|refusal| refused(prompt.name, &refusal))?;
    Ok(pb::GetPromptResponse {
        description: prompt.description.to_owned(),
        messages: vec![pb::PromptMessage { role: "user".to_owned(), content: Some(text(message)) }],
    })
}

fn text(of: impl Into<String>) -> pb::Content {
    pb::Content { kind: Some(content::Kind::Text(of.into())) }
}

fn unknown(kind: &str, name: &str) -> Status {
    Status::not_found(format!(r#"unknown {kind} "{}""#, short(name)))
}

fn refused(capability: &str, refusal: &Refusal) -> Status {
    Status::invalid_argument(format!("{capability}: {}", short(&refusal.0)))
}
