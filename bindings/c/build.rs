//! Names the shared library after the version of its interface: `librolegate.so.1`.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let unix_with_elf = ["linux", "freebsd", "netbsd", "openbsd", "android"];
    let os = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    if unix_with_elf.contains(&os.as_str()) {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,librolegate.so.1");
    }
}
