//! Tantivy, in process: [`TantivyStore`].

use std::collections::BTreeSet;

use rolegate::query::Plan;
use tantivy::collector::DocSetCollector;
use tantivy::query::{AllQuery, BooleanQuery, EmptyQuery, Occur, Query, TermSetQuery};
use tantivy::schema::{FAST, Field, STRING, Schema};
use tantivy::{Index, IndexWriter, Searcher, TantivyDocument, Term};

use crate::check::{Reading, Store, Wanted};
use crate::corpus::{Corpus, Row, Stored};

/// An index in memory, with the permissions in a field that no tokenizer divides.
pub struct TantivyStore {
    schema: Schema,
    number: Field,
    permissions: Field,
    searcher: Option<Searcher>,
}

impl Default for TantivyStore {
    fn default() -> Self {
        let mut schema = Schema::builder();
        let number = schema.add_u64_field("number", FAST);
        let permissions = schema.add_text_field("permissions", STRING);
        Self { schema: schema.build(), number, permissions, searcher: None }
    }
}

impl TantivyStore {
    fn query(&self, plan: &Plan<'_>) -> Box<dyn Query> {
        match plan {
            Plan::Everything => Box::new(AllQuery),
            Plan::Nothing => Box::new(EmptyQuery),
            Plan::Matching(filter) => {
                let texts =
                    filter.permissions().map(|text| Term::from_field_text(self.permissions, &text));
                Box::new(TermSetQuery::new(texts))
            }
        }
    }
}

impl Store for TantivyStore {
    fn name(&self) -> String {
        "Tantivy".into()
    }

    fn load(&mut self, corpus: &Corpus) -> BTreeSet<usize> {
        let index = Index::create_in_ram(self.schema.clone());
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 20_000_000).unwrap();
        let mut stored = BTreeSet::new();
        for (position, row) in corpus.rows.iter().enumerate() {
            if matches!(row.stored, Stored::Json(_)) {
                continue;
            }
            let mut document = TantivyDocument::new();
            document.add_u64(self.number, position as u64);
            for text in row.stored.permissions() {
                document.add_text(self.permissions, text);
            }
            writer.add_document(document).unwrap();
            stored.insert(position);
        }
        writer.commit().unwrap();
        self.searcher = Some(index.reader().unwrap().searcher());
        stored
    }

    fn find(&mut self, plan: &Plan<'_>, wanted: Wanted) -> BTreeSet<usize> {
        let query = self.query(plan);
        let query = match wanted {
            Wanted::Allowed => query,
            Wanted::Denied => {
                let all: Box<dyn Query> = Box::new(AllQuery);
                Box::new(BooleanQuery::new(vec![(Occur::Must, all), (Occur::MustNot, query)]))
            }
        };
        let searcher = self.searcher.as_ref().unwrap();
        let found = searcher.search(&query, &DocSetCollector).unwrap();
        let number = |address: tantivy::DocAddress| {
            let segment = searcher.segment_reader(address.segment_ord);
            let numbers = segment.fast_fields().u64("number").unwrap();
            usize::try_from(numbers.first(address.doc_id).unwrap()).unwrap()
        };
        found.into_iter().map(number).collect()
    }

    fn reading<'r>(&self, _position: usize, row: &'r Row) -> Option<Reading<'r>> {
        Some(Reading::Exactly(row.stored.permissions()))
    }

    fn query_text(&self, plan: &Plan<'_>) -> String {
        format!("{:?}", self.query(plan)).chars().take(500).collect()
    }
}
