use serde_json::{Value, json};
use std::{env, fs, os::unix::fs::PermissionsExt};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, UnixListener};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_stream::wrappers::{TcpListenerStream, UnixListenerStream};
use tonic::{Request, Response, Status, transport::Server};

mod pb {
    tonic::include_proto!("provider.v1");
    pub const CONTRACT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/contract.bin"));
}
use pb::provider_server::{Provider, ProviderServer};

const LARGEST_MESSAGE: usize = 10_551_296; // of the contract; tonic starts at 4 MiB
const SCHEMA: &str = r#"{
    "type": "object", "properties": {"text": {"type": "string"}},
    "required": ["text"], "additionalProperties": false
}"#;

struct Shout;

/// The tool itself: arguments in, result out, or what is wrong with the arguments.
fn shout(payload: &[u8]) -> Result<Vec<u8>, String> {
    let arguments: Value = serde_json::from_slice(payload).map_err(|e| e.to_string())?;
    let members = arguments.as_object().ok_or("the arguments must be an object")?;
    match members.get("text") {
        Some(Value::String(text)) if members.len() == 1 => {
            Ok(json!({"text": text.to_uppercase()}).to_string().into_bytes())
        }
        _ => Err("there must be a string, text, and nothing else".into()),
    }
}

#[tonic::async_trait]
impl Provider for Shout {
    async fn list_capabilities(&self, request: Request<()>) -> Result<Response<pb::Capabilities>, Status> {
        let schema = || Some(pb::Json { value: SCHEMA.into() });
        let tool = pb::Tool {
            name: "shout.v1".into(),
            description: "Returns the text in capital letters".into(),
            input_schema: schema(),
            output_schema: schema(),
            ..Default::default()
        };
        let offered = pb::Capabilities { tools: vec![tool], provider_version: "0.1.0".into(), ..Default::default() };
        logged("ListCapabilities", &request, Ok(Response::new(offered)))
    }

    async fn invoke(&self, request: Request<pb::InvokeRequest>) -> Result<Response<pb::InvokeResponse>, Status> {
        let asked = request.get_ref();
        let answer = if asked.tool_name != "shout.v1" {
            Err(Status::not_found("unknown tool"))
        } else {
            let payload = asked.payload.as_ref().map_or(&[][..], |json| &json.value);
            shout(payload).map_err(Status::invalid_argument).map(|value| {
                Response::new(pb::InvokeResponse { result: Some(pb::Json { value }), ..Default::default() })
            })
        };
        logged("Invoke", &request, answer)
    }

    // What this provider does not have.

    async fn read_resource(&self, request: Request<pb::ReadResourceRequest>) -> Result<Response<pb::ReadResourceResponse>, Status> {
        logged("ReadResource", &request, Err(Status::unimplemented("there are no resources")))
    }

    async fn get_prompt(&self, request: Request<pb::GetPromptRequest>) -> Result<Response<pb::GetPromptResponse>, Status> {
        logged("GetPrompt", &request, Err(Status::unimplemented("there are no prompts")))
    }

    type StreamStream = tokio_stream::Empty<Result<pb::CloudEvent, Status>>;

    async fn stream(&self, request: Request<pb::StreamRequest>) -> Result<Response<Self::StreamStream>, Status> {
        logged("Stream", &request, Err(Status::unimplemented("there are no events")))
    }
}

/// One line a call, with the id that came with it, and never what was said.
fn logged<Q, A>(method: &str, request: &Request<Q>, answer: Result<A, Status>) -> Result<A, Status> {
    let id = request.metadata().get("x-correlation-id").and_then(|id| id.to_str().ok());
    let code = answer.as_ref().map_or_else(|status| format!("{:?}", status.code()), |_| "Ok".into());
    eprintln!("{}", json!({"method": method, "code": code, "correlation_id": id}));
    answer
}

/// Ends with SIGTERM, or with standard input where the gateway owns it.
async fn stopped(mut terminate: Signal) {
    let supervised = env::var("MCP_GATEWAY_SUPERVISED").is_ok_and(|value| value == "1");
    let input_ended = async {
        while supervised && tokio::io::stdin().read(&mut [0; 256]).await.is_ok_and(|n| n > 0) {}
        if !supervised {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! { _ = terminate.recv() => {}, _ = input_ended => {} }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let terminate = signal(SignalKind::terminate())?; // handled from before anybody can see that this listens
    let address = env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:6000".into());
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_service_status("", tonic_health::ServingStatus::Serving).await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(pb::CONTRACT)
        .build_v1()?;
    let provider = ProviderServer::new(Shout)
        .max_decoding_message_size(LARGEST_MESSAGE)
        .max_encoding_message_size(LARGEST_MESSAGE);
    let server = Server::builder().add_service(provider).add_service(health_service).add_service(reflection);

    // A watch of health never ends by itself, so that an orderly stop would wait for it: end with the signal.
    match address.strip_prefix("unix:") {
        Some(path) => {
            let beside = format!("{path}~"); // it appears under its name once it is ready and private
            let _ = fs::remove_file(&beside);
            let listener = UnixListener::bind(&beside)?;
            fs::set_permissions(&beside, fs::Permissions::from_mode(0o600))?;
            fs::rename(&beside, path)?;
            tokio::select! { ended = server.serve_with_incoming(UnixListenerStream::new(listener)) => ended?, _ = stopped(terminate) => {} }
            fs::remove_file(path)?;
        }
        None => {
            let listener = TcpListener::bind(&address).await?;
            tokio::select! { ended = server.serve_with_incoming(TcpListenerStream::new(listener)) => ended?, _ = stopped(terminate) => {} }
        }
    }
    std::process::exit(0) // a read of standard input may be under way, and would be waited for
}
