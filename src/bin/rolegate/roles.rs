//! The command `rolegate roles`.

use std::fmt::Write;

use crate::args::RolesArgs;
use crate::failure::{Failure, Status, tell};

pub(crate) fn run(args: &RolesArgs) -> Result<Status, Failure> {
    let caller = args.caller.caller(None)?;
    caller.tell_skipped_roles();
    if caller.principal.bypasses_permissions() {
        tell("a key of the project has no roles: it bypasses permissions");
    }
    let mut text = String::new();
    for role in caller.principal.roles() {
        let _ = writeln!(text, "{role}");
    }
    crate::output::print(text.as_bytes())
}
