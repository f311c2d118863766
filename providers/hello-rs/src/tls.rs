// SPDX-License-Identifier: Apache-2.0

//! Certificates. Each connection gets those that are in the files at that time, so that they can be replaced while the server runs.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use tokio_rustls::rustls::{
    self, RootCertStore, ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
};

use crate::log::Log;

/// The paths of PEM files. With a client CA, clients must show a certificate of its.
#[derive(Clone)]
pub struct Files {
    pub certificate: PathBuf,
    pub key: PathBuf,
    pub client_ca: Option<PathBuf>,
}

impl Files {
    /// In one word, who proves who they are.
    pub fn security(&self) -> &'static str {
        if self.client_ca.is_some() { "mutual" } else { "server" }
    }

    fn read(&self) -> Result<Texts, String> {
        let read = |path: &Path| fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
        Ok(Texts {
            certificate: read(&self.certificate)?,
            key: read(&self.key)?,
            client_ca: self.client_ca.as_deref().map(read).transpose()?,
        })
    }

    fn parse(&self, texts: &Texts) -> Result<Arc<ServerConfig>, String> {
        let crypto = Arc::new(ring::default_provider());
        let pair = || format!("{} and {}", self.certificate.display(), self.key.display());
        let chain = certificates(&self.certificate, &texts.certificate)?;
        let key = PrivateKeyDer::from_pem_slice(&texts.key).map_err(|error| format!("{}: {error}", self.key.display()))?;
        let versions =
            ServerConfig::builder_with_provider(crypto.clone()).with_safe_default_protocol_versions().map_err(|error| error.to_string())?;
        let clients = match self.client_ca.as_deref().zip(texts.client_ca.as_deref()) {
            None => versions.with_no_client_auth(),
            Some((path, text)) => versions.with_client_cert_verifier(self.verifier(path, text, crypto)?),
        };
        let mut config = clients.with_single_cert(chain, key).map_err(|error| format!("{}: {error}", pair()))?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(Arc::new(config))
    }

    fn verifier(
        &self,
        path: &Path,
        text: &[u8],
        crypto: Arc<CryptoProvider>,
    ) -> Result<Arc<dyn rustls::server::danger::ClientCertVerifier>, String> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(path, text)? {
            roots.add(certificate).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), crypto).build().map_err(|error| format!("{}: {error}", path.display()))
    }
}

fn certificates(path: &Path, text: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates: Vec<_> =
        CertificateDer::pem_slice_iter(text).collect::<Result<_, _>>().map_err(|error| format!("{}: {error}", path.display()))?;
    if certificates.is_empty() { Err(format!("{} holds no certificate", path.display())) } else { Ok(certificates) }
}

#[derive(PartialEq)]
struct Texts {
    certificate: Vec<u8>,
    key: Vec<u8>,
    client_ca: Option<Vec<u8>>,
}

pub struct Certificates {
    files: Files,
    /// With what it was made of. Sessions can be resumed with the same only: each configuration has tickets of its own.
    config: Mutex<(Texts, Arc<ServerConfig>)>,
}

impl Certificates {
    /// An error names the file, or what does not fit.
    pub fn read(files: Files) -> Result<Self, String> {
        let texts = files.read()?;
        let config = files.parse(&texts)?;
        Ok(Certificates { files, config: Mutex::new((texts, config)) })
    }

    /// Reads the files again: that costs little next to a handshake, and compares more surely than times and sizes would. While they do
    /// not fit, because one of two has been replaced, what was there before stays in force.
    pub fn current(&self, log: &Log) -> Arc<ServerConfig> {
        let mut current = self.config.lock().unwrap_or_else(PoisonError::into_inner);
        let refreshed = self.files.read().and_then(|texts| {
            if texts == current.0 {
                return Ok(());
            }
            let config = self.files.parse(&texts)?;
            *current = (texts, config);
            log.info("took new TLS files", &[]);
            Ok(())
        });
        if let Err(why) = refreshed {
            log.warn("the TLS files cannot be used, what they held before stays in force", &[("error", why.into())]);
        }
        current.1.clone()
    }
}
