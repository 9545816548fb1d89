//! `rolegate filter`.

use std::io::{self, Write};

use rolegate::json::{ErrorKind, Filter, Nested};

use crate::args::{FilterArgs, InputArgs};
use crate::failure::{Failure, Status, tell};
use crate::input::Input;
use crate::progress::Progress;

impl InputArgs {
    /// Creates a filter with the settings of the arguments.
    pub(crate) fn filter<'m>(&self, matcher: &'m rolegate::Matcher) -> Filter<'m> {
        let filter = Filter::new(matcher).form(self.format.into()).max_response_len(self.max_input);
        self.lists.iter().fold(filter, Filter::list)
    }
}

pub(crate) fn run(args: &FilterArgs) -> Result<Status, Failure> {
    let caller = args.caller.caller(Some(args.asked.action))?;
    let matcher = args.asked.matcher(&caller.principal)?;
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
        tell(format_args!("{visible} visible, {removed} removed; {speed}"));
    }
    if let Some(first) = outcome.malformed().first() {
        let more = match outcome.malformed_count() - 1 {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        let place = if args.nested { "" } else { "; `rolegate lint` shows where" };
        tell(format_args!("{name}: {first}{more}{place}"));
    }
    Ok(Status::Fine)
}

/// Creates the failure for an error of reading the input or writing the output.
pub(crate) fn failure(name: &str, error: &rolegate::json::Error) -> Failure {
    let option = match error.kind() {
        ErrorKind::Write => return Failure::writing(error),
        ErrorKind::NoList => " with --list",
        ErrorKind::DocumentTooLong => " with --max-document",
        ErrorKind::ResponseTooLong => "; --max-input says how long it may be",
        _ => "",
    };
    Failure::with(name, format!("{error}{option}"))
}
