use super::Positions;

const BORDERS: [usize; 8] = [0, 1, 63, 64, 65, 126, 127, 128];

/// Removes all positions, from the lowest or from the highest one.
fn popped(mut positions: Positions, pop: fn(&mut Positions) -> Option<usize>) -> Vec<usize> {
    let count = positions.count();
    let all: Vec<usize> = std::iter::from_fn(|| pop(&mut positions)).collect();
    assert_eq!((all.len(), positions.count(), pop(&mut positions)), (count, 0, None));
    all
}

fn check(positions: Positions, expected: impl DoubleEndedIterator<Item = usize> + Clone) {
    let (up, down): (Vec<_>, Vec<_>) = (expected.clone().collect(), expected.rev().collect());
    assert_eq!(popped(positions, Positions::pop_first), up);
    assert_eq!(popped(positions, Positions::pop_last), down);
}

#[test]
fn positions_between_two_borders_are_kept() {
    for start in BORDERS {
        for end in BORDERS {
            for len in BORDERS {
                let mut positions = Positions::below(len);
                positions.keep_from(start);
                positions.keep_below(end);
                check(positions, start..end.min(len));
            }
        }
    }
}

#[test]
fn positions_of_lists_are_those_of_wanted_ones() {
    for len in BORDERS {
        let lists: Vec<u32> = (0..128).take(len).collect();
        for step in [1, 2, 63, 64, 127] {
            let positions = Positions::of(&lists, |list| list % step == step - 1);
            let all = (0..len).filter(|at| at % step as usize == step as usize - 1);
            check(positions, all.collect::<Vec<_>>().into_iter());
        }
    }
}

/// Positions are removed from both ends in turns.
#[test]
fn positions_popped_at_both_ends_meet() {
    for (start, end) in [(0, 128), (63, 65), (1, 127), (64, 128)] {
        let mut positions = Positions::below(end);
        positions.keep_from(start);
        for step in 0..(end - start) / 2 {
            assert_eq!(positions.pop_first(), Some(start + step));
            assert_eq!(positions.pop_last(), Some(end - 1 - step));
        }
        assert_eq!((positions.pop_first(), positions.pop_last()), (None, None));
    }
}
