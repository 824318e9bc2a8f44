//! The guard: before and after an edit are compared as values, and only our key may differ.

use jsonc_parser::ast::Value;

/// A value with nothing lost: order, repeated names and the very digits of numbers count.
#[derive(Debug, PartialEq, Eq)]
enum Tree<'a> {
    Object(Vec<(&'a str, Tree<'a>)>),
    Array(Vec<Tree<'a>>),
    Text(&'a str),
    Word(&'a str),
}

fn tree<'t>(value: &'t Value<'_>) -> Tree<'t> {
    match value {
        Value::Object(o) => Tree::Object(o.properties.iter().map(|p| (p.name.as_str(), tree(&p.value))).collect()),
        Value::Array(a) => Tree::Array(a.elements.iter().map(tree).collect()),
        Value::StringLit(s) => Tree::Text(&s.value),
        Value::NumberLit(n) => Tree::Word(n.value),
        Value::BooleanLit(b) => Tree::Word(if b.value { "true" } else { "false" }),
        Value::NullKeyword(_) => Tree::Word("null"),
    }
}

/// Takes our key out, and the objects on the way to it where they are empty: we may have made them.
fn strip(tree: &mut Tree<'_>, keys: &[&str]) {
    let (Tree::Object(members), [key, rest @ ..]) = (tree, keys) else { return };
    if rest.is_empty() {
        members.retain(|(name, _)| name != key);
        return;
    }
    for (_, value) in members.iter_mut().filter(|(name, _)| name == key) {
        strip(value, rest);
    }
    members.retain(|(name, value)| name != key || *value != Tree::Object(Vec::new()));
}

/// Whether two texts' values are the same but for one key.
pub(crate) fn same_but_for(before: Option<&Value<'_>>, after: Option<&Value<'_>>, keys: &[&str]) -> bool {
    let stripped = |value| {
        let mut tree = Option::map_or(value, Tree::Object(Vec::new()), tree);
        strip(&mut tree, keys);
        tree
    };
    stripped(before) == stripped(after)
}

#[cfg(test)]
mod tests {
    use super::same_but_for;
    use crate::jsonc::parse;

    #[test]
    fn notices_every_other_change() {
        let same = |a: &str, b: &str| {
            let (a, b) = (parse(a).expect("a parses"), parse(b).expect("b parses"));
            same_but_for(a.root.as_ref(), b.root.as_ref(), &["m", "ours"])
        };
        for (a, b, expect) in [
            ("", r#"{"m": {"ours": 1}}"#, true),
            (r#"{"a": 1}"#, r#"{"a": 1, "m": {"ours": {"x": []}}}"#, true),
            (r#"{"m": {"ours": 1, "b": 2}}"#, r#"{"m": {"b": /* c */ 2}}"#, true),
            (r#"{"a": 1}"#, r#"{"a": 1.0, "m": {"ours": 1}}"#, false),
            (r#"{"a": 1, "b": 2}"#, r#"{"b": 2, "a": 1}"#, false),
            (r#"{"a": 1, "a": 2}"#, r#"{"a": 2}"#, false),
            (r#"{"a": {"ours": 1}}"#, r#"{"a": {}}"#, false),
            (r#"{"m": {"b": {"ours": 1}}}"#, r#"{"m": {"b": {}}}"#, false),
        ] {
            assert_eq!(same(a, b), expect, "{a} -> {b}");
        }
    }
}
