//! tantivy 0.27, the search library, with the readers of a document in a field.
//!
//! The field is a keyword: no tokenizer divides it, and it has neither positions nor frequencies. The number of a
//! document is a fast field, as the documentation of tantivy recommends for values that are read for each hit. The
//! index is in memory and has one segment. A filter needs no score, so the collector asks for none. It reads the
//! number of one document after the other, because reading blocks of numbers was not faster.
//!
//! A union of queries, one for each role, is faster for few roles. [`TermSetQuery`] is faster for many, although it first
//! fills a bitmap of all documents. Each user gets the faster one.
//!
//! Prepared: the index and a searcher. Timed: building the query from the roles, running it, and reading the
//! numbers. [`TantivyPage`] reads a page: the first documents by the fast field.

use tantivy::collector::{Collector, SegmentCollector, TopDocs};
use tantivy::columnar::Column;
use tantivy::query::{BooleanQuery, Query, TermQuery, TermSetQuery};
use tantivy::schema::{FAST, Field, IndexRecordOption, STRING, Schema};
use tantivy::{
    DocId, Index, IndexWriter, Order, Result, Score, Searcher, SegmentOrdinal, SegmentReader,
    TantivyDocument, Term,
};

use crate::data::Data;
use crate::{Engine, PAGE};

/// The name of the fast field with the number of a document.
const NUMBER: &str = "number";
/// The bytes of the writer's memory. They hold all documents, so the index has one segment.
const BUFFER: usize = 500_000_000;

/// The number of roles from which a query for a set of terms is used: 250. In collections of 250,000 documents it took 2.4 times
/// as long as the union for 100 roles, half as long to 0.7 times as long for 500, and 0.4 times as long for 1,000.
const SET_FROM: usize = 250;

/// An index with the documents.
pub struct Tantivy {
    searcher: Searcher,
    readers: Field,
    roles: Vec<String>,
}

/// The first page of the same index.
pub struct TantivyPage(Tantivy);

impl Tantivy {
    /// Fills the index.
    #[must_use]
    pub fn new(data: &Data) -> Self {
        let mut schema = Schema::builder();
        let number = schema.add_u64_field(NUMBER, FAST);
        let readers = schema.add_text_field("readers", STRING);
        let index = Index::create_in_ram(schema.build());
        let searcher = fill(data, &index, number, readers).expect("the documents fit the schema");
        assert_eq!(searcher.segment_readers().len(), 1);
        Self { searcher, readers, roles: data.caller.roles.clone() }
    }

    /// Returns a query for the documents that one of the roles may read.
    fn query(&self) -> Box<dyn Query> {
        let terms = self.roles.iter().map(|role| Term::from_field_text(self.readers, role));
        if self.roles.len() >= SET_FROM {
            return Box::new(TermSetQuery::new(terms));
        }
        let query =
            |term| -> Box<dyn Query> { Box::new(TermQuery::new(term, IndexRecordOption::Basic)) };
        Box::new(BooleanQuery::union(terms.map(query).collect()))
    }
}

impl TantivyPage {
    /// Fills the index.
    #[must_use]
    pub fn new(data: &Data) -> Self {
        Self(Tantivy::new(data))
    }
}

fn fill(data: &Data, index: &Index, number: Field, readers: Field) -> Result<Searcher> {
    let mut writer: IndexWriter = index.writer_with_num_threads(1, BUFFER)?;
    for (position, document) in (0..).zip(&data.documents) {
        let mut fields = TantivyDocument::new();
        fields.add_u64(number, position);
        for role in &document.readers {
            fields.add_text(readers, role);
        }
        writer.add_document(fields)?;
    }
    writer.commit()?;
    Ok(index.reader()?.searcher())
}

/// A collector of the numbers of all hits, in any order.
struct Numbers;

struct NumbersOfSegment {
    column: Column<u64>,
    numbers: Vec<usize>,
}

impl Collector for Numbers {
    type Fruit = Vec<usize>;
    type Child = NumbersOfSegment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> Result<Self::Child> {
        let column = segment.fast_fields().u64(NUMBER)?;
        Ok(NumbersOfSegment { column, numbers: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Vec<usize>>) -> Result<Vec<usize>> {
        Ok(segments.concat())
    }
}

impl SegmentCollector for NumbersOfSegment {
    type Fruit = Vec<usize>;

    fn collect(&mut self, document: DocId, _: Score) {
        self.numbers.extend(self.column.first(document).map(position));
    }

    fn harvest(self) -> Vec<usize> {
        self.numbers
    }
}

fn position(number: u64) -> usize {
    usize::try_from(number).expect("the number of a document in memory")
}

impl Engine for Tantivy {
    fn visible(&mut self) -> Vec<usize> {
        self.searcher.search(&self.query(), &Numbers).expect("the index is in memory")
    }
}

impl Engine for TantivyPage {
    fn visible(&mut self) -> Vec<usize> {
        let page = TopDocs::with_limit(PAGE).order_by_fast_field(NUMBER, Order::Asc);
        let found = self.0.searcher.search(&self.0.query(), &page);
        let found = found.expect("the index is in memory").into_iter();
        found.map(|(number, _)| position(number.expect("each document has a number"))).collect()
    }
}
