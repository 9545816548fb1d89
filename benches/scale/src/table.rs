//! The table of figures.

use crate::arguments::Options;
use crate::churn;
use crate::clock::Sweeper;
use crate::documents::Documents;
use crate::figures::Figures;
use crate::reads::Answers;
use crate::saved;
use crate::users::Users;
use crate::workload::{Sharing, Workload};
use crate::writes;

/// Measures everything as often as the options say, and prints the table.
pub fn print(options: &Options) {
    let workload = Workload::new(options.documents, options.sharing);
    let documents = Documents::new(workload.documents.clone());
    let users = Users::draw(&workload);
    let answers = Answers::new(&documents, &users);
    let churned = options.churn.then(|| {
        let after = churn::expected(&workload);
        let answers = Answers::new(&after, &users);
        (after, answers)
    });
    let lists = match options.sharing {
        Sharing::Half => "half of the documents have a list of their own",
        Sharing::Shared(_) => "all documents share the lists",
    };
    println!(
        "{} documents with keys of 64 bits, {} lists; {lists}; runs: {}\n",
        options.documents,
        workload.lists(),
        options.runs
    );
    answers.describe();
    let (mut figures, sweeper) = (Figures::default(), Sweeper::new());
    for run in 1..=options.runs {
        let (mut index, bytes) = writes::load(&workload, &documents, &mut figures);
        if run == 1 {
            answers.check_all(&documents, &index);
        }
        answers.measure(&index, &sweeper, &mut figures);
        saved::measure(&index, &answers, &documents, &mut figures);
        let changed = allocation_counter::measure(|| {
            writes::change(&mut index, &workload, &documents, &mut figures);
        });
        answers.check(&index);
        if let Some((after, answers)) = &churned {
            let bytes = bytes + changed.bytes_current;
            churn::apply(&mut index, bytes, &workload, after, &mut figures);
            answers.measure_churned(&index, &mut figures);
        }
        eprintln!("run {run} of {} is done", options.runs);
    }
    figures.print();
}
