//! The library itself: its version and its memory.

#![allow(unsafe_code, reason = "the names of exported functions are unsafe attributes")]

use std::ffi::{CStr, c_char};

use crate::types::Buffer;
use crate::{ffi, handles};

/// The version of the interface. It changes with each incompatible change of the header.
const ABI_VERSION: u32 = 1;

/// The version of the library, which ends with a NUL byte.
const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => c"",
    };

/// Returns the version of the interface: `ROLEGATE_ABI_VERSION` of the header that the library was built with.
///
/// A program that loads the library at run time compares both before any other call.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_abi_version() -> u32 {
    ABI_VERSION
}

/// Returns the version of the library as a C string, which is never freed.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_version() -> *const c_char {
    VERSION.as_ptr()
}

/// Returns the number of handles that were created and not freed, for tests of a program's clean-up.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_live_handles() -> usize {
    handles::live()
}

/// Frees the bytes of a buffer, and makes the buffer empty.
///
/// Null and an empty buffer are ignored, so freeing one buffer twice does no harm. Freeing a copy of a buffer that
/// was freed is undefined behaviour, as with `free`.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_buffer_free(buffer: *mut Buffer) {
    ffi::free_buffer(buffer);
}
