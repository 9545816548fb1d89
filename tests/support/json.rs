//! The naive JSON filter. `serde_json` decides if the input is JSON. The filter builds a tree of nodes with
//! offsets, and joins the output from pieces of the input.

use rolegate::Action;
use rolegate::json::{FilterReport, MAX_REPORTED, ProblemKind};
use serde_json::Value;

use super::oracle;

/// The format of an input, once it is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    List,
    Array,
    Lines,
}

/// The principal, the action and the settings.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// `None` bypasses permissions.
    pub roles: Option<&'a [&'a str]>,
    /// Whether the collection grants the action, which does not apply to nested documents.
    pub granted: bool,
    pub action: Action,
    pub lists: &'a [&'a str],
    pub nested: bool,
}

impl Question<'_> {
    /// Returns `true` if every document is visible.
    fn sees_documents(&self) -> bool {
        self.roles.is_none() || self.granted
    }

    /// Returns `true` if every document is visible, and nested ones need not be.
    fn filters_only_nested(&self) -> bool {
        self.sees_documents() && !self.sees_everything()
    }

    /// Returns `true` if every document is visible, nested ones included.
    fn sees_everything(&self) -> bool {
        self.roles.is_none() || (self.granted && !self.nested)
    }
}

/// The expected output and report.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Output {
    pub text: String,
    pub visible: u64,
    pub removed: u64,
    pub nested_removed: u64,
    /// Documents with a malformed permission, once for each.
    pub malformed: Vec<u64>,
    /// Removed documents without permissions.
    pub without_permissions: Vec<u64>,
    /// Removed elements and lines that are not objects.
    pub not_objects: Vec<u64>,
}

impl Output {
    /// Returns the documents of the problems that a report lists, in the groups of [`reported_documents`].
    pub fn reported_documents(&self) -> [Vec<u64>; 3] {
        [&self.without_permissions, &self.not_objects, &self.malformed]
            .map(|documents| documents.iter().copied().take(MAX_REPORTED).collect())
    }
}

/// Returns the documents of a report's problems: those without permissions, those that are not objects, and
/// those with a malformed permission.
pub fn reported_documents(report: &FilterReport) -> [Vec<u64>; 3] {
    let mut sorted = <[Vec<u64>; 3]>::default();
    for problem in report.problems() {
        let sort = match problem.kind() {
            ProblemKind::NoPermissions => 0,
            ProblemKind::NotAnObject => 1,
            _ => 2,
        };
        sorted[sort].push(problem.document());
    }
    sorted
}

/// Returns the expected output, or `None` if the input must be refused. A `format` of `None` is
/// detected.
pub fn filter(
    input: &[u8],
    format: Option<Format>,
    question: Question<'_>,
) -> Option<(Format, Output)> {
    let format = format.map_or_else(|| detect(input, question), Some)?;
    let mut output = Output::default();
    if format == Format::Lines {
        for line in input.split_inclusive(|&byte| byte == b'\n') {
            lines_line(line, question, &mut output)?;
        }
        return Some((format, output));
    }
    let text = json(input)?;
    let root = Node::read(text);
    let before = text.get(..root.start)?.to_owned();
    let body = match format {
        Format::List => list(text, &root, question, &mut output)?,
        _ => elements(text, &root, question, &mut output)?,
    };
    if let (Format::Array, Kind::Array(nodes)) = (format, &root.kind)
        && (output.without_permissions.first() == Some(&0)
            || question.sees_documents() && output.nested_removed > 0)
        && is_response(&nodes[0], question)
    {
        return None;
    }
    output.text = before + &body + text.get(root.end..)?;
    Some((format, output))
}

fn lines_line(line: &[u8], question: Question<'_>, output: &mut Output) -> Option<()> {
    if line.trim_ascii().is_empty() && !line.contains(&0x0c) {
        output.text.push_str(std::str::from_utf8(line).unwrap());
        return Some(());
    }
    let text = json(line)?;
    let root = Node::read(text);
    if let Some(document) = document(text, &root, question, output)? {
        output.text += &(text.get(..root.start)?.to_owned() + &document + text.get(root.end..)?);
    }
    Some(())
}

/// Returns `true` if the input is one JSON value whose numbers are in the range of `f64`.
pub fn is_json(input: &[u8]) -> bool {
    json(input).is_some()
}

/// Returns the text if it is one JSON value.
fn json(input: &[u8]) -> Option<&str> {
    serde_json::from_slice::<Value>(input).ok()?;
    let text = std::str::from_utf8(input).unwrap();
    numbers_are_in_range(text, &Node::read(text)).then_some(text)
}

/// Returns `true` if the numbers of a value are in the range of `f64`. A `Value` holds every number if `serde_json` is built with
/// `arbitrary_precision`, and `f64` of the standard library rounds exactly.
fn numbers_are_in_range(text: &str, node: &Node) -> bool {
    match &node.kind {
        Kind::Array(nodes) => nodes.iter().all(|node| numbers_are_in_range(text, node)),
        Kind::Object(members) => members.iter().all(|(_, node)| numbers_are_in_range(text, node)),
        Kind::String(_) => true,
        Kind::Other => {
            let scalar = &text[node.start..node.end];
            let is_number = scalar.starts_with(|c: char| c == '-' || c.is_ascii_digit());
            let in_range = || {
                scalar.parse().is_ok_and(f64::is_finite)
                    && serde_json::from_str::<f64>(scalar).is_ok()
            };
            !is_number || in_range()
        }
    }
}

/// Returns `true` for an object with a list, and without permissions.
fn is_response(node: &Node, question: Question<'_>) -> bool {
    let Kind::Object(members) = &node.kind else { return false };
    let is_array = |node: &Node| matches!(node.kind, Kind::Array(..));
    let list = members.iter().any(|(key, node)| is_list(key, question) && is_array(node));
    list && !is_document(node)
}

/// Returns `true` for an object with permissions.
fn is_document(node: &Node) -> bool {
    let Kind::Object(members) = &node.kind else { return false };
    members.iter().any(|(key, _)| key == "$permissions")
}

/// Returns `None` if the input is a single value that is neither a response nor a document. Lines that
/// cannot be read are refused later.
fn detect(input: &[u8], question: Question<'_>) -> Option<Format> {
    let is_space = |byte: &u8| b" \n\r\t".contains(byte);
    let start = input.iter().position(|byte| !is_space(byte));
    if start.is_some_and(|start| input[start] == b'[') {
        return Some(Format::Array);
    }
    let mut values = serde_json::Deserializer::from_slice(input).into_iter::<Value>();
    let Some(Ok(_)) = values.next() else { return Some(Format::Lines) };
    let (first, rest) = input.split_at(values.byte_offset());
    let first = Node::read(std::str::from_utf8(first).unwrap());
    if is_response(&first, question) {
        return Some(Format::List);
    }
    let single = rest.iter().all(is_space);
    let refused = single && !is_document(&first) && !question.sees_everything();
    (!refused).then_some(Format::Lines)
}

fn is_list(key: &str, question: Question<'_>) -> bool {
    matches!(key, "documents" | "rows") || question.lists.contains(&key)
}

fn list(text: &str, root: &Node, question: Question<'_>, output: &mut Output) -> Option<String> {
    let Kind::Object(members) = &root.kind else { return None };
    let everything = question.sees_everything();
    let mut lists = 0;
    let mut pieces = Vec::new();
    for (key, node) in members {
        let piece = if !is_list(key, question) {
            text[node.start..node.end].to_owned()
        } else if matches!(node.kind, Kind::Array(..)) {
            lists += 1;
            elements(text, node, question, output)?
        } else if everything {
            text[node.start..node.end].to_owned()
        } else {
            return None;
        };
        pieces.push(piece);
    }
    if lists == 0 && !everything {
        return None;
    }
    let mut body = String::new();
    let mut at = root.start;
    for ((key, node), piece) in members.iter().zip(pieces) {
        body += &text[at..node.start];
        let number = text[node.start..].starts_with(|c: char| c == '-' || c.is_ascii_digit());
        if key == "total" && number && !question.sees_documents() {
            body += &output.visible.to_string();
        } else {
            body += &piece;
        }
        at = node.end;
    }
    Some(body + &text[at..root.end])
}

fn elements(
    text: &str,
    node: &Node,
    question: Question<'_>,
    output: &mut Output,
) -> Option<String> {
    let Kind::Array(nodes) = &node.kind else { return None };
    let mut kept = Vec::new();
    for node in nodes {
        kept.push(document(text, node, question, output)?);
    }
    Some(join(text, node, nodes, kept))
}

/// Returns an array with the kept elements. Each element has the text before it, and the first kept element has
/// the text before the first element. An array without kept elements becomes `[]`.
fn join(text: &str, array: &Node, nodes: &[Node], kept: Vec<Option<String>>) -> String {
    if nodes.is_empty() {
        return text[array.start..array.end].into();
    }
    let mut body = text[array.start..nodes[0].start].to_owned();
    let mut any = false;
    for (at, (node, kept)) in nodes.iter().zip(kept).enumerate() {
        let Some(element) = kept else { continue };
        if any {
            body += &text[nodes[at - 1].end..node.start];
        }
        any = true;
        body += &element;
    }
    if any { body + &text[nodes[nodes.len() - 1].end..array.end] } else { "[]".into() }
}

/// Returns a document as it is in the output, `Some(None)` if it is removed, and `None` if it is refused.
#[allow(clippy::option_option, reason = "refused, removed, kept")]
fn document(
    text: &str,
    node: &Node,
    question: Question<'_>,
    output: &mut Output,
) -> Option<Option<String>> {
    let index = output.visible + output.removed;
    let before = output.nested_removed;
    let mut granted = None;
    let mut body = text[node.start..node.end].to_owned();
    if let Kind::Object(members) = &node.kind {
        granted = permitted(members, question, index, output)?;
    }
    let is_object = matches!(node.kind, Kind::Object(_));
    if question.nested && (is_object || question.filters_only_nested()) {
        body = inner(text, node, question, index, output)?;
    }
    if granted == Some(true) || question.sees_documents() {
        output.visible += 1;
        return Some(Some(body));
    }
    if granted.is_none() {
        let problems = match &node.kind {
            Kind::Object(_) => &mut output.without_permissions,
            _ => &mut output.not_objects,
        };
        problems.push(index);
    }
    output.removed += 1;
    output.nested_removed = before;
    Some(None)
}

/// Returns a value with its nested documents filtered. The caller tests the value's own permissions.
fn inner(
    text: &str,
    node: &Node,
    question: Question<'_>,
    index: u64,
    output: &mut Output,
) -> Option<String> {
    let child = |node: &Node, output: &mut Output| -> Option<Option<String>> {
        let before = output.nested_removed;
        let granted = match &node.kind {
            Kind::Object(members) => permitted(members, question, index, output)?,
            _ => None,
        };
        let body = inner(text, node, question, index, output)?;
        if granted.unwrap_or(true) || question.roles.is_none() {
            return Some(Some(body));
        }
        output.nested_removed = before + 1;
        Some(None)
    };
    match &node.kind {
        Kind::Array(nodes) => {
            let kept = nodes.iter().map(|node| child(node, output)).collect::<Option<_>>()?;
            Some(join(text, node, nodes, kept))
        }
        Kind::Object(members) => {
            let mut body = String::new();
            let mut at = node.start;
            for (key, node) in members {
                body += &text[at..node.start];
                if key == "$permissions" {
                    body += &text[node.start..node.end];
                } else {
                    body += &child(node, output)?.unwrap_or("null".into());
                }
                at = node.end;
            }
            Some(body + &text[at..node.end])
        }
        _ => Some(text[node.start..node.end].into()),
    }
}

/// Returns `Some(Some(true))` if the permissions of an object allow the action, and `Some(None)` if it has no
/// permissions. Refuses an object with two lists by `None`.
#[allow(clippy::option_option, reason = "refused, none, decided")]
fn permitted(
    members: &[(String, Node)],
    question: Question<'_>,
    index: u64,
    output: &mut Output,
) -> Option<Option<bool>> {
    let mut all = members.iter().filter(|(key, _)| key == "$permissions");
    let Some((_, node)) = all.next() else { return Some(None) };
    if all.next().is_some() {
        return None;
    }
    let Kind::Array(nodes) = &node.kind else {
        output.malformed.push(index);
        return Some(Some(false));
    };
    let mut strings = Vec::new();
    for node in nodes {
        let malformed = match &node.kind {
            Kind::String(text) => {
                strings.push(text.as_str());
                rolegate::Permission::parse(text).is_err()
            }
            _ => true,
        };
        output.malformed.extend(malformed.then_some(index));
    }
    let roles = question.roles.unwrap_or_default();
    let granted = strings.len() == nodes.len() && oracle::allows(roles, question.action, &strings);
    Some(Some(granted))
}

/// A value and its offsets.
struct Node {
    start: usize,
    end: usize,
    kind: Kind,
}

enum Kind {
    Other,
    String(String),
    Array(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    /// Reads a text that is JSON.
    fn read(text: &str) -> Self {
        let mut at = 0;
        Self::read_at(text.as_bytes(), &mut at)
    }

    fn read_at(text: &[u8], at: &mut usize) -> Self {
        space(text, at);
        let start = *at;
        let kind = match text[start] {
            b'"' => Kind::String(string(text, at)),
            b'[' => {
                let mut nodes = Vec::new();
                while text[*at] != b']' {
                    *at += 1;
                    space(text, at);
                    if text[*at] != b']' {
                        nodes.push(Self::read_at(text, at));
                        space(text, at);
                    }
                }
                *at += 1;
                Kind::Array(nodes)
            }
            b'{' => {
                let mut members = Vec::new();
                while text[*at] != b'}' {
                    *at += 1;
                    space(text, at);
                    if text[*at] != b'}' {
                        let key = string(text, at);
                        space(text, at);
                        *at += 1;
                        members.push((key, Self::read_at(text, at)));
                        space(text, at);
                    }
                }
                *at += 1;
                Kind::Object(members)
            }
            _ => {
                let rest = &text[start..];
                let len = rest.iter().take_while(|byte| !b",]} \n\t\r".contains(byte)).count();
                *at += len;
                Kind::Other
            }
        };
        Self { start, end: *at, kind }
    }
}

fn space(text: &[u8], at: &mut usize) {
    while text.get(*at).is_some_and(|byte| b" \n\t\r".contains(byte)) {
        *at += 1;
    }
}

fn string(text: &[u8], at: &mut usize) -> String {
    let start = *at;
    *at += 1;
    while text[*at] != b'"' {
        *at += if text[*at] == b'\\' { 2 } else { 1 };
    }
    *at += 1;
    serde_json::from_slice(&text[start..*at]).unwrap()
}
