//! What criterion has measured: [`Figures`].

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, io};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::Result;

/// One benchmark's median.
#[derive(Clone, Copy)]
pub struct Figure {
    /// Nanoseconds for one run.
    pub nanoseconds: f64,
    /// Documents, or whatever else a run has several of.
    pub elements: f64,
}

impl Figure {
    /// Nanoseconds for one element.
    pub fn each(self) -> f64 {
        self.nanoseconds / self.elements
    }

    /// Elements in a second.
    pub fn rate(self) -> f64 {
        1e9 / self.each()
    }
}

/// All figures by criterion's full name, such as `filter/rolegate/256`.
pub struct Figures {
    by_name: BTreeMap<String, Figure>,
    /// What has been asked for, so that what no table shows can be shown all the same.
    used: RefCell<BTreeSet<String>>,
}

#[derive(Deserialize)]
struct Benchmark {
    full_id: String,
    throughput: Option<Throughput>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Throughput {
    elements: Option<f64>,
}

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

impl Figures {
    /// Reads the latest figure of every benchmark below a folder.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut figures = Self { by_name: BTreeMap::new(), used: RefCell::default() };
        figures.visit(folder)?;
        Ok(figures)
    }

    fn visit(&mut self, folder: &Path) -> Result<()> {
        if folder.ends_with("new") {
            let benchmark: Benchmark = json(&folder.join("benchmark.json"))?;
            let estimates: Estimates = json(&folder.join("estimates.json"))?;
            let elements = benchmark.throughput.and_then(|throughput| throughput.elements);
            let nanoseconds = estimates.median.point_estimate;
            let figure = Figure { nanoseconds, elements: elements.unwrap_or(1.0) };
            self.by_name.insert(benchmark.full_id, figure);
            return Ok(());
        }
        let entries = fs::read_dir(folder).map_err(|error| about(folder, &error))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                self.visit(&path)?;
            }
        }
        Ok(())
    }

    /// The figure of one benchmark.
    pub fn get(&self, name: &str) -> Result<Figure> {
        let figure = self.by_name.get(name);
        let figure = figure.ok_or_else(|| format!("no figure for {name}: not all has been run"))?;
        self.used.borrow_mut().insert(name.into());
        Ok(*figure)
    }

    /// How often the time of `divisor` goes into that of `name`.
    pub fn ratio(&self, name: &str, divisor: &str) -> Result<f64> {
        Ok(self.get(name)?.nanoseconds / self.get(divisor)?.nanoseconds)
    }

    /// The figures of a group by what its name leaves of theirs, the fastest first.
    pub fn group(&self, name: &str) -> Result<Vec<(&str, Figure)>> {
        let prefix = format!("{name}/");
        let names = self.by_name.keys();
        let members = names.filter_map(|full| Some((full, full.strip_prefix(&prefix)?)));
        let mut group: Vec<_> =
            members.map(|(full, member)| Ok((member, self.get(full)?))).collect::<Result<_>>()?;
        group.sort_by(|(_, one), (_, other)| one.nanoseconds.total_cmp(&other.nanoseconds));
        Ok(group)
    }

    /// What nobody has asked for.
    pub fn rest(&self) -> impl Iterator<Item = (&str, Figure)> {
        let used = self.used.borrow().clone();
        let unused = self.by_name.iter().filter(move |(name, _)| !used.contains(*name));
        unused.map(|(name, figure)| (name.as_str(), *figure))
    }
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path).map_err(|error| about(path, &error))?;
    Ok(serde_json::from_str(&text)?)
}

fn about(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", path.display())
}
