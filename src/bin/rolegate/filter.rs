//! The command `rolegate filter`.

use std::fmt;
use std::io::{self, Write};

use rolegate::json::{ErrorKind, Filter, FilterReport, Nested, Problem, ProblemKind};

use crate::args::{FilterArgs, InputArgs};
use crate::failure::{Failure, Status, tell};
use crate::input::Input;
use crate::progress::Progress;

impl InputArgs {
    /// Creates a filter with the settings of the arguments.
    pub(crate) fn filter<'m>(&self, matcher: &'m rolegate::Matcher) -> Filter<'m> {
        let filter =
            Filter::new(matcher).format(self.format.into()).max_response_len(self.max_input);
        self.lists.iter().fold(filter, Filter::list_key)
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
    let result = filter.copy_with_progress(progress.reading(reader), &mut stdout, |report| {
        progress.documents(report.documents());
    });
    stdout.flush()?;
    let report = match result {
        Ok(report) => report,
        Err(error) => {
            progress.finish(0);
            return Err(failure(&name, &error));
        }
    };
    if let Some(speed) = progress.finish(report.documents()) {
        let (visible, removed) = (report.visible(), report.removed());
        tell(format_args!("{visible} visible, {removed} removed; {speed}"));
    }
    tell_problems(&name, &report, args.nested);
    Ok(Status::Fine)
}

/// Prints the number of documents and permissions that could not be used, with the positions of the first
/// ones.
fn tell_problems(name: &str, report: &FilterReport, nested: bool) {
    let missing = report.without_permissions();
    if missing > 0 {
        let places = Places::of(report, missing, &ProblemKind::NoPermissions);
        let documents = counted(missing, "document");
        tell(format_args!(
            "{name}: removed {documents} without `$permissions`: {places}; \
             a query that selects attributes must select `$permissions` too"
        ));
    }
    let not_objects = report.not_objects();
    if not_objects > 0 {
        let places = Places::of(report, not_objects, &ProblemKind::NotAnObject);
        let values = counted(not_objects, "value");
        tell(format_args!("{name}: removed {values} that cannot be documents: {places}"));
    }
    let is_malformed = |problem: &&Problem| {
        !matches!(problem.kind(), ProblemKind::NoPermissions | ProblemKind::NotAnObject)
    };
    if let Some(first) = report.problems().iter().find(is_malformed) {
        let permissions = counted(report.malformed_permissions(), "malformed permission");
        // `lint` does not look at nested documents.
        let hint = if nested { "" } else { "; `rolegate lint` shows each" };
        tell(format_args!("{name}: {permissions}: {first}{hint}"));
    }
}

/// The positions of the first documents with a kind of problem.
struct Places {
    first: Vec<u64>,
    count: u64,
}

impl Places {
    /// The maximum number of positions that are printed: 5.
    const SHOWN: usize = 5;

    fn of(report: &FilterReport, count: u64, kind: &ProblemKind) -> Self {
        let problems = report.problems().iter().filter(|problem| problem.kind() == kind);
        Self { first: problems.take(Self::SHOWN).map(Problem::document).collect(), count }
    }
}

impl fmt::Display for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.count == 1 { "position " } else { "positions " })?;
        for (index, position) in self.first.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{position}")?;
        }
        if self.count > self.first.len() as u64 { f.write_str(", ...") } else { Ok(()) }
    }
}

fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// Creates the failure for an error of reading the input or writing the output. Hints name options of
/// the command line instead of methods of the library.
pub(crate) fn failure(name: &str, error: &rolegate::json::Error) -> Failure {
    let hint = match error.kind() {
        ErrorKind::Write => return Failure::writing(error),
        ErrorKind::Read => return Failure::with(name, error),
        ErrorKind::NoList => match (error.found_lists(), error.hint().unwrap_or_default()) {
            (_, "pass format(Format::Lines) for a single document") => {
                "; pass --format lines for a single document".to_owned()
            }
            ([key, ..], _) if key.starts_with('-') => format!("; pass --list={}", shell_word(key)),
            ([key, ..], _) => format!("; pass --list {}", shell_word(key)),
            ([], hint) => format!("; {hint}"),
        },
        ErrorKind::DocumentTooLong => "; raise the limit with --max-document".to_owned(),
        ErrorKind::ResponseTooLong => "; raise the limit with --max-input".to_owned(),
        _ => error.hint().map_or_else(String::new, |hint| format!("; {hint}")),
    };
    let (line, column, message) = (error.line(), error.column(), error.message());
    Failure::with(name, format!("line {line}, column {column}: {message}{hint}"))
}

/// Quotes a text for a shell, if it needs quotes. Characters that a terminal interprets or hides are
/// written as escapes in `$'...'`, which bash and zsh support.
fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    let is_shown = |c: char| matches!(c, '\'' | '"' | '\\') || c.escape_debug().len() == 1;
    if text.chars().all(is_shown) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let quoted: String = text
        .chars()
        .map(|c| match c {
            '\'' | '\\' => format!("\\{c}"),
            c if is_shown(c) => c.to_string(),
            c => format!("\\U{:08x}", u32::from(c)),
        })
        .collect();
    format!("$'{quoted}'")
}
