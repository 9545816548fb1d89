//! Properties of selections: bits in words of 64, compared with a vector of booleans.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use rolegate::Selection;

const LENGTHS: [usize; 13] =
    [0, 1, 2, 63, 64, 65, 127, 128, 129, 200, (1 << 16) - 1, 1 << 16, (1 << 16) + 1];

/// The selected documents. The patterns meet the borders of words.
#[derive(Clone, Debug)]
enum Pattern {
    None,
    All,
    /// The positions that this number divides.
    Every(usize),
    /// The first and the last position of each word.
    Borders,
    /// Random positions by this seed.
    Random(u64),
}

impl Pattern {
    fn selects(&self, position: usize) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Every(step) => position.is_multiple_of(*step),
            Self::Borders => matches!(position % 64, 0 | 63),
            Self::Random(seed) => {
                let mixed = (*seed ^ position as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                (mixed >> 40).count_ones().is_multiple_of(2)
            }
        }
    }
}

fn bits() -> impl Strategy<Value = Vec<bool>> {
    let pattern = prop_oneof![
        Just(Pattern::None),
        Just(Pattern::All),
        select(vec![2, 3, 63, 64, 65]).prop_map(Pattern::Every),
        Just(Pattern::Borders),
        any::<u64>().prop_map(Pattern::Random),
    ];
    let of_pattern = (select(LENGTHS.to_vec()), pattern)
        .prop_map(|(len, pattern)| (0..len).map(|at| pattern.selects(at)).collect());
    prop_oneof![of_pattern, vec(any::<bool>(), 0..140)]
}

#[derive(Clone, Debug)]
enum Operation {
    Intersect(Vec<bool>),
    Union(Vec<bool>),
    Invert,
}

impl Operation {
    fn apply(&self, selection: &mut Selection, bits: &mut [bool]) {
        let at = |other: &[bool], position: usize| other.get(position).copied().unwrap_or(false);
        match self {
            Self::Intersect(other) => {
                selection.intersect(&other.iter().copied().collect());
                bits.iter_mut().enumerate().for_each(|(place, bit)| *bit &= at(other, place));
            }
            Self::Union(other) => {
                selection.union(&other.iter().copied().collect());
                bits.iter_mut().enumerate().for_each(|(place, bit)| *bit |= at(other, place));
            }
            Self::Invert => {
                selection.invert();
                for bit in bits {
                    *bit = !*bit;
                }
            }
        }
    }
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        bits().prop_map(Operation::Intersect),
        bits().prop_map(Operation::Union),
        Just(Operation::Invert),
    ]
}

fn check(selection: &Selection, bits: &[bool]) -> Result<(), TestCaseError> {
    prop_assert_eq!(selection.internal_validate(), Ok(()));
    let len = bits.len();
    let positions: Vec<usize> = (0..len).filter(|&at| bits[at]).collect();
    prop_assert_eq!(selection.batch_len(), len);
    prop_assert_eq!(selection.is_empty(), positions.is_empty());
    prop_assert_eq!(selection.count(), positions.len());
    prop_assert!((0..len).all(|at| selection.contains(at) == bits[at]));
    let behind = [len, len + 1, len + 63, len + 64, usize::MAX];
    prop_assert!(behind.iter().all(|&at| !selection.contains(at)), "behind the end");

    let mut iter = selection.iter();
    for left in (0..=positions.len()).rev().take(70) {
        prop_assert_eq!((iter.size_hint(), iter.len()), ((left, Some(left)), left));
        iter.next();
    }
    let documents: Vec<usize> = (0..=len).collect();
    prop_assert!(selection.of(&documents).eq(&positions));
    prop_assert_eq!(
        selection.of(&documents[..len / 2]).count(),
        selection.iter().filter(|&at| at < len / 2).count()
    );
    prop_assert!(selection.iter().eq(positions.iter().copied()));
    let same: Selection = bits.iter().copied().collect();
    prop_assert_eq!(selection, &same, "collected again");
    Ok(())
}

proptest! {
    // Some cases have 65,536 documents, and each is checked in four ways.
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn selection_after_operations_equals_vector_of_booleans(mut bits in bits(), operations in vec(operation(), 0..5)) {
        let mut selection: Selection = bits.iter().copied().collect();
        check(&selection, &bits)?;
        for operation in &operations {
            operation.apply(&mut selection, &mut bits);
            check(&selection, &bits)?;
        }
    }

    #[test]
    fn selection_inverted_twice_is_unchanged_and_obeys_de_morgan(one in bits(), other in bits()) {
        let one: Selection = one.into_iter().collect();
        let len = one.batch_len();
        let other: Selection = (0..len).map(|at| other.get(at) == Some(&true)).collect();
        let inverted = |selection: &Selection| {
            let mut inverted = selection.clone();
            inverted.invert();
            inverted
        };
        prop_assert_eq!(&inverted(&inverted(&one)), &one);
        let (mut both, mut either) = (one.clone(), inverted(&one));
        both.intersect(&other);
        either.union(&inverted(&other));
        prop_assert_eq!(inverted(&both), either);
    }
}
