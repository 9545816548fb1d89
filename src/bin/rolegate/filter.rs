//! `rolegate filter`.

use std::io::{self, Write};

use rolegate::json::{ErrorKind, Filter, Nested};

use crate::args::{FilterArgs, InputArgs};
use crate::failure::{Failure, Status};
use crate::input::Input;
use crate::progress::Progress;

impl InputArgs {
    /// A filter that knows what the input is.
    pub(crate) fn filter<'m>(&self, matcher: &'m rolegate::Matcher) -> Filter<'m> {
        let filter = Filter::new(matcher).form(self.form.into()).max_response_len(usize::MAX);
        self.lists.iter().fold(filter, Filter::list)
    }
}

pub(crate) fn run(args: &FilterArgs) -> Result<Status, Failure> {
    let principal = args.who.principal(Some(args.asked.action))?;
    let matcher = args.asked.matcher(&principal)?;
    let nested = if args.nested { Nested::Filter } else { Nested::Keep };
    let filter = args.input.filter(&matcher).nested(nested).max_document_len(args.max_document);

    let Input { name, reader, len } = Input::open(args.input.file.as_deref())?;
    let progress = Progress::new(len);
    let mut stdout = io::stdout().lock();
    let result = filter.copy_watched(progress.reading(reader), &mut stdout, |outcome| {
        progress.documents(outcome.visible() + outcome.removed());
    });
    stdout.flush()?;
    let outcome = match result {
        Ok(outcome) => outcome,
        Err(error) => {
            progress.finish(0);
            return Err(failure(&name, &error));
        }
    };
    let (visible, removed) = (outcome.visible(), outcome.removed());
    if let Some(speed) = progress.finish(visible + removed) {
        eprintln!("rolegate: {visible} visible, {removed} removed; {speed}");
    }
    if let Some(first) = outcome.malformed().first() {
        let more = match outcome.malformed_count() - 1 {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        eprintln!("rolegate: {name}: {first}{more}; `rolegate lint` shows where");
    }
    Ok(Status::Fine)
}

/// What was wrong with the input, or with writing the output.
pub(crate) fn failure(name: &str, error: &rolegate::json::Error) -> Failure {
    match error.io_error() {
        Some(io) if io.kind() == io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
        Some(io) => Failure::with(name, io),
        None if error.kind() == ErrorKind::NoList => {
            Failure::with(name, format!("{error} with --list"))
        }
        None if error.kind() == ErrorKind::DocumentTooLong => {
            Failure::with(name, format!("{error} with --max-document"))
        }
        None => Failure::with(name, error),
    }
}
