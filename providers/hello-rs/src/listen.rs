// SPDX-License-Identifier: Apache-2.0

//! Addresses: HOST:PORT or unix:PATH.

use std::{
    fs,
    io::{self, ErrorKind},
    os::unix::{
        fs::{FileTypeExt, PermissionsExt},
        net::UnixStream as StdUnixStream,
    },
    path::{Path, PathBuf},
};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, UnixListener},
};
use tonic::transport::server::Connected;

/// A connection of any kind.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

impl Connected for Box<dyn Io> {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

pub enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener, SocketFile),
}

impl Listener {
    /// Must be called within a runtime.
    ///
    /// A socket file of a process that is gone is replaced. The new one has mode 0600, appears only when connections are accepted, and
    /// is removed when the listener is dropped.
    pub async fn bind(address: &str) -> io::Result<Self> {
        match address.strip_prefix("unix:") {
            _ if address.is_empty() || address == "unix:" => Err(io::Error::other("an address is HOST:PORT or unix:PATH")),
            None => TcpListener::bind(address).await.map(Listener::Tcp),
            Some(path) => {
                refuse_unless_stale(Path::new(path))?;
                bind_unix(path)
            }
        }
    }

    pub fn address(&self) -> String {
        match self {
            Listener::Tcp(listener) => listener.local_addr().map_or_else(|error| error.to_string(), |address| address.to_string()),
            Listener::Unix(_, SocketFile(path)) => path.display().to_string(),
        }
    }

    pub async fn accept(&self) -> io::Result<Box<dyn Io>> {
        match self {
            Listener::Tcp(listener) => {
                let (connection, _) = listener.accept().await?;
                connection.set_nodelay(true)?;
                Ok(Box::new(connection))
            }
            Listener::Unix(listener, _) => Ok(Box::new(listener.accept().await?.0)),
        }
    }
}

/// Removes the file at the end.
pub struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn refuse_unless_stale(path: &Path) -> io::Result<()> {
    let refusal = |why: &str| Err(io::Error::other(format!("{} {why} or choose another path", path.display())));
    match fs::symlink_metadata(path) {
        Err(absent) if absent.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
        Ok(file) if !file.file_type().is_socket() => return refusal("exists and is not a socket; remove it"),
        Ok(_) => {}
    }
    match StdUnixStream::connect(path) {
        Ok(_) => refusal("is in use by another process; stop it"),
        Err(refused) if refused.kind() == ErrorKind::ConnectionRefused => Ok(()),
        Err(error) => Err(error),
    }
}

/// Binds beside the path and renames, because a socket file appears at bind, which is before listen and before chmod.
fn bind_unix(path: &str) -> io::Result<Listener> {
    let beside = PathBuf::from(format!("{path}~"));
    if let Err(error) = fs::remove_file(&beside)
        && error.kind() != ErrorKind::NotFound
    {
        return Err(error);
    }
    let listener = UnixListener::bind(&beside)?;
    let unfinished = SocketFile(beside);
    fs::set_permissions(&unfinished.0, fs::Permissions::from_mode(0o600))?;
    fs::rename(&unfinished.0, path)?;
    Ok(Listener::Unix(listener, SocketFile(PathBuf::from(path))))
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::{UnixListener as StdUnixListener, UnixStream};

    use super::*;

    #[tokio::test]
    async fn a_socket_is_private_and_gone_afterwards() {
        let folder = Folder::new("private");
        let listener = bind(&folder.path("s")).await.unwrap();
        let file = fs::symlink_metadata(folder.path("s")).unwrap();
        assert!(file.file_type().is_socket());
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
        UnixStream::connect(folder.path("s")).unwrap();
        drop(listener);
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_stale_socket_is_replaced() {
        let folder = Folder::new("stale");
        for left in ["s", "s~"] {
            drop(StdUnixListener::bind(folder.path(left)).unwrap());
        }
        bind(&folder.path("s")).await.unwrap();
    }

    #[tokio::test]
    async fn a_socket_in_use_is_left_alone() {
        let folder = Folder::new("in-use");
        let _listener = bind(&folder.path("s")).await.unwrap();
        let refusal = bind(&folder.path("s")).await.err().unwrap().to_string();
        assert!(refusal.contains("is in use by another process"), "{refusal}");
        UnixStream::connect(folder.path("s")).unwrap();
    }

    #[tokio::test]
    async fn a_file_that_is_no_socket_is_left_alone() {
        let folder = Folder::new("file");
        fs::write(folder.path("notes"), "mine").unwrap();
        let refusal = bind(&folder.path("notes")).await.err().unwrap().to_string();
        assert!(refusal.contains("is not a socket"), "{refusal}");
        assert_eq!(fs::read_to_string(folder.path("notes")).unwrap(), "mine");
    }

    #[tokio::test]
    async fn a_bad_address_is_refused() {
        let long = format!("unix:/{}", "x".repeat(200));
        for address in ["", "unix:", "nope", "localhost:99999", "unix:/no/such/folder/s", &long] {
            assert!(Listener::bind(address).await.is_err(), "{address} is accepted");
        }
    }

    async fn bind(path: &Path) -> io::Result<Listener> {
        Listener::bind(&format!("unix:{}", path.display())).await
    }

    /// A folder that goes with the test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("hello-rs-{}-{name}", std::process::id()));
            fs::create_dir(&folder).unwrap();
            Folder(folder)
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.join(name)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}
