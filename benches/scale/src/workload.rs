//! The lists and documents of a table of figures, from fixed seeds.
//!
//! Each list is `read("team:tX")`, `update("user:uY")` and `delete("user:uY")`. `X` is Zipf-distributed with
//! exponent 1 over 100,000 teams, and `Y` is uniform over a tenth as many users as documents. No two lists
//! are equal.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use fastrand::Rng;
use rolegate::{AclId, AclTable};

/// The number of teams.
pub const TEAMS: u32 = 100_000;
/// The number of lists that half of the documents share in [`Sharing::Half`].
const SHARED: usize = 100_000;
/// The number of lists that are written as text at a time, outside the timing.
pub const BATCH: usize = 1_000;

/// The lists of the documents.
#[derive(Clone, Copy)]
pub enum Sharing {
    /// Half of the documents have a list of their own. The others share 100,000 lists.
    Half,
    /// All documents share this number of lists.
    Shared(usize),
}

/// The permissions of a document as text.
pub type Text = [String; 3];

/// The readers and owner of a list.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct List {
    team: u32,
    user: u32,
}

/// The distinct lists, and the list of each document.
pub struct Workload {
    lists: Vec<List>,
    /// The number of the list of each document, in the order of the keys.
    pub documents: Vec<u32>,
    /// The number of users.
    pub users: u32,
}

impl Workload {
    /// Draws the lists and documents.
    pub fn new(documents: usize, sharing: Sharing) -> Self {
        let mut rng = Rng::with_seed(0x0073_6361_6c65);
        let users = (documents as u32 / 10).max(1);
        let (shared, half) = match sharing {
            Sharing::Half => (SHARED, true),
            Sharing::Shared(lists) => (lists, false),
        };
        let mut own = shared as u32;
        let documents: Vec<u32> = (0..documents)
            .map(|_| {
                if half && rng.bool() {
                    own += 1;
                    own - 1
                } else {
                    rng.u32(..shared as u32)
                }
            })
            .collect();
        Self { lists: distinct_lists(own as usize, users, &mut rng), documents, users }
    }

    /// Returns the number of distinct lists. A list may have no document.
    pub fn lists(&self) -> usize {
        self.lists.len()
    }

    /// Returns the team that may read the documents with a list.
    pub fn team(&self, list: u32) -> u32 {
        self.lists[list as usize].team
    }

    /// Returns the permissions of a list.
    pub fn text(&self, list: u32) -> Text {
        let List { team, user } = self.lists[list as usize];
        permissions(team, user)
    }

    /// Compiles every list once. Returns the ids by the number of the list, and the time without the time to
    /// write the texts.
    pub fn compile(&self) -> (AclTable, Vec<AclId>, Duration) {
        let (mut table, mut ids) = (AclTable::new(), Vec::with_capacity(self.lists.len()));
        let mut time = Duration::ZERO;
        for batch in self.lists.chunks(BATCH) {
            let texts: Vec<Text> =
                batch.iter().map(|list| permissions(list.team, list.user)).collect();
            let started = Instant::now();
            ids.extend(texts.iter().map(|text| table.insert(text).expect("a well-formed list")));
            time += started.elapsed();
        }
        table.shrink_to_fit();
        assert_eq!(table.len(), self.lists.len(), "equal lists");
        (table, ids, time)
    }
}

/// Returns a list with one reader and one owner.
pub fn permissions(team: u32, user: u32) -> Text {
    [
        format!("read(\"team:t{team}\")"),
        format!("update(\"user:u{user}\")"),
        format!("delete(\"user:u{user}\")"),
    ]
}

fn distinct_lists(count: usize, users: u32, rng: &mut Rng) -> Vec<List> {
    let zipf = Zipf::new(TEAMS);
    let mut seen = HashSet::with_capacity(count);
    let mut lists = Vec::with_capacity(count);
    while lists.len() < count {
        let list = List { team: zipf.draw(rng), user: rng.u32(..users) };
        if seen.insert(list) {
            lists.push(list);
        }
    }
    lists
}

/// A Zipf distribution with exponent 1: number `n`, counted from 0, has a weight of `1 / (n + 1)`.
struct Zipf {
    /// The sums of the weights up to each number.
    sums: Vec<f64>,
}

impl Zipf {
    fn new(numbers: u32) -> Self {
        let mut sum = 0.0;
        let weights = (1..=numbers).map(|rank| {
            sum += 1.0 / f64::from(rank);
            sum
        });
        Self { sums: weights.collect() }
    }

    fn draw(&self, rng: &mut Rng) -> u32 {
        let at = rng.f64() * self.sums.last().copied().unwrap_or(0.0);
        let number = self.sums.partition_point(|&sum| sum <= at);
        number.min(self.sums.len() - 1) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::{Rng, Sharing, TEAMS, Workload, Zipf};

    #[test]
    fn zipf_draws_each_number_in_proportion_to_its_weight() {
        let (zipf, mut rng) = (Zipf::new(TEAMS), Rng::with_seed(1));
        let mut drawn = vec![0_u32; TEAMS as usize];
        for _ in 0..1_000_000 {
            drawn[zipf.draw(&mut rng) as usize] += 1;
        }
        let sum: f64 = (1..=TEAMS).map(|rank| 1.0 / f64::from(rank)).sum();
        for rank in [1, 2, 10] {
            let expected = 1e6 / f64::from(rank) / sum;
            let ratio = f64::from(drawn[rank as usize - 1]) / expected;
            assert!((0.95..1.05).contains(&ratio), "rank {rank}: {ratio}");
        }
    }

    #[test]
    fn half_of_the_documents_have_a_list_of_their_own() {
        let workload = Workload::new(200_000, Sharing::Half);
        let own = workload.documents.iter().filter(|&&list| list >= 100_000).count();
        assert!((99_000..101_000).contains(&own), "{own}");
        assert_eq!(workload.lists(), 100_000 + own);
        assert_eq!(Workload::new(20_000, Sharing::Shared(50)).lists(), 50);
    }
}
