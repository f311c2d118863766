// SPDX-License-Identifier: Apache-2.0

//! The program as a process.

#[allow(dead_code)]
mod kit;

use std::{process::Stdio, time::Duration};

use hello_rs::pb::{self, provider_client::ProviderClient};
use kit::{Folder, json};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStderr, Command},
    time::timeout,
};
use tonic::transport::Endpoint;

#[tokio::test]
async fn a_signal_stops_the_program_in_order() {
    for signal in ["TERM", "INT"] {
        let folder = Folder::create();
        let socket = folder.path("s");
        let mut program = Program::start(&[("LISTEN", &format!("unix:{}", socket.display()))], &[]).await;
        assert_sums_to_6(ProviderClient::new(kit::connect(&socket).await)).await;
        let id = program.child.id().unwrap().to_string();
        let killed = Command::new("kill").args([format!("-{signal}"), id]).status().await.unwrap();
        assert!(killed.success());
        assert_eq!(program.exit_code().await, Some(0), "after {signal}");
        assert!(!socket.exists(), "the socket is left");
    }
}

#[tokio::test]
async fn a_supervised_program_ends_with_its_input() {
    let mut program = Program::start(&[("MCP_GATEWAY_SUPERVISED", "1"), ("LISTEN", "127.0.0.1:0")], &[]).await;
    program.assert_serves().await;
    drop(program.child.stdin.take());
    assert_eq!(program.exit_code().await, Some(0));
}

#[tokio::test]
async fn a_program_of_its_own_does_not_care_about_its_input() {
    let mut program = Program::start(&[("MCP_GATEWAY_SUPERVISED", "0"), ("LISTEN", "127.0.0.1:0")], &[]).await;
    drop(program.child.stdin.take());
    program.assert_serves().await;
}

#[tokio::test]
async fn the_option_beats_the_environment() {
    let program = Program::start(&[("LISTEN", "unix:/no/such/folder/s")], &["--listen", "127.0.0.1:0"]).await;
    program.assert_serves().await;
}

#[tokio::test]
async fn whoever_reads_the_log_may_go_first() {
    let mut program = Program::start(&[("MCP_GATEWAY_SUPERVISED", "1"), ("LISTEN", "127.0.0.1:0")], &[]).await;
    drop(program.log.take());
    program.assert_serves().await;
    drop(program.child.stdin.take());
    assert_eq!(program.exit_code().await, Some(0));
}

#[tokio::test]
async fn an_address_that_cannot_be_had_ends_the_program() {
    let program = command(&[], &["--listen", "nope"]).output().await.unwrap();
    let line: Value = serde_json::from_slice(&program.stderr).unwrap();
    assert_eq!((program.status.code(), &line["address"]), (Some(1), &Value::from("nope")));
    assert!(line["error"].as_str().is_some_and(|error| !error.is_empty()), "{line}");
}

#[tokio::test]
async fn an_unknown_option_is_refused_with_the_known_ones() {
    let program = command(&[], &["--listne", "[::1]:0"]).output().await.unwrap();
    let error = String::from_utf8(program.stderr).unwrap();
    assert_eq!(program.status.code(), Some(2));
    assert!(error.contains("--listne") && error.contains("--listen ADDRESS"), "{error}");
}

#[tokio::test]
async fn half_of_what_tls_needs_is_refused() {
    let refused: [(&[&str], &str); 5] = [
        (&["--tls-cert", "c"], "--tls-cert and --tls-key belong together"),
        (&["--tls-key", "k"], "--tls-cert and --tls-key belong together"),
        (&["--tls-key", "k", "--tls-client-ca", "a"], "--tls-cert and --tls-key belong together"),
        (&["--tls-client-ca", "a"], "--tls-client-ca needs --tls-cert and --tls-key"),
        (&["--tls-cert", "", "--tls-key", ""], "no file is named"),
    ];
    for (arguments, why) in refused {
        let program = command(&[], arguments).output().await.unwrap();
        let error = String::from_utf8(program.stderr).unwrap();
        assert!(program.status.code() == Some(2) && error.contains(why), "{arguments:?}: {} and {error}", program.status);
    }
}

#[tokio::test]
async fn files_that_are_not_there_end_the_program() {
    let arguments = ["--listen", "127.0.0.1:0", "--tls-cert", "/no/cert.pem", "--tls-key", "/no/key.pem"];
    let program = command(&[], &arguments).output().await.unwrap();
    let error = String::from_utf8(program.stderr).unwrap();
    assert!(program.status.code() == Some(1) && error.contains("/no/cert.pem"), "{} and {error}", program.status);
}

fn command(environment: &[(&str, &str)], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hello-rs"));
    command.args(arguments).env_remove("LISTEN").env_remove("MCP_GATEWAY_SUPERVISED").envs(environment.iter().copied());
    command.kill_on_drop(true);
    command
}

struct Program {
    child: Child,
    log: Option<BufReader<ChildStderr>>,
    address: String,
}

impl Program {
    /// Returns when the program says that it listens.
    async fn start(environment: &[(&str, &str)], arguments: &[&str]) -> Self {
        let mut child = command(environment, arguments).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        log.read_line(&mut line).await.unwrap();
        let listening: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(listening["message"], "listening", "{line}");
        Program { child, log: Some(log), address: listening["address"].as_str().unwrap().to_owned() }
    }

    async fn assert_serves(&self) {
        let connection = Endpoint::from_shared(format!("http://{}", self.address)).unwrap().connect().await.unwrap();
        assert_sums_to_6(ProviderClient::new(connection)).await;
    }

    async fn exit_code(&mut self) -> Option<i32> {
        timeout(Duration::from_secs(10), self.child.wait()).await.expect("the program is still there").unwrap().code()
    }
}

async fn assert_sums_to_6(mut client: ProviderClient<tonic::transport::Channel>) {
    let request = pb::InvokeRequest { tool_name: "sum.v1".into(), payload: Some(json(r#"{"numbers":[1,2,3]}"#)) };
    assert_eq!(client.invoke(request).await.unwrap().into_inner().result, Some(json(r#"{"sum":6}"#)));
}
