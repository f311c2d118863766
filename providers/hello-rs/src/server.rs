// SPDX-License-Identifier: Apache-2.0

//! Serves the demo provider over gRPC.

use std::{
    error::Error,
    io::{self, ErrorKind},
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::{mpsc, watch},
    time,
};
use tokio_rustls::TlsAcceptor;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status, body::Body, codegen::http::Response, transport::Server};
use tonic_health::pb::health_server::HealthServer;
use tower::util::MapResponseLayer;

use crate::{
    health::Health,
    listen::{Io, Listener},
    log::Log,
    pb::{self, provider_server::ProviderServer},
    service::Provider,
    tls::Certificates,
};

/// The contract's: a payload of 10 MiB and 64 KiB for what is around it, in bytes.
pub const LARGEST_MESSAGE: usize = (10 << 20) + (64 << 10);

/// How many bytes may be under way to us, in one call and in one connection. Fixed: the automatic window pings at every call, which
/// costs both sides a packet.
const FLOW_CONTROL_WINDOW: u32 = 4 << 20;

/// How long calls in flight may take once the server stops: less than the second after which a gateway loses patience.
const GRACE: Duration = Duration::from_millis(700);

/// After an accept that failed, because the system has no file descriptors left, say.
const PAUSE: Duration = Duration::from_millis(50);

/// How long a client may take to come to an agreement about TLS.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Answers calls on `listener` until `stop` ends, then says NOT_SERVING, finishes the calls in flight and closes the listener. Calls that
/// take longer than 1.5 s then are left behind. Where there are certificates, nothing but TLS is spoken.
pub async fn serve(
    listener: Listener,
    certificates: Option<Certificates>,
    stop: impl Future<Output = ()>,
    version: &str,
    log: Arc<Log>,
) -> Result<(), Box<dyn Error>> {
    let (stopping, stopped) = watch::channel(false);
    let (accepted, connections) = mpsc::channel(1);
    let accepting = tokio::spawn(accept(listener, certificates.map(Arc::new), accepted, log.clone()));
    let provider = ProviderServer::new(Provider::new(version, log))
        .max_decoding_message_size(LARGEST_MESSAGE)
        .max_encoding_message_size(LARGEST_MESSAGE);
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(pb::DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()?;
    let serving = Server::builder()
        .layer(MapResponseLayer::new(too_large_is_exhausted))
        .initial_stream_window_size(FLOW_CONTROL_WINDOW)
        .initial_connection_window_size(FLOW_CONTROL_WINDOW)
        .add_service(provider)
        .add_service(HealthServer::new(Health::new(stopped.clone())))
        .add_service(reflection)
        .serve_with_incoming_shutdown(ReceiverStream::new(connections), async {
            stop.await;
            stopping.send_replace(true);
        });
    let mut stopped = stopped.clone();
    tokio::select! {
        served = serving => served?,
        () = async {
            let _ = stopped.wait_for(|stopped| *stopped).await;
            time::sleep(GRACE).await;
        } => {}
    }
    accepting.await?;
    Ok(())
}

type Connections = mpsc::Sender<io::Result<Box<dyn Io>>>;

/// Ends, and closes the listener, when nobody takes connections any more.
async fn accept(listener: Listener, certificates: Option<Arc<Certificates>>, connections: Connections, log: Arc<Log>) {
    loop {
        let connection = tokio::select! {
            () = connections.closed() => return,
            connection = listener.accept() => connection,
        };
        match (connection, &certificates) {
            (Ok(connection), None) => {
                let _ = connections.send(Ok(connection)).await;
            }
            (Ok(connection), Some(certificates)) => {
                // Beside the others: a client that is slow here holds up nobody.
                tokio::spawn(agree(connection, certificates.clone(), connections.clone(), log.clone()));
            }
            (Err(error), _) => {
                log.warn("cannot accept a connection", &[("error", error.to_string().into())]);
                time::sleep(PAUSE).await;
            }
        }
    }
}

async fn agree(connection: Box<dyn Io>, certificates: Arc<Certificates>, connections: Connections, log: Arc<Log>) {
    let handshake = TlsAcceptor::from(certificates.current(&log)).accept(connection);
    match time::timeout(HANDSHAKE, handshake).await.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into())) {
        Ok(connection) => {
            let _ = connections.send(Ok(Box::new(connection))).await;
        }
        Err(error) => log.warn("a TLS handshake failed", &[("error", error.to_string().into())]),
    }
}

/// A request over the limit is RESOURCE_EXHAUSTED in the contract, and OUT_OF_RANGE in the library; nothing else here is out of range.
fn too_large_is_exhausted(mut response: Response<Body>) -> Response<Body> {
    if let Some(status) = Status::from_header_map(response.headers())
        && status.code() == Code::OutOfRange
    {
        response.headers_mut().insert(Status::GRPC_STATUS, (Code::ResourceExhausted as i32).into());
    }
    response
}
