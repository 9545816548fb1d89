//! The labels of chunks: their places in the order.

use std::collections::VecDeque;

use super::{Order, Place};

/// The distance between the labels of two chunks at the end of the order. Labels for 2^25 chunks fit.
pub(super) const LABEL_STEP: u64 = 1 << 38;

impl<K> Order<K> {
    /// Returns a label for a new chunk after `place`. It is between the labels of its two neighbours. Returns
    /// `None` if no number is between them.
    pub(super) fn label_after(&self, place: Place) -> Option<u64> {
        let before = self.label(self.number_at(place)?);
        let next = match self.next(place) {
            Some(next) => self.label(self.number_at(next)?),
            None => before.saturating_add(2 * LABEL_STEP),
        };
        let gap = next - before;
        (gap > 1).then_some(before + gap / 2)
    }

    /// Gives the chunks around a place new labels, with the same distance between neighbours.
    ///
    /// Takes the smallest range of 4^n labels in which at most 2^n chunks have their labels. Insertions at one
    /// place therefore change few labels: their number grows with the square of the chunks' logarithm.
    pub(super) fn spread_labels(&mut self, place: Place) {
        let Some(number) = self.number_at(place) else { return };
        let (label, mut numbers) = (self.label(number), VecDeque::from([number]));
        let (mut first, mut last) = (place, place);
        let label_at = |order: &Self, place| order.number_at(place).map(|chunk| order.label(chunk));
        for bits in (2..=u64::BITS / 2).map(|half| 2 * half) {
            let mask = u64::MAX >> (u64::BITS - bits);
            let (low, high) = (label & !mask, label | mask);
            while let Some(before) = self.previous(first)
                && label_at(self, before).is_some_and(|label| label >= low)
            {
                self.number_at(before).into_iter().for_each(|chunk| numbers.push_front(chunk));
                first = before;
            }
            while let Some(after) = self.next(last)
                && label_at(self, after).is_some_and(|label| label <= high)
            {
                numbers.extend(self.number_at(after));
                last = after;
            }
            if numbers.len() <= 1 << (bits / 2) {
                let step = mask / numbers.len() as u64;
                for (at, number) in (0..).zip(numbers) {
                    if let Some(slot) = self.slots.get_mut(number as usize) {
                        slot.label = low + step * at + step / 2;
                    }
                }
                return;
            }
        }
    }
}
