//! Writes the report of the benches: `benches/RESULTS.md`, its chart, and the table in README.md.
//!
//! `benches/run.sh` starts it in the root of the repository, with the number of runs and their folder: `machine.md`
//! describes the machine, and `1`, `2` and so on are folders of criterion.

mod chart;
mod figures;
mod format;
mod memory;
mod template;

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use figures::Figures;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let [_, folder, runs] = <[String; 3]>::try_from(env::args().collect::<Vec<_>>())
        .map_err(|_| "usage: rolegate-report FOLDER RUNS")?;
    let folder = Path::new(&folder);
    let mut figures = Figures::read(folder, runs.parse()?)?;
    memory::measure(&mut figures);
    let template = fs::read_to_string("benches/report/results.md")?;
    let machine = fs::read_to_string(folder.join("machine.md"))?;
    let results = template.replace("{machine}", machine.trim_end()).replace("{runs}", &runs);
    let results = template::fill(&results, &figures)?;
    let table = template::fill(&fs::read_to_string("benches/report/readme.md")?, &figures)?;
    let readme = template::quote(&fs::read_to_string("README.md")?, &table)?;
    for name in figures.names("") {
        let group = name.rfind('/').map_or(name, |slash| &name[..=slash]);
        if ![name, &format!("{{group {group}}}")].iter().any(|text| template.contains(text)) {
            println!("{name} is in no table");
        }
    }
    fs::write("benches/RESULTS.md", results)?;
    fs::write("benches/results.svg", chart::draw(&figures)?)?;
    fs::write("README.md", readme)?;
    Ok(())
}
