// SPDX-License-Identifier: Apache-2.0

//! The server over a socket.

mod kit;

use std::{fs, time::Instant};

use hello_rs::{
    pb::{self, content, provider_client::ProviderClient, resource_contents},
    server::LARGEST_MESSAGE,
};
use kit::{Running, json};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{task::JoinSet, time::Duration};
use tonic::{Code, Request, Status, transport::Channel};
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient, server_reflection_request::MessageRequest,
};

#[tokio::test]
async fn the_capabilities_are_two_tools_a_resource_and_a_prompt() {
    let offered = Running::start().await.client().list_capabilities(()).await.unwrap().into_inner();
    let want = pb::Capabilities {
        provider_version: "1.2.3".into(),
        tools: vec![
            pb::Tool {
                name: "echo.v1".into(),
                description: "Returns input message unchanged".into(),
                input_schema: Some(schema("echo.v1.input")),
                output_schema: Some(schema("echo.v1.output")),
                ..Default::default()
            },
            pb::Tool {
                name: "sum.v1".into(),
                description: "Sums an array of numbers".into(),
                input_schema: Some(schema("sum.v1.input")),
                output_schema: Some(schema("sum.v1.output")),
                ..Default::default()
            },
        ],
        resources: vec![pb::Resource {
            name: "greeting".into(),
            description: "A greeting from this provider".into(),
            uri_scheme: "hello".into(),
            uri: "hello://greeting".into(),
            mime_type: "text/plain".into(),
            ..Default::default()
        }],
        prompts: vec![pb::Prompt {
            name: "hello-plan".into(),
            description: "Greet a user and propose a plan".into(),
            args_schema: Some(schema("hello-plan.args")),
            ..Default::default()
        }],
    };
    assert_eq!(offered, want);
}

fn schema(name: &str) -> pb::Json {
    json(fs::read_to_string(format!("{}/../../schemas/hello/{name}.json", env!("CARGO_MANIFEST_DIR"))).unwrap())
}

#[tokio::test]
async fn a_tool_that_fails_says_so_in_its_answer() {
    let response = Running::start().await.invoke("sum.v1", r#"{"numbers":[9223372036854775807,1]}"#).await.unwrap();
    let why = pb::Content { kind: Some(content::Kind::Text("the sum does not fit in 64 bits".into())) };
    assert_eq!(response, pb::InvokeResponse { is_error: true, content: vec![why], result: None });
}

/// One case of schemas/vectors/calls.json, which all demo providers share.
#[derive(Deserialize)]
struct Case {
    name: String,
    method: String,
    capability: String,
    #[serde(default)]
    payload: String,
    #[serde(default)]
    text: String,
    #[serde(default = "ok")]
    code: String,
    #[serde(default)]
    message: String,
}

fn ok() -> String {
    "OK".to_owned()
}

#[tokio::test]
async fn every_call_is_answered_as_all_demo_providers_do() {
    let file = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/vectors/calls.json")).unwrap();
    let cases: Vec<Case> = serde_json::from_slice(&file).unwrap();
    assert!(cases.len() >= 30, "{} cases", cases.len());
    let provider = Running::start().await;
    let mut wrong = String::new();
    for case in cases {
        let (text, code, message) = match call(&mut provider.client(), &case).await {
            Ok(text) => (text, "OK", String::new()),
            Err(status) => (String::new(), name_of(status.code()), status.message().to_owned()),
        };
        if (&text, code, &message) != (&case.text, &case.code, &case.message) {
            wrong += &format!("{}: text {text:?}, code {code}, message {message:?}\n", case.name);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

async fn call(client: &mut ProviderClient<Channel>, case: &Case) -> Result<String, Status> {
    let payload = Some(json(case.payload.clone()));
    let capability = case.capability.clone();
    match case.method.as_str() {
        "Invoke" => {
            let response = client.invoke(pb::InvokeRequest { tool_name: capability, payload }).await?.into_inner();
            Ok(String::from_utf8(response.result.unwrap().value.into()).unwrap())
        }
        "ReadResource" => {
            let response = client.read_resource(pb::ReadResourceRequest { uri: capability }).await?.into_inner();
            match response.contents[0].body.clone() {
                Some(resource_contents::Body::Text(text)) => Ok(text),
                other => panic!("{other:?} is no text"),
            }
        }
        _ => {
            let response = client.get_prompt(pb::GetPromptRequest { name: capability, arguments: payload }).await?.into_inner();
            match response.messages[0].content.clone().unwrap().kind {
                Some(content::Kind::Text(text)) => Ok(text),
                other => panic!("{other:?} is no text"),
            }
        }
    }
}

fn name_of(code: Code) -> &'static str {
    match code {
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::NotFound => "NOT_FOUND",
        _ => "another code",
    }
}

#[tokio::test]
async fn the_greeting_is_a_plain_text() {
    let request = pb::ReadResourceRequest { uri: "hello://greeting".into() };
    let response = Running::start().await.client().read_resource(request).await.unwrap().into_inner();
    let greeting = pb::ResourceContents {
        uri: "hello://greeting".into(),
        mime_type: "text/plain".into(),
        body: Some(resource_contents::Body::Text("Hello, MCP".into())),
    };
    assert_eq!(response, pb::ReadResourceResponse { contents: vec![greeting] });
}

#[tokio::test]
async fn the_plan_is_one_message_of_the_users() {
    let request = pb::GetPromptRequest { name: "hello-plan".into(), arguments: Some(json(r#"{"name":"Alice"}"#)) };
    let response = Running::start().await.client().get_prompt(request).await.unwrap().into_inner();
    let text = content::Kind::Text("Hello, Alice! Let me propose a plan for you...".into());
    let message = pb::PromptMessage { role: "user".into(), content: Some(pb::Content { kind: Some(text) }) };
    assert_eq!(response, pb::GetPromptResponse { description: "Greet a user and propose a plan".into(), messages: vec![message] });
}

#[tokio::test]
async fn what_is_absent_from_a_request_is_refused() {
    let provider = Running::start().await;
    let invoke = provider.client().invoke(pb::InvokeRequest { tool_name: "echo.v1".into(), payload: None }).await.unwrap_err();
    let read = provider.client().read_resource(pb::ReadResourceRequest::default()).await.unwrap_err();
    let prompt = provider.client().get_prompt(pb::GetPromptRequest { name: "hello-plan".into(), arguments: None }).await.unwrap_err();
    assert_eq!([invoke.code(), read.code(), prompt.code()], [Code::InvalidArgument; 3]);
}

#[tokio::test]
async fn a_stream_of_events_ends_at_once_because_there_are_none() {
    let mut events = Running::start().await.client().stream(pb::StreamRequest::default()).await.unwrap().into_inner();
    assert_eq!(events.message().await.unwrap(), None);
}

#[tokio::test]
async fn a_huge_key_or_tool_name_leaves_the_message_short() {
    let provider = Running::start().await;
    let huge = "ü".repeat(1 << 20);
    for (tool, payload) in [(huge.as_str(), "{}"), ("echo.v1", &format!(r#"{{"{huge}":1}}"#))] {
        let message = provider.invoke(tool, payload).await.unwrap_err().message().to_owned();
        assert!(message.len() < 300 && message.contains("üü…"), "a message of {} bytes", message.len());
    }
}

#[tokio::test]
async fn ten_mebibytes_come_back_unchanged() {
    let payload = format!(r#"{{"message":"{}"}}"#, "ü".repeat((5 << 20) - 7));
    assert_eq!(payload.len(), 10 << 20);
    let response = Running::start().await.invoke("echo.v1", payload.clone()).await.unwrap();
    assert!(response.result.unwrap().value == payload);
}

#[tokio::test]
async fn ten_mebibytes_of_numbers_are_added() {
    let payload = format!(r#"{{"numbers":[1{}]}}"#, ",2".repeat((5 << 20) - 8));
    let response = Running::start().await.invoke("sum.v1", payload).await.unwrap();
    assert_eq!(response.result, Some(json(r#"{"sum":10485745}"#)));
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused() {
    let status = Running::start().await.invoke("echo.v1", " ".repeat(LARGEST_MESSAGE)).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted, "{status}");
}

#[tokio::test]
async fn two_hundred_calls_at_once_are_answered_each() {
    let provider = Running::start().await;
    let mut calls = JoinSet::new();
    for _ in 0..200 {
        let mut client = provider.client();
        let request = pb::InvokeRequest { tool_name: "sum.v1".into(), payload: Some(json(r#"{"numbers":[1,2,3]}"#)) };
        calls.spawn(async move { client.invoke(request).await.unwrap().into_inner().result });
    }
    for result in calls.join_all().await {
        assert_eq!(result, Some(json(r#"{"sum":6}"#)));
    }
}

#[tokio::test]
async fn reflection_names_the_services() {
    let provider = Running::start().await;
    let mut reflection = ServerReflectionClient::new(provider.connection.clone());
    let request = tokio_stream::once(list_services());
    let response = reflection.server_reflection_info(request).await.unwrap().into_inner().message().await.unwrap();
    let text = format!("{response:?}");
    for service in ["provider.v1.Provider", "grpc.health.v1.Health"] {
        assert!(text.contains(service), "{service} is not among {text}");
    }
}

fn list_services() -> ServerReflectionRequest {
    ServerReflectionRequest { host: String::new(), message_request: Some(MessageRequest::ListServices(String::new())) }
}

#[tokio::test]
async fn health_is_known_for_the_empty_name_only() {
    let provider = Running::start().await;
    let mut health = HealthClient::new(provider.connection.clone());
    let answer = health.check(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert_eq!(answer.status(), ServingStatus::Serving);
    let other = HealthCheckRequest { service: "another".into() };
    assert_eq!(health.check(other.clone()).await.unwrap_err().code(), Code::NotFound);
    let mut watch = health.watch(other).await.unwrap().into_inner();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::ServiceUnknown);
}

#[tokio::test]
async fn a_watch_ends_with_not_serving_and_the_stop_does_not_wait_for_it() {
    let provider = Running::start().await;
    let mut health = HealthClient::new(provider.connection.clone());
    let mut watch = health.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    let stopping = Instant::now();
    let ended = provider.stop();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    assert_eq!(watch.message().await.unwrap_err().code(), Code::Unavailable);
    drop((watch, health));
    ended.await;
    assert!(stopping.elapsed() < Duration::from_millis(700), "stopped after {:?}", stopping.elapsed());
}

#[tokio::test]
async fn a_stream_that_never_ends_does_not_keep_the_server() {
    let provider = Running::start().await;
    let (requests, receiver) = tokio::sync::mpsc::channel(1);
    requests.send(list_services()).await.unwrap();
    let mut reflection = ServerReflectionClient::new(provider.connection.clone());
    let mut stream = reflection.server_reflection_info(tokio_stream::wrappers::ReceiverStream::new(receiver)).await.unwrap().into_inner();
    stream.message().await.unwrap();
    tokio::time::timeout(Duration::from_secs(15), provider.stop()).await.expect("the server is still there");
}

#[tokio::test]
async fn every_call_leaves_one_line_with_its_correlation_id_and_no_payload() {
    const ID: &str = "4b0c5b6e-6c6e-4f0e-9d9e-0a1b2c3d4e5f";
    let provider = Running::start().await;
    let mut client = provider.client();
    for (tool, payload) in
        [("echo.v1", r#"{"message":"very secret"}"#), ("sum.v1", r#"{"numbers":[1e308,1e308]}"#), ("sum.v1", r#"{"secret":1}"#)]
    {
        let _ = client.invoke(with_id(ID, pb::InvokeRequest { tool_name: tool.into(), payload: Some(json(payload)) })).await;
    }
    client.read_resource(with_id(ID, pb::ReadResourceRequest { uri: "hello://greeting".into() })).await.unwrap();
    let secret = Some(json(r#"{"name":"secret agent"}"#));
    client.get_prompt(with_id(ID, pb::GetPromptRequest { name: "hello-plan".into(), arguments: secret })).await.unwrap();
    client.list_capabilities(with_id(ID, ())).await.unwrap();
    client.stream(with_id(ID, pb::StreamRequest::default())).await.unwrap().into_inner().message().await.unwrap();
    HealthClient::new(provider.connection.clone()).check(HealthCheckRequest::default()).await.unwrap();
    drop(client);
    let log = provider.stop().await;

    assert!(!log.contains("secret"), "the log tells a payload: {log}");
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let fields = ["method", "capability", "code", "is_error"];
    let told: Vec<Value> = lines.iter().map(|line| fields.iter().map(|field| line[field].clone()).collect()).collect();
    let want = json!([
        ["Invoke", "echo.v1", "OK", null],
        ["Invoke", "sum.v1", "OK", true],
        ["Invoke", "sum.v1", "InvalidArgument", null],
        ["ReadResource", "hello://greeting", "OK", null],
        ["GetPrompt", "hello-plan", "OK", null],
        ["ListCapabilities", null, "OK", null],
        ["Stream", null, "OK", null],
    ]);
    assert_eq!(Value::from(told), want);
    for line in lines {
        assert_eq!([&line["correlation_id"], &line["level"], &line["logger"]], [ID, "INFO", "hello-rs"]);
        assert!(line["duration_ms"].is_number() && line["timestamp"].as_str().unwrap().ends_with('Z'), "{line}");
    }
}

fn with_id<T>(id: &'static str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("x-correlation-id", id.parse().unwrap());
    request
}
