//! The filter of raw JSON.

#![allow(unsafe_code, reason = "the names of exported functions are unsafe attributes")]

use std::ffi::c_char;

use rolegate::json::Filter;

use super::constants;
use crate::ffi::call;
use crate::objects::{ErrorHandle, MatcherHandle};
use crate::types::{Buffer, JsonOptions, JsonReport, Status};

/// Filters JSON: documents in, visible documents out. The input is a list response, an array of documents, or
/// newline-delimited JSON.
///
/// Visible documents are copied byte for byte, and a number `total` of a list response becomes the number of visible
/// documents. `options` and `report` may be null. JSON that cannot be read, also because it is not UTF-8, is an error
/// `ROLEGATE_STATUS_INVALID_JSON` with line, column and byte. Takes time in proportion to the bytes.
#[unsafe(no_mangle)]
pub extern "C" fn rolegate_json_filter(
    matcher: *const MatcherHandle,
    json: *const c_char,
    json_len: usize,
    options: *const JsonOptions,
    output: *mut Buffer,
    report: *mut JsonReport,
    error: *mut *mut ErrorHandle,
) -> Status {
    call(error, |call| {
        let (output, report) = (call.out(output), call.optional_out(report));
        let (output, report) = (output?, report?);
        let matcher = call.get(matcher)?;
        let json = call.bytes(json, json_len)?;
        let mut filter = Filter::new(&matcher);
        if let Some(options) = call.optional(options)? {
            filter = filter
                .format(constants::format(options.format)?)
                .nested(constants::nested(options.nested)?);
            for key in call.texts(options.list_keys, options.list_key_count)? {
                filter = filter.list_key(key);
            }
            if options.max_document_len > 0 {
                filter = filter.max_document_len(options.max_document_len);
            }
        }
        let (visible, counts) = filter.apply(json)?;
        output.set_bytes(visible);
        if let Some(report) = report {
            report.set(JsonReport {
                format: constants::format_number(counts.format()),
                visible: counts.visible(),
                removed: counts.removed(),
                nested_removed: counts.nested_removed(),
                problems: counts.problem_count(),
                without_permissions: counts.without_permissions(),
                not_objects: counts.not_objects(),
                malformed_permissions: counts.malformed_permissions(),
            });
        }
        Ok(())
    })
}
