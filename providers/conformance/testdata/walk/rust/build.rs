use prost::Message;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let contract = protox::compile(["provider/v1/provider.proto"], ["proto"])?;
    let out = std::path::PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("contract.bin"), contract.encode_to_vec())?; // for reflection
    tonic_prost_build::configure().compile_fds(contract)?;
    Ok(())
}
