//! The target `document_index`: a sequence of changes, compared with a plain map.

use arbitrary::{Arbitrary, Unstructured};
use rolegate::Principal;

use crate::support::index::{Change, Machine};
use crate::table::{Limits, Name, Text};

/// The maximum number of changes: 32. After each change, the visible documents of every principal are
/// compared.
const MAX_CHANGES: usize = 32;

/// The maximum number of documents: 40. Changes therefore often affect the same document.
const MAX_DOCUMENTS: u8 = 40;

/// Applies the changes in `data` to an index and to its model. The two must agree.
pub fn document_index(data: &[u8]) {
    let mut bytes = Unstructured::new(data);
    let Ok(limits) = bytes.arbitrary::<Limits>() else { return };
    let Ok(principals) = bytes.arbitrary::<[Vec<Name>; 2]>() else { return };
    let principals = principals.map(|roles| {
        Principal::parse_roles(roles.iter().map(String::from).collect::<Vec<_>>()).unwrap()
    });
    let mut machine = Machine::new(limits.into(), principals);
    for step in bytes.arbitrary_iter::<Step>().unwrap().take(MAX_CHANGES) {
        let Ok(step) = step else { break };
        machine.step(&step.into());
    }
}

#[derive(Arbitrary, Debug)]
enum Step {
    Insert(u8, Vec<Text>),
    Remove(u8),
}

impl From<Step> for Change {
    fn from(step: Step) -> Self {
        match step {
            Step::Insert(number, list) => {
                let (at, list) = (number % MAX_DOCUMENTS, list.iter().map(String::from).collect());
                // The highest bit chooses between strict and lenient insertion.
                if number < 128 { Self::InsertLenient(at, list) } else { Self::Insert(at, list) }
            }
            Step::Remove(at) => Self::Remove(at % MAX_DOCUMENTS),
        }
    }
}
