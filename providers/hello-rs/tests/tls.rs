// SPDX-License-Identifier: Apache-2.0

//! The server over TLS.

#[allow(dead_code)]
mod kit;

use std::{
    fs,
    io::{self, Error},
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use hello_rs::{
    listen::Listener,
    log::Log,
    pb::provider_client::ProviderClient,
    server,
    tls::{Certificates, Files},
};
use hyper_util::rt::TokioIo;
use kit::Folder;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::{net::TcpStream, task::JoinSet};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
    },
};
use tonic::transport::Endpoint;

#[tokio::test]
async fn only_a_client_with_a_certificate_of_the_cas_is_served() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let server = Secure::start(&ours, true).await;
    server.list(ours.trusted_by(Some(&ours))).await.unwrap();
    server.list(ours.trusted_by(None)).await.expect_err("no certificate");
    server.list(ours.trusted_by(Some(&theirs))).await.expect_err("another CA's");
    server.list(theirs.trusted_by(Some(&ours))).await.expect_err("a CA that the client does not know");
    server.list_in_clear_text().await.expect_err("no TLS");
}

#[tokio::test]
async fn without_a_client_ca_any_client_is_served_over_tls_only() {
    let ours = Authority::new();
    let server = Secure::start(&ours, false).await;
    server.list(ours.trusted_by(None)).await.unwrap();
    server.list_in_clear_text().await.expect_err("no TLS");
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_replaced_under_load_without_a_failed_call() {
    let ours = Authority::new();
    let server = Arc::new(Secure::start(&ours, true).await);
    let client = ours.trusted_by(Some(&ours));
    let enough = Arc::new(AtomicBool::new(false));
    let mut callers = JoinSet::new();
    for _ in 0..4 {
        let (server, client, enough) = (server.clone(), client.clone(), enough.clone());
        callers.spawn(async move {
            while !enough.load(Ordering::Relaxed) {
                server.list(client.clone()).await.unwrap(); // over a connection of its own each time
            }
        });
    }
    for _ in 0..20 {
        let new = server.replace(&ours);
        assert!(server.list(client.clone()).await.unwrap() == new, "the certificate is not the new one");
    }
    enough.store(true, Ordering::Relaxed);
    callers.join_all().await;
}

#[tokio::test]
async fn a_replaced_client_ca_is_in_force_at_the_next_connection() {
    let (ours, next) = (Authority::new(), Authority::new());
    let server = Secure::start(&ours, true).await;
    let client = ours.trusted_by(Some(&ours)); // which would resume its session
    server.list(client.clone()).await.unwrap();
    fs::write(server.files.client_ca.as_ref().unwrap(), next.0.pem()).unwrap();
    server.list(client).await.expect_err("a client of the old CA's");
}

#[tokio::test]
async fn files_that_do_not_fit_leave_the_old_ones_in_force() {
    let ours = Authority::new();
    let server = Secure::start(&ours, true).await;
    let client = ours.trusted_by(Some(&ours));
    let old = server.list(client.clone()).await.unwrap();
    fs::write(&server.files.key, ours.issue().1).unwrap();
    assert!(server.list(client.clone()).await.unwrap() == old, "a key of another certificate");
    fs::write(server.files.client_ca.as_ref().unwrap(), &ours.0.pem()[..100]).unwrap();
    assert!(server.list(client.clone()).await.unwrap() == old, "a CA cut short");
    fs::remove_file(&server.files.certificate).unwrap();
    assert!(server.list(client).await.unwrap() == old, "no certificate");
}

#[test]
fn a_server_does_not_start_on_files_that_do_not_fit() {
    let folder = Folder::create();
    let (certificate, key) = Authority::new().issue();
    let files = Files { certificate: folder.path("cert"), key: folder.path("key"), client_ca: Some(folder.path("ca")) };
    fs::write(&files.certificate, certificate).unwrap();
    fs::write(&files.key, key).unwrap();
    fs::write(folder.path("ca"), "nothing").unwrap();
    assert_refused(files.clone(), "/ca holds no certificate");
    assert_refused(Files { certificate: folder.path("none"), ..files.clone() }, "/none: ");
    fs::write(&files.key, Authority::new().issue().1).unwrap();
    assert_refused(Files { client_ca: None, ..files }, "/cert and ");
}

fn assert_refused(files: Files, why: &str) {
    let error = Certificates::read(files).err().unwrap();
    assert!(error.contains(why), "{error}");
}

/// A server in this process on a port of its own.
struct Secure {
    address: String,
    files: Files,
    _folder: Folder,
}

impl Secure {
    async fn start(ca: &Authority, mutual: bool) -> Self {
        let folder = Folder::create();
        let files = Files { certificate: folder.path("cert"), key: folder.path("key"), client_ca: mutual.then(|| folder.path("ca")) };
        if let Some(path) = &files.client_ca {
            fs::write(path, ca.0.pem()).unwrap();
        }
        let listener = Listener::bind("127.0.0.1:0").await.unwrap();
        let server = Secure { address: listener.address(), files, _folder: folder };
        server.replace(ca);
        let certificates = Certificates::read(server.files.clone()).unwrap();
        tokio::spawn(async move {
            server::serve(listener, Some(certificates), std::future::pending(), "1.2.3", Arc::new(Log::new(io::sink()))).await.unwrap();
        });
        server
    }

    /// Writes a new certificate with a new key, one after the other, as people do.
    fn replace(&self, ca: &Authority) -> CertificateDer<'static> {
        let (certificate, key) = ca.issue();
        fs::write(&self.files.certificate, &certificate).unwrap();
        fs::write(&self.files.key, key).unwrap();
        CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()
    }

    /// Makes one call over a connection of its own and returns the certificate that the server showed.
    async fn list(&self, client: Arc<ClientConfig>) -> Result<CertificateDer<'static>, Error> {
        let connection = TcpStream::connect(&self.address).await?;
        let name = ServerName::from(std::net::IpAddr::from(Ipv4Addr::LOCALHOST));
        let secure = TlsConnector::from(client).connect(name, connection).await?;
        let shown = secure.get_ref().1.peer_certificates().unwrap()[0].clone();
        let mut once = Some(TokioIo::new(secure));
        let connector = tower::service_fn(move |_| {
            let connection = once.take().ok_or_else(|| Error::other("the connection broke"));
            async move { connection }
        });
        let channel = Endpoint::from_static("http://localhost").connect_with_connector(connector).await.map_err(Error::other)?;
        ProviderClient::new(channel).list_capabilities(()).await.map_err(Error::other)?;
        Ok(shown)
    }

    async fn list_in_clear_text(&self) -> Result<(), Error> {
        let channel = Endpoint::from_shared(format!("http://{}", self.address)).unwrap().connect().await.map_err(Error::other)?;
        ProviderClient::new(channel).list_capabilities(()).await.map_err(Error::other)?;
        Ok(())
    }
}

/// Issues certificates for 127.0.0.1, for servers and clients alike.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Authority(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// A certificate and its key, in PEM.
    fn issue(&self) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        (params.signed_by(&key, &self.0).unwrap().pem(), key.serialize_pem())
    }

    /// A client that trusts this CA and has, where given, a certificate of that CA's.
    fn trusted_by(&self, issuer: Option<&Authority>) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let mut config = match issuer {
            None => config.with_no_client_auth(),
            Some(issuer) => {
                let (certificate, key) = issuer.issue();
                let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
                config.with_client_auth_cert(chain, PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap()).unwrap()
            }
        };
        config.alpn_protocols = vec![b"h2".to_vec()];
        Arc::new(config)
    }
}
