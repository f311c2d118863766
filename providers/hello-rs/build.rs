// SPDX-License-Identifier: Apache-2.0

//! Makes the Rust code of the provider contract, ../../proto/provider/v1/provider.proto. The compiler is a crate: no protoc is needed.

use std::{env, error::Error, fs, path::PathBuf};

use prost::Message;

const PROTO: &str = "../../proto";
const CONTRACT: &str = "provider/v1/provider.proto";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={PROTO}/{CONTRACT}");
    let descriptors = protox::compile([CONTRACT], [PROTO])?;
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    fs::write(out.join("contract.bin"), descriptors.encode_to_vec())?;
    tonic_prost_build::configure().build_transport(false).bytes(".provider.v1.Json").compile_fds(descriptors)?;
    Ok(())
}
