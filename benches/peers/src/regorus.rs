//! regorus 0.14: Rego, the language of Open Policy Agent, in Rust.
//!
//! The code follows the group `hot` of regorus' own `rvm_benchmark`. The policy is compiled to a program of the
//! virtual machine. For each run, an input is set and the same machine runs the program. This is faster than
//! `Engine::eval_rule`. Roles are a set, so that `in` is a look-up, as "Policy performance" in the manual of
//! OPA recommends.
//!
//! | type | prepared | timed |
//! | --- | --- | --- |
//! | [`RegorusSingle`] | program, an input for each document | one run for each document |
//! | [`RegorusBatch`] | program, the documents as data | one run over all documents |
//! | [`RegorusIndex`] | program, the documents of each role as data | one run over the roles |
//!
//! [`RegorusIndex`] follows the advice of the same page for searching a list by a key.

use std::collections::BTreeMap;

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine as Rego, Rc, Value};

use crate::Engine;
use crate::data::{Caller, Data};

const SINGLE: &str = "
    package access
    default visible := false
    visible if {
        some role in input.document.readers
        role in input.roles
    }
";

const BATCH: &str = "
    package access
    visible contains position if {
        some position, document in data.documents
        some role in document.readers
        role in input.roles
    }
";

const INDEX: &str = "
    package access
    visible contains position if {
        some role in input.roles
        some position in data.readable[role]
    }
";

/// An engine with one query for each document.
pub struct RegorusSingle {
    machine: RegoVM,
    inputs: Vec<Value>,
}

/// An engine with one query that reads every document.
pub struct RegorusBatch {
    machine: RegoVM,
    input: Value,
}

/// An engine with one query that looks up the documents of each role.
pub struct RegorusIndex {
    machine: RegoVM,
    input: Value,
}

fn machine(policy: &str, data: Value) -> RegoVM {
    const ENTRY: &str = "data.access.visible";
    let mut engine = Rego::new();
    engine.add_policy("access.rego".into(), policy.into()).expect("the policy is Rego");
    let compiled = engine.compile_with_entrypoint(&Rc::from(ENTRY)).expect("the rule is there");
    let program = Compiler::compile_from_policy(&compiled, &[ENTRY]);
    let mut machine = RegoVM::new();
    machine.load_program(program.expect("the machine knows all of the policy"));
    // The default limit would end a run after a few thousand documents.
    machine.set_max_instructions(usize::MAX);
    machine.set_data(data).expect("data does not overlap with rules");
    machine
}

fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let fields = fields.map(|(name, value)| (Value::from(name), value));
    Value::from(BTreeMap::from(fields))
}

fn array(texts: &[String]) -> Value {
    Value::from(texts.iter().map(|text| Value::from(text.as_str())).collect::<Vec<_>>())
}

fn roles(caller: &Caller) -> Value {
    let roles = caller.roles.iter().map(|role| Value::from(role.as_str()));
    Value::from(roles.collect::<std::collections::BTreeSet<_>>())
}

fn positions(machine: &mut RegoVM, input: &Value) -> Vec<usize> {
    machine.set_input(input.clone());
    let visible = machine.execute().expect("the policy does not fail");
    let visible = visible.as_set().expect("`visible` is a set").iter();
    let position = |value: &Value| value.as_u64().ok().and_then(|number| number.try_into().ok());
    visible.map(|value| position(value).expect("positions are numbers")).collect()
}

impl RegorusSingle {
    /// Compiles the policy and builds the inputs.
    #[must_use]
    pub fn new(data: &Data) -> Self {
        let roles = roles(&data.caller);
        let documents = data.documents.iter();
        let documents = documents.map(|document| object([("readers", array(&document.readers))]));
        let inputs =
            documents.map(|document| object([("document", document), ("roles", roles.clone())]));
        Self { inputs: inputs.collect(), machine: machine(SINGLE, Value::new_object()) }
    }
}

impl RegorusBatch {
    /// Compiles the policy and loads the documents as data.
    #[must_use]
    pub fn new(data: &Data) -> Self {
        let documents = data.documents.iter();
        let documents = documents.map(|document| object([("readers", array(&document.readers))]));
        let documents = Value::from(documents.collect::<Vec<_>>());
        let machine = machine(BATCH, object([("documents", documents)]));
        Self { machine, input: object([("roles", roles(&data.caller))]) }
    }
}

impl RegorusIndex {
    /// Compiles the policy and loads each role's documents as data.
    #[must_use]
    pub fn new(data: &Data) -> Self {
        let mut readable: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for (position, document) in data.documents.iter().enumerate() {
            for role in &document.readers {
                readable.entry(role).or_default().push(Value::from(position));
            }
        }
        let readable = readable.into_iter();
        let readable: BTreeMap<_, _> =
            readable.map(|(role, positions)| (Value::from(role), Value::from(positions))).collect();
        let machine = machine(INDEX, object([("readable", Value::from(readable))]));
        Self { machine, input: object([("roles", roles(&data.caller))]) }
    }
}

impl Engine for RegorusSingle {
    fn visible(&mut self) -> Vec<usize> {
        let Self { machine, inputs } = self;
        let inputs = inputs.iter().enumerate();
        let allowed = inputs.filter(|(_, input)| {
            machine.set_input((*input).clone());
            machine.execute().expect("the policy does not fail") == Value::Bool(true)
        });
        allowed.map(|(position, _)| position).collect()
    }
}

impl Engine for RegorusBatch {
    fn visible(&mut self) -> Vec<usize> {
        positions(&mut self.machine, &self.input)
    }
}

impl Engine for RegorusIndex {
    fn visible(&mut self) -> Vec<usize> {
        positions(&mut self.machine, &self.input)
    }
}
