//! Writes what the benches have measured: `benches/RESULTS.md`, the chart beside it, and the figures
//! that the README quotes.
//!
//! `benches/run.sh` runs it in the root of the repository, with the folder that criterion has
//! written to.

mod chart;
mod figures;
mod format;
mod machine;
mod memory;
mod readme;
mod tables;
mod targets;

use std::error::Error;
use std::{env, fs};

use figures::Figures;
use memory::Memory;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let folder = env::args_os().nth(1).ok_or("usage: rolegate-report CRITERION_FOLDER")?;
    let figures = Figures::read(folder.as_ref())?;
    let memory = Memory::measure();
    let sections = [
        "# Results\n\nWritten by `benches/run.sh`; what it runs is described in \
         [README.md](README.md). Medians, rounded to two digits; ratios are what carries over to \
         other machines.\n\n![Time per document, rolegate and its peers](results.svg)\n"
            .into(),
        machine::section(&fs::read_to_string("benches/peers/Cargo.lock")?)?,
        targets::section(&figures, &memory)?,
        fs::read_to_string("benches/NOTES.md")?,
        tables::section(&figures, &memory)?,
    ];
    fs::write("benches/RESULTS.md", sections.join("\n"))?;
    fs::write("benches/results.svg", chart::draw(&figures)?)?;
    fs::write("README.md", readme::quote(&fs::read_to_string("README.md")?, &figures)?)?;
    println!("wrote benches/RESULTS.md, benches/results.svg and the figures in README.md");
    Ok(())
}
