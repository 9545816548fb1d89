//! Whole inputs: list responses, arrays, lines in memory; and which of them it is.

use super::document::{PERMISSIONS, Pass};
use super::edits::{Elements, With};
use super::error::{Fault, Faulty};
use super::scanner::{Scan, Scanner};
use super::{Filter, Form};

/// Checks an input and works out what to remove from it.
pub(super) fn filter(pass: &mut Pass<'_>, input: &[u8]) -> Result<(), Faulty> {
    let mut scanner = Scanner::new(input);
    let first = scanner.space();
    let form = match (pass.filter.form, first) {
        (Form::Detect, b'[') => Form::Array,
        (Form::Detect, b'{') => return detect(pass, input),
        (Form::Detect, _) => Form::Lines,
        (form, _) => form,
    };
    pass.outcome.form = form;
    let scan = match form {
        Form::Lines => return super::lines::filter(pass, input),
        Form::Array => array(pass, &mut scanner),
        Form::List | Form::Detect => list(pass, &mut scanner),
    };
    scan.and_then(|()| scanner.end()).map_err(|fault| scanner.faulty(fault))
}

/// Filters an object as the list response that it probably is, and as lines if it is not.
fn detect(pass: &mut Pass<'_>, input: &[u8]) -> Result<(), Faulty> {
    let mut scanner = Scanner::new(input);
    scanner.space();
    pass.outcome.form = Form::List;
    let result = match list(pass, &mut scanner) {
        Ok(()) => scanner.end(),
        Err(fault) => Err(fault),
    };
    let Err(fault) = result else { return Ok(()) };
    // The fault may be one of the form only: a document may have two `$permissions` somewhere within.
    if classify(pass.filter, input).is_ok_and(|form| form == Form::Lines) {
        *pass = Pass::new(pass.filter);
        pass.outcome.form = Form::Lines;
        return super::lines::filter(pass, input);
    }
    Err(scanner.faulty(fault))
}

/// What the input is whose first value is an object.
pub(super) fn classify(filter: &Filter<'_>, input: &[u8]) -> Result<Form, Faulty> {
    let mut scanner = Scanner::new(input);
    classify_object(filter, &mut scanner).map_err(|fault| scanner.faulty(fault))
}

fn classify_object(filter: &Filter<'_>, scanner: &mut Scanner<'_>) -> Scan<Form> {
    scanner.space();
    let (mut list, mut document) = (false, false);
    let mut more = scanner.open_object();
    while more {
        let key = scanner.key()?;
        document |= key.is(PERMISSIONS);
        list |= scanner.byte() == b'[' && filter.is_list(key);
        scanner.skip_value(1)?;
        more = scanner.next_member()?;
    }
    Ok(if list && !document { Form::List } else { Form::Lines })
}

/// Goes behind a list response.
fn list(pass: &mut Pass<'_>, scanner: &mut Scanner<'_>) -> Scan<()> {
    let start = scanner.at;
    if scanner.byte() != b'{' {
        // What is no JSON at all is told as such.
        scanner.skip_value(0)?;
        scanner.at = start;
        return Err(Fault::NotAnObject);
    }
    let detecting = pass.filter.form == Form::Detect;
    let everything = pass.filter.matcher.allows_everything();
    let (mut lists, mut document, mut no_array) = (false, false, None);
    let mut more = scanner.open_object();
    while more {
        let key = scanner.key()?;
        let value = scanner.at;
        if pass.filter.is_list(key) {
            if scanner.byte() == b'[' {
                lists = true;
                elements(pass, scanner, 1)?;
            } else {
                no_array = Some(value);
                scanner.skip_value(1)?;
            }
        } else {
            let number = matches!(scanner.byte(), b'-' | b'0'..=b'9');
            scanner.skip_value(1)?;
            if number && !everything && key.is("total") {
                pass.edits.replace(value, scanner.at, With::Total);
            }
            document |= detecting && key.is(PERMISSIONS);
        }
        more = scanner.next_member()?;
    }
    let fault = match no_array {
        _ if document => Fault::NoList,
        Some(at) if !everything => {
            scanner.at = at;
            return Err(Fault::NotAnArray);
        }
        _ if lists || (everything && !detecting) => return Ok(()),
        _ => Fault::NoList,
    };
    scanner.at = start;
    Err(fault)
}

/// Goes behind an array of documents that is the whole input.
fn array(pass: &mut Pass<'_>, scanner: &mut Scanner<'_>) -> Scan<()> {
    if scanner.byte() == b'[' {
        return elements(pass, scanner, 0);
    }
    let start = scanner.at;
    scanner.skip_value(0)?;
    scanner.at = start;
    Err(Fault::NotAnArray)
}

/// Goes behind an array of documents, `depth` arrays and objects deep.
fn elements(pass: &mut Pass<'_>, scanner: &mut Scanner<'_>, depth: usize) -> Scan<()> {
    let mut elements = Elements::new(scanner.at + 1, &pass.edits);
    let mut more = scanner.open_array();
    while more {
        let start = scanner.at;
        elements.begin(start, &mut pass.edits);
        let mark = pass.edits.mark();
        if pass.document(scanner, depth + 1)? {
            elements.keep(scanner.at);
        } else {
            pass.edits.back_to(mark);
            elements.remove(start, scanner.at, &mut pass.edits);
        }
        more = scanner.next_element()?;
    }
    elements.close(scanner.at - 1, &mut pass.edits);
    Ok(())
}
