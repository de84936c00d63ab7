//! Gives the shared library what rustc does not: a soname, so that programs record which ABI
//! revision they were linked against, and `nodelete`, so that a host that closes the library
//! (PHP does when its FFI object dies) never unmaps code that a thread-local still needs.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/ffi/version.rs");
    println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libliveapi.so.{}", abi_revision());
    println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
}

/// The revision stands once, in the constant that C callers read as well.
fn abi_revision() -> String {
    let source = std::fs::read_to_string("src/ffi/version.rs").unwrap_or_default();
    source
        .lines()
        .find_map(|line| line.strip_prefix("pub const ABI_REVISION: c_int = ")?.strip_suffix(';'))
        .map_or_else(
            || panic!("src/ffi/version.rs must hold `pub const ABI_REVISION: c_int = N;`"),
            str::to_owned,
        )
}
