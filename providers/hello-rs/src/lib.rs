// SPDX-License-Identifier: Apache-2.0

//! The demo provider in Rust: two tools, a resource and a prompt behind the provider contract, provider.v1.

pub mod arguments;
pub mod capabilities;
pub mod health;
pub mod listen;
pub mod log;
pub mod prompts;
pub mod resources;
pub mod server;
pub mod service;
pub mod tls;
pub mod tools;

/// The contract's messages and service, made by build.rs.
pub mod pb {
    #![allow(clippy::all)]

    tonic::include_proto!("provider.v1");

    /// The contract's descriptors, for reflection.
    pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/contract.bin"));
}

/// The text of a schema, as it stands in schemas/hello.
#[macro_export]
macro_rules! schema {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/hello/", $name, ".json"))
    };
}
