//! Indexes of documents: a sequence of changes, the plain map beside it.

use arbitrary::{Arbitrary, Unstructured};
use rolegate::Principal;

use crate::support::index::{Change, Machine};
use crate::table::{Limits, Name, Text};

/// Few, because each is followed by comparing what every principal sees.
const MAX_CHANGES: usize = 32;

/// Few enough for changes to meet.
const MAX_DOCUMENTS: u8 = 40;

/// Does what the bytes say to an index and to the model of it, which must agree.
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
                // The highest bit tells strict insertions from lenient ones.
                if number < 128 { Self::InsertLenient(at, list) } else { Self::Insert(at, list) }
            }
            Step::Remove(at) => Self::Remove(at % MAX_DOCUMENTS),
        }
    }
}
