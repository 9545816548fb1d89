//! The measurements of criterion: [`Figures`].

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::Result;

/// One benchmark.
#[derive(Default)]
pub struct Figure {
    /// The median of each run: nanoseconds of one iteration, or bytes.
    runs: Vec<f64>,
    /// Elements of one iteration, such as documents.
    elements: f64,
}

impl Figure {
    /// Returns the median of the runs.
    pub fn time(&self) -> f64 {
        let mut runs = self.runs.clone();
        runs.sort_by(f64::total_cmp);
        runs.get(runs.len() / 2).copied().unwrap_or(f64::NAN)
    }

    /// Returns the median of the runs for one element.
    pub fn each(&self) -> f64 {
        self.time() / self.elements
    }
}

/// The benchmarks by criterion's full name, such as `filter/rolegate/256`.
#[derive(Default)]
pub struct Figures(BTreeMap<String, Figure>);

impl Figures {
    /// Reads the runs: the folders `1` to `runs` in a folder. Every run must have every benchmark.
    pub fn read(folder: &Path, runs: usize) -> Result<Self> {
        let mut figures = Self::default();
        for run in 1..=runs {
            figures.read_run(&folder.join(run.to_string()))?;
        }
        match figures.0.iter().find(|(_, figure)| figure.runs.len() != runs) {
            Some((name, _)) => Err(format!("{name} was not measured in every run").into()),
            None => Ok(figures),
        }
    }

    fn read_run(&mut self, folder: &Path) -> Result<()> {
        if folder.ends_with("new") {
            let [benchmark, estimates] =
                ["benchmark.json", "estimates.json"].map(|file| fs::read(folder.join(file)));
            let benchmark: Value = serde_json::from_slice(&benchmark?)?;
            let estimates: Value = serde_json::from_slice(&estimates?)?;
            let name = benchmark["full_id"].as_str().ok_or("a benchmark has no name")?;
            let median = estimates["median"]["point_estimate"].as_f64();
            let elements = benchmark["throughput"]["Elements"].as_f64().unwrap_or(1.0);
            self.insert(name, median.ok_or("a benchmark has no median")?, elements);
            return Ok(());
        }
        for entry in
            fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?
        {
            let path = entry?.path();
            if path.is_dir() {
                self.read_run(&path)?;
            }
        }
        Ok(())
    }

    /// Adds the figure of one run.
    pub fn insert(&mut self, name: &str, median: f64, elements: f64) {
        let figure = self.0.entry(name.into()).or_default();
        figure.runs.push(median);
        figure.elements = elements;
    }

    /// Returns one benchmark.
    pub fn get(&self, name: &str) -> Result<&Figure> {
        Ok(self.0.get(name).ok_or_else(|| format!("{name} was not measured"))?)
    }

    /// Returns the smallest ratio of the runs. A ratio is the time of `other` divided by that of `ours`.
    pub fn ratio(&self, other: &str, ours: &str) -> Result<f64> {
        let runs = self.get(other)?.runs.iter().zip(&self.get(ours)?.runs);
        Ok(runs.map(|(other, ours)| other / ours).fold(f64::INFINITY, f64::min))
    }

    /// Returns the names of all benchmarks whose names begin with `prefix`, the fastest first.
    pub fn names(&self, prefix: &str) -> Vec<&str> {
        let mut members: Vec<_> =
            self.0.iter().filter(|(name, _)| name.starts_with(prefix)).collect();
        members.sort_by(|(_, one), (_, other)| one.time().total_cmp(&other.time()));
        members.into_iter().map(|(name, _)| name.as_str()).collect()
    }
}
