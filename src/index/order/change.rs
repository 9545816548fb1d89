//! Changes of an [`Order`]: insertion, removal, and the division and merging of chunks.
//!
//! A method first calls everything that may panic: the comparisons and clones of keys. It changes the
//! order afterwards, so that a panic leaves the order as it was.

use std::mem;
use std::sync::Arc;

use super::label::LABEL_STEP;
use super::{Chunk, Found, Node, Nodes, Order, Place, Sizes, Slot};
use crate::invariant::{Validity, holds};
use crate::packed::to_u32;

/// Documents that moved from one chunk to another.
pub(in crate::index) struct Moved {
    pub(in crate::index) from: u32,
    pub(in crate::index) to: u32,
    /// The number of the list of each document that moved.
    pub(in crate::index) lists: Vec<u32>,
    /// The place of `from`, if it has no documents any more.
    pub(in crate::index) vacated: Option<Place>,
}

impl<K: Clone> Order<K> {
    /// Creates an order from documents in strictly ascending order. The chunks are full to seven eighths.
    pub(in crate::index) fn from_sorted(
        documents: impl IntoIterator<Item = (K, u32)>,
        sizes: Sizes,
    ) -> Self {
        // Full chunks would all be divided by the next insertions at random.
        let filled = sizes.chunk - sizes.chunk / 8;
        let mut documents = documents.into_iter();
        let (mut order, mut slots) = (Self::new(sizes), Vec::new());
        let mut nodes = Nodes { bounds: Vec::new(), nodes: Vec::new() };
        let mut node = Node { bounds: Vec::new(), chunks: Vec::new() };
        loop {
            let mut chunk = Chunk::with_capacity(filled);
            chunk.extend(documents.by_ref().take(filled));
            let first = chunk.keys.first().cloned();
            if node.chunks.len() == sizes.node || first.is_none() {
                nodes.push(mem::replace(&mut node, Node::with_capacity(sizes.node)));
            }
            let Some(first) = first else { break };
            order.len += chunk.keys.len();
            chunk.shrink_to_fit();
            node.bounds.push(first);
            node.chunks.push(to_u32(slots.len()));
            let label = LABEL_STEP * (slots.len() as u64 + 1);
            slots.push(Slot { label, chunk: Some(Arc::new(chunk)) });
        }
        order.slots = slots.into_iter().collect();
        order.nodes = Arc::new(nodes);
        order
    }

    /// Replaces the list of a document.
    pub(in crate::index) fn set_list(&mut self, chunk: u32, at: usize, list: u32) {
        let place = self.chunk_mut(chunk).and_then(|chunk| chunk.lists.get_mut(at));
        if let Some(place) = place {
            *place = list;
        }
    }

    /// Makes room for a document. If the chunk is full, half of its documents move to a new chunk, which
    /// follows it. At the end of the order, [`insert`](Self::insert) adds a chunk, and nothing moves.
    pub(in crate::index) fn make_room(&mut self, found: &Found) -> Option<Moved> {
        let len = self.chunk(found.chunk)?.keys.len();
        if len < self.sizes.chunk {
            return None;
        }
        let is_last = self.last() == Some(found.place) && found.at == Err(len);
        let from = if is_last { len } else { len / 2 };
        if from == len {
            return None;
        }
        let bound = self.chunk(found.chunk)?.keys.get(from)?.clone();
        self.chunk_mut(found.chunk)?;
        let to = self.add_chunk_after(found.place, bound)?;
        let rest = self.chunk_mut(found.chunk)?.split_off(from);
        let lists = rest.lists.clone();
        self.put_chunk(to, rest);
        Some(Moved { from: found.chunk, to, lists, vacated: None })
    }

    /// Inserts a document where [`find`](Self::find) found its place. Returns the number of the chunk.
    pub(in crate::index) fn insert(&mut self, found: Option<Found>, key: K, list: u32) -> u32 {
        let (place, chunk, at) = match found {
            Some(Found { place, chunk, at: Ok(at) | Err(at) }) => (Some(place), chunk, at),
            None => (None, 0, 0),
        };
        let full = self.chunk(chunk).is_none_or(|chunk| chunk.keys.len() >= self.sizes.chunk);
        let added = match place {
            Some(_) if !full => None,
            Some(place) => self.add_chunk_after(place, key.clone()),
            None => Some(self.add_first_chunk(key.clone())),
        };
        if let Some(added) = added {
            self.put_chunk(added, Chunk::with_capacity(0));
        }
        let (chunk, at) = added.map_or((chunk, at), |added| (added, 0));
        if let Some(chunk) = self.chunk_mut(chunk) {
            chunk.insert(at, key, list);
            self.len += 1;
        }
        chunk
    }

    /// Removes a document of the chunk at a place. Returns its key.
    pub(in crate::index) fn remove(&mut self, place: Place, at: usize) -> Option<K> {
        let chunk = self.number_at(place)?;
        if self.chunk(chunk)?.keys.len() == 1 {
            // The chunk is removed next, and this copies what the removal changes.
            Arc::make_mut(&mut self.nodes).node_mut(place.node)?;
        }
        let chunk = self.chunk_mut(chunk)?;
        if at >= chunk.keys.len() {
            return None;
        }
        let key = chunk.remove(at);
        self.len -= 1;
        Some(key)
    }

    /// Removes the chunk at a place if it has no documents, or merges it with a neighbour if both have
    /// few. Returns the documents that moved.
    ///
    /// Two chunks are merged if one is filled to three eighths or less, and both together to three quarters
    /// or less. Of two neighbours in a node, one therefore keeps more than three eighths. The number of
    /// chunks is then in proportion to the documents.
    pub(in crate::index) fn tidy(&mut self, place: Place) -> Option<Moved> {
        let number = self.number_at(place)?;
        let len = self.chunk(number)?.keys.len();
        if len == 0 {
            self.remove_chunk(place, number);
            return None;
        }
        if len > self.sizes.chunk * 3 / 8 {
            return None;
        }
        let Place { node, at } = place;
        let pairs = [at.checked_sub(1), Some(at)];
        pairs.into_iter().flatten().find_map(|at| self.merge(Place { node, at }))
    }

    /// Merges the chunk at a place and its successor in the same node, if both have few documents.
    fn merge(&mut self, place: Place) -> Option<Moved> {
        let next = Place { node: place.node, at: place.at + 1 };
        let (to, from) = (self.number_at(place)?, self.number_at(next)?);
        let (len, more) = (self.chunk(to)?.keys.len(), self.chunk(from)?.keys.len());
        if len + more > self.sizes.chunk * 3 / 4 {
            return None;
        }
        self.chunk_mut(to)?;
        self.chunk_mut(from)?;
        Arc::make_mut(&mut self.nodes).node_mut(next.node)?;
        let rest = self.chunk_mut(from)?.split_off(0);
        let lists = rest.lists.clone();
        self.chunk_mut(to)?.append(rest);
        Some(Moved { from, to, lists, vacated: Some(next) })
    }

    /// Removes a chunk without documents, if it is at the given place.
    pub(in crate::index) fn remove_chunk(&mut self, place: Place, number: u32) {
        let nodes = Arc::make_mut(&mut self.nodes);
        let Some(node) = nodes.node_mut(place.node) else { return };
        if node.chunks.get(place.at) != Some(&number) {
            return;
        }
        // The bounds are dropped after all changes, because dropping a key can panic.
        let _bound = node.bounds.remove(place.at);
        node.chunks.remove(place.at);
        node.shrink();
        let _bound_of_node = node.chunks.is_empty().then(|| {
            nodes.nodes.remove(place.node);
            nodes.bounds.remove(place.node)
        });
        if let Some(slot) = self.slots.get_mut(number as usize) {
            *slot = Slot::default();
            Arc::make_mut(&mut self.free).push(number);
        }
        Arc::make_mut(&mut self.nodes).merge(place.node, self.sizes.node);
    }
}

impl<K: Clone> Order<K> {
    /// Returns the only copy of a chunk, to change it.
    fn chunk_mut(&mut self, number: u32) -> Option<&mut Chunk<K>> {
        Some(Arc::make_mut(self.slots.get_mut(number as usize)?.chunk.as_mut()?))
    }

    fn put_chunk(&mut self, number: u32, chunk: Chunk<K>) {
        if let Some(slot) = self.slots.get_mut(number as usize) {
            slot.chunk = Some(Arc::new(chunk));
        }
    }

    fn add_first_chunk(&mut self, bound: K) -> u32 {
        let nodes = Arc::make_mut(&mut self.nodes);
        nodes.push(Node { bounds: vec![bound], chunks: Vec::new() });
        let number = self.take_number(LABEL_STEP);
        if let Some(node) = Arc::make_mut(&mut self.nodes).node_mut(0) {
            node.chunks.push(number);
        }
        number
    }

    /// Adds a number after the chunk at `place`, without documents yet. `bound` is the lower bound of its
    /// keys.
    fn add_chunk_after(&mut self, place: Place, bound: K) -> Option<u32> {
        if self.label_after(place).is_none() {
            self.spread_labels(place);
        }
        let label = self.label_after(place)?;
        let largest = self.sizes.node;
        let (node, at) = Arc::make_mut(&mut self.nodes).room_after(place, largest)?;
        let number = self.take_number(label);
        if let Some(node) = Arc::make_mut(&mut self.nodes).node_mut(node) {
            node.bounds.insert(at, bound);
            node.chunks.insert(at, number);
        }
        Some(number)
    }

    /// Returns a free number for a chunk, and gives it a label.
    fn take_number(&mut self, label: u64) -> u32 {
        let number = match self.free.last() {
            Some(number) => *number,
            None => to_u32(self.slots.len()),
        };
        if !self.free.is_empty() {
            Arc::make_mut(&mut self.free).pop();
        }
        self.slots.grow_to(number as usize + 1);
        if let Some(slot) = self.slots.get_mut(number as usize) {
            *slot = Slot { label, chunk: None };
        }
        number
    }

    /// Checks the sizes of chunks and nodes, the numbers of chunks and their labels.
    pub(in crate::index) fn internal_validate(&self) -> Validity {
        let numbers: Vec<u32> = self.numbers().collect();
        holds(numbers.len() == self.chunks(), "a chunk is not in the order")?;
        let mut unique = numbers.clone();
        unique.extend(self.free.iter());
        unique.sort_unstable();
        holds(unique.iter().copied().eq(0..to_u32(self.slots.len())), "chunk numbers repeat")?;
        let ascend = numbers.is_sorted_by(|one, other| self.label(*one) < self.label(*other));
        holds(ascend, "labels do not ascend")?;
        let lens: Option<Vec<usize>> = numbers
            .iter()
            .map(|number| {
                let chunk = self.chunk(*number)?;
                (chunk.keys.len() == chunk.lists.len()).then_some(chunk.keys.len())
            })
            .collect();
        let lens = lens.ok_or("a chunk is missing, or its keys and lists differ in number")?;
        holds(lens.iter().all(|len| (1..=self.sizes.chunk).contains(len)), "wrong chunk size")?;
        holds(lens.iter().sum::<usize>() == self.len, "the number of documents is wrong")?;
        let nodes = &self.nodes;
        holds(nodes.bounds.len() == nodes.nodes.len(), "nodes and bounds differ in number")?;
        let sound = nodes.nodes.iter().all(|node| {
            node.bounds.len() == node.chunks.len()
                && (1..=self.sizes.node).contains(&node.chunks.len())
        });
        holds(sound, "wrong node size")
    }
}

impl<K: Clone> Nodes<K> {
    fn node_mut(&mut self, at: usize) -> Option<&mut Node<K>> {
        self.nodes.get_mut(at).map(Arc::make_mut)
    }

    /// Appends a node, unless it has no chunks and no bound.
    fn push(&mut self, node: Node<K>) {
        if let Some(bound) = node.bounds.first().cloned() {
            self.bounds.push(bound);
            self.nodes.push(Arc::new(node));
        }
    }

    /// Merges the node at a position with a neighbour, if both have few chunks. Nodes with one chunk each
    /// would otherwise remain after most documents were removed.
    fn merge(&mut self, at: usize, largest: usize) {
        let chunks = |at: usize| self.nodes.get(at).map(|node| node.chunks.len());
        let few = |at: &usize| {
            let both = chunks(*at).zip(chunks(at + 1));
            both.is_some_and(|(one, other)| one + other <= largest / 2)
        };
        let pairs = [at.checked_sub(1), Some(at)];
        let Some(left) = pairs.into_iter().flatten().find(few) else { return };
        // These calls copy nodes that a clone shares, before the first change.
        if self.node_mut(left).is_none() {
            return;
        }
        let Some(right) = self.node_mut(left + 1) else { return };
        let mut rest = mem::replace(right, Node::with_capacity(0));
        self.nodes.remove(left + 1);
        let mut bound = self.bounds.remove(left + 1);
        // The first bound of a node is never used, so the bound of the node takes its place. The other one is
        // dropped after all changes, because dropping a key can panic.
        if let Some(first) = rest.bounds.first_mut() {
            mem::swap(first, &mut bound);
        }
        if let Some(node) = self.node_mut(left) {
            node.bounds.append(&mut rest.bounds);
            node.chunks.append(&mut rest.chunks);
        }
    }

    /// Makes room for a chunk after a place, and returns where it belongs. Divides a full node.
    fn room_after(&mut self, place: Place, largest: usize) -> Option<(usize, usize)> {
        let node = self.node_mut(place.node)?;
        let (len, at) = (node.chunks.len(), place.at + 1);
        if len < largest {
            return Some((place.node, at));
        }
        // The last node of an order that grows at its end stays full.
        let is_last = place.node + 1 == self.nodes.len() && at == len;
        let half = if is_last { len - 1 } else { len / 2 };
        let node = self.node_mut(place.node)?;
        let bound = node.bounds.get(half)?.clone();
        let rest =
            Node { bounds: node.bounds.split_off(half), chunks: node.chunks.split_off(half) };
        self.bounds.insert(place.node + 1, bound);
        self.nodes.insert(place.node + 1, Arc::new(rest));
        Some(if at > half { (place.node + 1, at - half) } else { (place.node, at) })
    }
}

impl<K> Node<K> {
    fn with_capacity(chunks: usize) -> Self {
        Self { bounds: Vec::with_capacity(chunks), chunks: Vec::with_capacity(chunks) }
    }

    /// Gives back memory after many chunks were removed.
    fn shrink(&mut self) {
        if self.chunks.len() < self.chunks.capacity() / 4 {
            self.bounds.shrink_to_fit();
            self.chunks.shrink_to_fit();
        }
    }
}

impl<K> Chunk<K> {
    fn with_capacity(documents: usize) -> Self {
        Self { keys: Vec::with_capacity(documents), lists: Vec::with_capacity(documents) }
    }

    fn extend(&mut self, documents: impl Iterator<Item = (K, u32)>) {
        for (key, list) in documents {
            self.keys.push(key);
            self.lists.push(list);
        }
    }

    fn insert(&mut self, at: usize, key: K, list: u32) {
        if self.keys.len() == self.keys.capacity() {
            // Growth in small steps reserves less than doubling does.
            let more = (self.keys.len() / 4).clamp(4, 32);
            self.keys.reserve_exact(more);
            self.lists.reserve_exact(more);
        }
        self.keys.insert(at, key);
        self.lists.insert(at, list);
    }

    fn remove(&mut self, at: usize) -> K {
        self.lists.remove(at);
        let key = self.keys.remove(at);
        if self.keys.len() < self.keys.capacity() / 2 {
            self.shrink_to_fit();
        }
        key
    }

    /// Returns the documents from position `at` on, and keeps the others.
    fn split_off(&mut self, at: usize) -> Self {
        let rest = Self { keys: self.keys.split_off(at), lists: self.lists.split_off(at) };
        self.shrink_to_fit();
        rest
    }

    fn append(&mut self, mut rest: Self) {
        self.keys.reserve_exact(rest.keys.len());
        self.lists.reserve_exact(rest.lists.len());
        self.keys.append(&mut rest.keys);
        self.lists.append(&mut rest.lists);
    }

    fn shrink_to_fit(&mut self) {
        self.keys.shrink_to_fit();
        self.lists.shrink_to_fit();
    }
}
