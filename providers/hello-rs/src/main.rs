// SPDX-License-Identifier: Apache-2.0

//! The command line, signals, standard input.

use std::{env, ffi::OsString, io, path::PathBuf, process, sync::Arc};

use hello_rs::{
    listen::Listener,
    log::Log,
    server,
    tls::{Certificates, Files},
};
use lexopt::{Arg, Parser, ValueExt};
use tokio::{
    runtime::Runtime,
    signal::unix::{Signal, SignalKind, signal},
    sync::oneshot,
};

const VERSION: &str = env!("CARGO_PKG_VERSION");

const USAGE: &str = "usage: hello-rs [--listen ADDRESS] [--tls-cert FILE --tls-key FILE [--tls-client-ca FILE]]

  --listen ADDRESS      where to listen, HOST:PORT or unix:PATH; the environment variable LISTEN sets the default, [::1]:50052 without it
  --tls-cert FILE       PEM with the server's certificate and those between it and its CA: speak TLS only
  --tls-key FILE        PEM with the key of that certificate
  --tls-client-ca FILE  PEM with the CAs of which clients must show a certificate
  --version             print the version and exit
  --help                print this and exit";

struct Options {
    address: String,
    files: Option<Files>,
}

fn main() {
    let options = options().unwrap_or_else(|error| {
        eprintln!("{error}\n{USAGE}");
        process::exit(2);
    });
    let log = Arc::new(Log::new(io::stderr()));
    let ended = Runtime::new().map_err(Into::into).and_then(|runtime| runtime.block_on(serve(&options, &log)));
    if let Err(failure) = ended {
        log.error(&failure.what, &[("address", options.address.into()), ("error", failure.why.into())]);
        process::exit(1);
    }
    log.info("stopped", &[]);
}

fn options() -> Result<Options, lexopt::Error> {
    let mut address = env::var("LISTEN").ok().filter(|address| !address.is_empty()).unwrap_or_else(|| "[::1]:50052".to_owned());
    let (mut certificate, mut key, mut client_ca) = (None, None, None);
    let mut arguments = Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("listen") => address = arguments.value()?.string()?,
            Arg::Long("tls-cert") => certificate = Some(path(arguments.value()?)?),
            Arg::Long("tls-key") => key = Some(path(arguments.value()?)?),
            Arg::Long("tls-client-ca") => client_ca = Some(path(arguments.value()?)?),
            Arg::Long("version") => end_with(&format!("hello-rs {VERSION}")),
            Arg::Long("help") | Arg::Short('h') => end_with(USAGE),
            other => return Err(other.unexpected()),
        }
    }
    let files = match (certificate, key, client_ca) {
        (Some(certificate), Some(key), client_ca) => Some(Files { certificate, key, client_ca }),
        (None, None, None) => None,
        (None, None, Some(_)) => return Err("--tls-client-ca needs --tls-cert and --tls-key".into()),
        _ => return Err("--tls-cert and --tls-key belong together: give both or neither".into()),
    };
    Ok(Options { address, files })
}

/// The name of a file. An empty one, from a variable that is not set, say, is no way to switch TLS off.
fn path(value: OsString) -> Result<PathBuf, lexopt::Error> {
    if value.is_empty() { Err("no file is named".into()) } else { Ok(value.into()) }
}

fn end_with(text: &str) -> ! {
    println!("{text}");
    process::exit(0);
}

struct Failure {
    what: String,
    why: String,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure { what: "cannot start".to_owned(), why: error.to_string() }
    }
}

async fn serve(options: &Options, log: &Arc<Log>) -> Result<(), Failure> {
    let signals = [signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?];
    let security = options.files.as_ref().map_or("none", Files::security);
    let certificates =
        options.files.clone().map(Certificates::read).transpose().map_err(|why| Failure { what: "cannot speak TLS".to_owned(), why })?;
    let listener =
        Listener::bind(&options.address).await.map_err(|error| Failure { what: "cannot listen".to_owned(), why: error.to_string() })?;
    log.info("listening", &[("address", listener.address().into()), ("tls", security.into()), ("version", VERSION.into())]);
    server::serve(listener, certificates, stop(signals), VERSION, log.clone())
        .await
        .map_err(|error| Failure { what: "cannot serve".to_owned(), why: error.to_string() })
}

/// Ends with a signal, or with standard input where a gateway owns it. A second signal ends the process at once.
async fn stop([mut terminate, mut interrupt]: [Signal; 2]) {
    let end_of_input = end_of_input();
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = end_of_input => {}
    }
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => process::exit(128 + SignalKind::terminate().as_raw_value()),
            _ = interrupt.recv() => process::exit(128 + SignalKind::interrupt().as_raw_value()),
        }
    });
}

/// Never ends, and reads nothing, unless a gateway started this process.
async fn end_of_input() {
    let (ended, end) = oneshot::channel::<()>();
    if env::var("MCP_GATEWAY_SUPERVISED").is_ok_and(|supervised| supervised == "1") {
        // A thread of its own: the runtime would wait for a read that is under way.
        std::thread::spawn(move || {
            let _ = io::copy(&mut io::stdin(), &mut io::sink());
            drop(ended);
        });
        let _ = end.await;
    } else {
        std::future::pending::<()>().await;
    }
}
