//! Panics. No input of an exported function causes one, so these tests cause them in the body of a call.

use std::sync::{Arc, RwLock};

use rolegate::{AclTable, Principal};

use super::{Answer, call, free, is_ascii, new_handle, utf8};
use crate::objects::{ErrorHandle, PrincipalHandle, TableHandle};
use crate::types::Status;

/// Returns the status and the message of an error, and frees it.
fn read(error: *mut ErrorHandle) -> (Status, String) {
    let mut found = None;
    let status = call(std::ptr::null_mut(), |call| {
        let failure = call.get(error)?;
        let details = failure.details();
        found = Some((details.status, details.message.trim_end_matches('\0').to_owned()));
        Ok(())
    });
    assert_eq!(status, Status::Ok);
    assert_eq!(free(error), Status::Ok);
    found.unwrap()
}

#[test]
fn panic_in_a_call_is_the_error_of_that_call() {
    type Body = fn() -> Answer;
    let texts: [(Body, &str); 3] = [
        (|| panic!("a text"), "a text"),
        (|| panic!("a number: {}", 7), "a number: 7"),
        (|| std::panic::panic_any(7), "panic"),
    ];
    for (body, message) in texts {
        let mut error = std::ptr::null_mut();
        assert_eq!(call(&raw mut error, |_| body()), Status::Panic);
        assert_eq!(read(error), (Status::Panic, message.to_owned()));
        assert_eq!(call(&raw mut error, |_| Ok(())), Status::Ok);
        assert!(error.is_null());
        assert_eq!(call(std::ptr::null_mut(), |_| body()), Status::Panic);
    }
}

#[test]
fn panic_while_a_handle_changes_makes_that_handle_unusable_and_no_other() {
    let new_table = || new_handle::<TableHandle>(RwLock::new(AclTable::new())).ok().unwrap();
    let (broken, other) = (new_table(), new_table());
    let write = |table: *mut TableHandle, then: fn()| {
        let mut error = std::ptr::null_mut();
        let status = call(&raw mut error, |call| {
            let table = call.get(table)?;
            let _guard = call.write(&table)?;
            then();
            Ok(())
        });
        (status, error)
    };
    let (status, error) = write(broken, || panic!("half-way"));
    assert_eq!((status, read(error).0), (Status::Panic, Status::Panic));

    let (status, error) = write(broken, || ());
    let message = "an earlier call failed while it changed this handle";
    assert_eq!((status, read(error)), (Status::Panic, (Status::Panic, message.to_owned())));
    assert_eq!(write(other, || ()).0, Status::Ok);
    assert_eq!(free(broken), Status::Ok);
    assert_eq!(free(other), Status::Ok);
}

#[test]
fn text_of_any_length_is_ascii_or_utf8_as_in_the_standard_library() {
    for len in 0..70 {
        let mut bytes = vec![b'a'; len];
        assert!(is_ascii(&bytes), "length {len}");
        for at in 0..len {
            for wrong in [0x80, 0xc3, 0xff] {
                bytes[at] = wrong;
                assert!(!is_ascii(&bytes), "length {len}, byte {at}");
                assert_eq!(utf8(&bytes).ok(), std::str::from_utf8(&bytes).ok());
            }
            bytes[at] = 0x7f;
            assert!(is_ascii(&bytes), "length {len}, byte {at}");
        }
        bytes.extend("ä".bytes());
        assert_eq!(utf8(&bytes).ok(), std::str::from_utf8(&bytes).ok());
    }
}

#[test]
fn call_keeps_an_object_that_is_freed_meanwhile() {
    let guest = new_handle::<PrincipalHandle>(Principal::guest()).ok().unwrap();
    let status = call(std::ptr::null_mut(), |call| {
        let principal = call.get(guest)?;
        assert_eq!(free(guest), Status::Ok);
        assert_eq!(Arc::strong_count(&principal), 1);
        assert_eq!(principal.roles().len(), 2);
        assert!(call.get(guest).is_err());
        Ok(())
    });
    assert_eq!(status, Status::Ok);
}
