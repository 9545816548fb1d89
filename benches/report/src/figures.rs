//! The measurements of criterion: [`Figures`], and what the runs say of one of them: [`Runs`].

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
    /// Returns the time or the bytes of an iteration.
    pub fn time(&self) -> Runs {
        Runs(self.runs.clone())
    }

    /// Returns the time or the bytes of one element.
    pub fn each(&self) -> Runs {
        Runs(self.runs.iter().map(|time| time / self.elements).collect())
    }

    /// Returns the elements of a second.
    pub fn rate(&self) -> Runs {
        Runs(self.runs.iter().map(|time| 1e9 * self.elements / time).collect())
    }
}

/// A number of each run, such as a time or the ratio of two times.
pub struct Runs(Vec<f64>);

impl Runs {
    /// Returns the median. For an even number of runs, this is the mean of the two in the middle.
    pub fn median(&self) -> f64 {
        let mut runs = self.0.clone();
        runs.sort_by(f64::total_cmp);
        let middle = [runs.len().saturating_sub(1) / 2, runs.len() / 2];
        middle.iter().map(|&at| runs.get(at).copied().unwrap_or(f64::NAN)).sum::<f64>() / 2.0
    }

    /// Returns the smallest number.
    pub fn smallest(&self) -> f64 {
        self.0.iter().copied().fold(f64::NAN, f64::min)
    }

    /// Returns the largest number.
    pub fn largest(&self) -> f64 {
        self.0.iter().copied().fold(f64::NAN, f64::max)
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

    /// Returns the time of `other` divided by that of `ours`, in each run.
    pub fn ratio(&self, other: &str, ours: &str) -> Result<Runs> {
        let runs = self.get(other)?.runs.iter().zip(&self.get(ours)?.runs);
        Ok(Runs(runs.map(|(other, ours)| other / ours).collect()))
    }

    /// Returns the names of all benchmarks whose names begin with `prefix`, the fastest first.
    pub fn names(&self, prefix: &str) -> Vec<&str> {
        let mut members: Vec<_> =
            self.0.iter().filter(|(name, _)| name.starts_with(prefix)).collect();
        members
            .sort_by(|(_, one), (_, other)| one.time().median().total_cmp(&other.time().median()));
        members.into_iter().map(|(name, _)| name.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Runs;

    #[test]
    fn runs_in_any_order_have_median_and_extremes() {
        for (runs, median, smallest, largest) in [
            (vec![5.0], 5.0, 5.0, 5.0),
            (vec![4.0, 2.0], 3.0, 2.0, 4.0),
            (vec![9.0, 1.0, 3.0], 3.0, 1.0, 9.0),
            (vec![8.0, 2.0, 6.0, 4.0], 5.0, 2.0, 8.0),
            (vec![7.0, 100.0, 1.0, 3.0, 5.0], 5.0, 1.0, 100.0),
        ] {
            let runs = Runs(runs);
            let found = [runs.median(), runs.smallest(), runs.largest()].map(f64::to_bits);
            assert_eq!(found, [median, smallest, largest].map(f64::to_bits), "{:?}", runs.0);
        }
    }
}
