//! The border to C: pointers become slices and references to objects, and values go to out-parameters.
//!
//! # Soundness
//!
//! Only exported functions create a [`Call`], and every pointer that they pass to it comes from C. The header states
//! what the C caller guarantees: a pointer is valid for its length during the call, and out-parameters overlap no
//! other argument. Rust cannot check this guarantee, and every block below depends on it. What can be checked is
//! checked here: null, alignment, and lengths. Handles are not pointers and need no guarantee (`handles.rs`).
//!
//! A slice lives as long as its [`Call`], which ends before the exported function returns. A value is read from C only
//! if every bit pattern is valid for its type: [`Plain`]. Constants are read as integers.

#![allow(unsafe_code, reason = "reads and writes memory of the C caller, and nothing else")]

#[cfg(test)]
mod tests;

use std::ffi::c_char;
use std::mem::{ManuallyDrop, size_of};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::str::Utf8Error;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::failure::Failure;
use crate::handles;
use crate::objects::{ErrorHandle, Handle};
use crate::types::{
    Buffer, Bytes, ErrorInfo, JsonOptions, JsonReport, Lists, PackedLists, ParsedPermission,
    ParsedRole, SqlLayout, Status, TableLimits,
};

/// A type that consists of integers and pointers, so that every bit pattern is a value.
pub(crate) trait Plain: Copy {}

impl Plain for u8 {}
impl Plain for u32 {}
impl Plain for usize {}
impl Plain for i64 {}
impl Plain for Bytes {}
impl Plain for Lists {}
impl Plain for PackedLists {}
impl Plain for JsonOptions {}
impl Plain for SqlLayout {}
impl Plain for TableLimits {}

/// A value of an out-parameter. `EMPTY` is what it has after a failure.
pub(crate) trait Returned {
    const EMPTY: Self;
}

impl Returned for u8 {
    const EMPTY: Self = 0;
}

impl Returned for u32 {
    const EMPTY: Self = 0;
}

impl Returned for usize {
    const EMPTY: Self = 0;
}

impl<T> Returned for *mut T {
    const EMPTY: Self = ptr::null_mut();
}

impl Returned for Buffer {
    const EMPTY: Self = Self { data: ptr::null_mut(), len: 0, capacity: 0 };
}

impl Returned for JsonReport {
    const EMPTY: Self = Self {
        format: 0,
        visible: 0,
        removed: 0,
        nested_removed: 0,
        problems: 0,
        without_permissions: 0,
        not_objects: 0,
        malformed_permissions: 0,
    };
}

const NO_BYTES: Bytes = Bytes { data: ptr::null(), len: 0 };

impl Returned for ErrorInfo {
    const EMPTY: Self = Self {
        status: Status::Ok,
        http_status: 0,
        message: NO_BYTES,
        kind: NO_BYTES,
        hint: NO_BYTES,
        error_type: NO_BYTES,
        list: u64::MAX,
        text: u64::MAX,
        start: u64::MAX,
        end: u64::MAX,
        line: u64::MAX,
        column: u64::MAX,
    };
}

const NO_SPAN: crate::types::Span = crate::types::Span { start: 0, end: 0 };

impl Returned for ParsedRole {
    const EMPTY: Self = Self { kind: 0, text: NO_SPAN, identifier: NO_SPAN, dimension: NO_SPAN };
}

impl Returned for ParsedPermission {
    const EMPTY: Self = Self { actions: 0, role: ParsedRole::EMPTY };
}

/// The result of the body of a call.
pub(crate) type Answer<T = ()> = Result<T, Failure>;

/// A running call. What it borrows from C lives no longer.
pub(crate) struct Call(());

/// Runs the body of an exported function. A failure, or a panic, goes to `error`.
pub(crate) fn call(error: *mut *mut ErrorHandle, body: impl FnOnce(&Call) -> Answer) -> Status {
    let slot = if error.is_null() { None } else { Out::new(error).ok() };
    // A panic cannot leave a half-changed object behind: objects that change are in a lock, which the panic
    // poisons.
    let result = catch_unwind(AssertUnwindSafe(|| body(&Call(()))));
    let failure = match result {
        Ok(Ok(())) => return Status::Ok,
        Ok(Err(failure)) => failure,
        Err(payload) => Failure::new(Status::Panic, panic_message(&*payload)),
    };
    let status = failure.details().status;
    if let Some(slot) = slot
        && let Ok(handle) = new_handle::<ErrorHandle>(failure)
    {
        slot.set(handle);
    }
    status
}

fn panic_message(payload: &(dyn std::any::Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("panic")
}

/// Creates a handle for a value.
pub(crate) fn new_handle<H: Handle>(value: H::Value) -> Answer<*mut H> {
    match handles::insert(H::wrap(Arc::new(value))) {
        Ok(handle) => Ok(ptr::without_provenance_mut(handle)),
        Err(handles::TooManyHandles) => {
            Err(Failure::new(Status::Full, "there are too many handles"))
        }
    }
}

/// Frees a handle. Null is freed already.
pub(crate) fn free<H: Handle>(handle: *mut H) -> Status {
    if handle.is_null() {
        return Status::Ok;
    }
    let handle = handle.addr();
    // Dropping the object may panic.
    match catch_unwind(|| handles::remove(handle, |object| H::unwrap(object).is_some()).is_some()) {
        Ok(true) => Status::Ok,
        Ok(false) => Status::WrongHandle,
        Err(_) => Status::Panic,
    }
}

#[allow(clippy::unused_self, reason = "what a method returns lives as long as the call")]
impl Call {
    /// Returns the object of a handle.
    pub(crate) fn get<H: Handle>(&self, handle: *const H) -> Answer<Arc<H::Value>> {
        if handle.is_null() {
            let message = format_args!("expected {}, found a null pointer", H::KIND);
            return Err(Failure::new(Status::NullPointer, message));
        }
        handles::get(handle.addr(), |object| match object {
            Some(object) => H::unwrap(object).cloned().ok_or(Some(object.kind())),
            None => Err(None),
        })
        .map_err(|found| {
            let found = found.unwrap_or("a handle that was freed or never existed");
            let message = format_args!("expected {}, found {found}", H::KIND);
            Failure::new(Status::WrongHandle, message)
        })
    }

    /// Returns bytes of the caller.
    #[inline]
    pub(crate) fn bytes(&self, data: *const c_char, len: usize) -> Answer<&[u8]> {
        self.slice(data.cast::<u8>(), len)
    }

    /// Returns a text of the caller.
    #[inline]
    pub(crate) fn text(&self, data: *const c_char, len: usize) -> Answer<&str> {
        utf8(self.bytes(data, len)?)
    }

    /// Returns texts of the caller. An error has the position of its text.
    pub(crate) fn texts(&self, texts: *const Bytes, count: usize) -> Answer<Vec<&str>> {
        let texts = self.slice(texts, count)?.iter().enumerate();
        let text = |(index, text): (usize, &Bytes)| {
            self.text(text.data, text.len).map_err(|failure| failure.in_text(index))
        };
        texts.map(text).collect()
    }

    /// Returns an array of the caller.
    #[inline]
    pub(crate) fn slice<T: Plain>(&self, data: *const T, len: usize) -> Answer<&[T]> {
        if len == 0 {
            return Ok(&[]);
        }
        check(data, len)?;
        // SAFETY: the caller guarantees `len` valid elements during the call. Each bit pattern is a value. The
        // pointer is aligned and not null, and the length in bytes is at most `isize::MAX`.
        Ok(unsafe { std::slice::from_raw_parts(data, len) })
    }

    /// Returns a structure of the caller, or `None` for null.
    pub(crate) fn optional<T: Plain>(&self, data: *const T) -> Answer<Option<T>> {
        if data.is_null() { Ok(None) } else { Ok(self.slice(data, 1)?.first().copied()) }
    }

    /// Returns a structure of the caller.
    pub(crate) fn required<T: Plain>(&self, data: *const T) -> Answer<T> {
        self.optional(data)?.ok_or_else(null)
    }

    /// Sets an out-parameter to its empty value.
    pub(crate) fn out<T: Returned>(&self, out: *mut T) -> Answer<Out<T>> {
        Out::new(out)
    }

    /// Sets an out-parameter that may be null to its empty value.
    pub(crate) fn optional_out<T: Returned>(&self, out: *mut T) -> Answer<Option<Out<T>>> {
        if out.is_null() { Ok(None) } else { Out::new(out).map(Some) }
    }

    /// Sets the elements of an array to their empty value.
    pub(crate) fn out_array<T: Returned>(&self, out: *mut T, len: usize) -> Answer<OutArray<T>> {
        let array = self.room(out, len)?;
        array.set_all((0..len).map(|_| T::EMPTY));
        Ok(array)
    }

    /// Returns an array that another out-parameter has the length of. Its elements are not set.
    pub(crate) fn room<T>(&self, out: *mut T, len: usize) -> Answer<OutArray<T>> {
        if len > 0 {
            check(out, len)?;
        }
        Ok(OutArray { out, len })
    }

    /// Takes the read lock of an object.
    pub(crate) fn read<'l, T>(&self, lock: &'l RwLock<T>) -> Answer<RwLockReadGuard<'l, T>> {
        lock.read().map_err(|error| poisoned(&error))
    }

    /// Takes the write lock of an object.
    pub(crate) fn write<'l, T>(&self, lock: &'l RwLock<T>) -> Answer<RwLockWriteGuard<'l, T>> {
        lock.write().map_err(|error| poisoned(&error))
    }
}

#[cold]
fn poisoned<T>(_: &PoisonError<T>) -> Failure {
    Failure::new(Status::Panic, "an earlier call failed while it changed this handle")
}

#[cold]
fn null() -> Failure {
    Failure::new(Status::NullPointer, "pointer is null")
}

/// Checks a pointer to an array.
#[inline]
fn check<T>(data: *const T, len: usize) -> Answer {
    let fits =
        len.checked_mul(size_of::<T>()).is_some_and(|bytes| bytes <= isize::MAX.unsigned_abs());
    if !data.is_null() && data.is_aligned() && fits { Ok(()) } else { Err(wrong_array(data, len)) }
}

#[cold]
fn wrong_array<T>(data: *const T, len: usize) -> Failure {
    if data.is_null() {
        null()
    } else if data.is_aligned() {
        Failure::new(Status::WrongLength, format_args!("length is too large: {len}"))
    } else {
        Failure::new(Status::WrongArgument, "pointer is not aligned")
    }
}

/// Checks that bytes are UTF-8. An error has the position of the first wrong byte.
///
/// Permissions are ASCII. For a page of 100 texts of 28 bytes, the test for ASCII takes 0.3 µs less than
/// `from_utf8`.
#[inline]
pub(crate) fn utf8(bytes: &[u8]) -> Answer<&str> {
    if is_ascii(bytes) {
        // SAFETY: ASCII is UTF-8.
        return Ok(unsafe { std::str::from_utf8_unchecked(bytes) });
    }
    std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error))
}

#[cold]
fn not_utf8(bytes: &[u8], error: Utf8Error) -> Failure {
    let start = error.valid_up_to();
    let wrong = error.error_len().unwrap_or(bytes.len() - start);
    Failure::new(Status::InvalidUtf8, format_args!("text is not UTF-8 from byte {start}"))
        .with_span(start as u64, (start + wrong) as u64)
}

/// Returns `true` if bytes are ASCII. A text of 16 to 32 bytes takes two reads.
#[inline]
fn is_ascii(bytes: &[u8]) -> bool {
    const HIGH: u128 = u128::from_ne_bytes([0x80; 16]);
    let Some(last) = bytes.last_chunk::<16>() else { return bytes.is_ascii() };
    let chunks = bytes.as_chunks::<16>().0.iter();
    let all =
        chunks.fold(u128::from_ne_bytes(*last), |all, chunk| all | u128::from_ne_bytes(*chunk));
    all & HIGH == 0
}

/// An out-parameter.
pub(crate) struct Out<T>(*mut T);

impl<T: Returned> Out<T> {
    fn new(out: *mut T) -> Answer<Self> {
        check(out, 1)?;
        let out = Self(out);
        out.write(T::EMPTY);
        Ok(out)
    }

    pub(crate) fn set(self, value: T) {
        self.write(value);
    }

    fn write(&self, value: T) {
        // SAFETY: the pointer is aligned and not null, and the caller guarantees that it may be written. The old
        // value is not dropped, because it may be uninitialised.
        unsafe { self.0.write(value) }
    }
}

impl Out<Buffer> {
    /// Gives bytes to the caller, who frees them.
    pub(crate) fn set_bytes(self, bytes: Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let mut bytes = ManuallyDrop::new(bytes);
        let data = bytes.as_mut_ptr().cast::<c_char>();
        self.set(Buffer { data, len: bytes.len(), capacity: bytes.capacity() });
    }
}

/// An array that a call fills.
pub(crate) struct OutArray<T> {
    out: *mut T,
    len: usize,
}

impl<T> OutArray<T> {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Writes values from the first element on, up to the end of the array. Returns the number of values.
    pub(crate) fn set_all(&self, values: impl Iterator<Item = T>) -> usize {
        let mut written = 0;
        for (index, value) in values.take(self.len).enumerate() {
            // SAFETY: the array has `len` elements, and `index` is less.
            let element = unsafe { self.out.add(index) };
            // SAFETY: the caller guarantees that the elements may be written. `check` has tested the pointer.
            unsafe { element.write(value) };
            written = index + 1;
        }
        written
    }
}

/// Frees the bytes of a buffer, and makes it empty. A null pointer and an empty buffer are freed already.
pub(crate) fn free_buffer(buffer: *mut Buffer) {
    if check(buffer, 1).is_err() {
        return;
    }
    // SAFETY: the pointer is aligned and not null, and the caller guarantees that it is a buffer.
    let Buffer { data, len, capacity } = unsafe { buffer.replace(Buffer::EMPTY) };
    if data.is_null() || capacity == 0 || len > capacity {
        return;
    }
    // SAFETY: the fields come from the vector of `set_bytes`, which is dropped nowhere else. The caller guarantees
    // that it changed neither `data` nor `capacity`, and that it frees no copy of the buffer.
    drop(unsafe { Vec::from_raw_parts(data.cast::<u8>(), len, capacity) });
}
