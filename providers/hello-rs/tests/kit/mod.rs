// SPDX-License-Identifier: Apache-2.0

//! A server in this process on a socket of its own, and a connection to it.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use hello_rs::{
    listen::Listener,
    log::Log,
    pb::{self, provider_client::ProviderClient},
    server,
};
use hyper_util::rt::TokioIo;
use tokio::{net::UnixStream, sync::oneshot, task::JoinHandle};
use tonic::{
    Status,
    transport::{Channel, Endpoint},
};

/// A folder that goes with the test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn create() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("hello-rs-{}-{number}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        Folder(folder)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub struct Running {
    pub connection: Channel,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
    log: Written,
    _folder: Folder,
}

impl Running {
    pub async fn start() -> Self {
        let folder = Folder::create();
        let socket = folder.path("s");
        let listener = Listener::bind(&format!("unix:{}", socket.display())).await.unwrap();
        let log = Written::default();
        let (stop, stopped) = oneshot::channel();
        let ended = tokio::spawn({
            let log = Arc::new(Log::new(log.clone()));
            async move {
                let stopped = async {
                    let _ = stopped.await;
                };
                server::serve(listener, None, stopped, "1.2.3", log).await.unwrap();
            }
        });
        Running { connection: connect(&socket).await, stop, ended, log, _folder: folder }
    }

    pub fn client(&self) -> ProviderClient<Channel> {
        ProviderClient::new(self.connection.clone())
            .max_decoding_message_size(server::LARGEST_MESSAGE)
            .max_encoding_message_size(2 * server::LARGEST_MESSAGE)
    }

    pub async fn invoke(&self, tool: &str, payload: impl Into<String>) -> Result<pb::InvokeResponse, Status> {
        let request = pb::InvokeRequest { tool_name: tool.to_owned(), payload: Some(json(payload)) };
        Ok(self.client().invoke(request).await?.into_inner())
    }

    /// The future ends with the server.
    pub fn stop(self) -> impl Future<Output = String> {
        self.stop.send(()).unwrap();
        let (ended, log, folder) = (self.ended, self.log, self._folder);
        async move {
            ended.await.unwrap();
            drop(folder);
            String::from_utf8(log.0.lock().unwrap().clone()).unwrap()
        }
    }
}

pub async fn connect(socket: &Path) -> Channel {
    let socket = socket.to_owned();
    let connector = tower::service_fn(move |_| {
        let socket = socket.clone();
        async move { io::Result::Ok(TokioIo::new(UnixStream::connect(socket).await?)) }
    });
    Endpoint::from_static("http://localhost").connect_with_connector(connector).await.unwrap()
}

pub fn json(text: impl Into<String>) -> pb::Json {
    pb::Json { value: text.into().into() }
}

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
