//! Gives the shared library what rustc does not: a soname, so that programs record which ABI
//! revision they were linked against, and `nodelete`, so that a host that closes the library
//! (PHP does when its FFI object dies) never unmaps code that a thread-local still needs.

fn main() -> Result<(), String> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/version.rs");
    println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libliveapi.so.{}", abi_revision()?);
    println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    Ok(())
}

/// The revision stands once, in the constant that C callers read as well.
fn abi_revision() -> Result<String, String> {
    let source = std::fs::read_to_string("src/version.rs").map_err(|cause| cause.to_string())?;
    let constant =
        source.lines().find_map(|line| line.strip_prefix("pub const LIVEAPI_ABI_REVISION: c_int = "));
    let revision = constant.and_then(|rest| rest.strip_suffix(';')).map(str::to_owned);
    revision.ok_or_else(|| "src/version.rs lacks `pub const LIVEAPI_ABI_REVISION: c_int = N;`".to_owned())
}
