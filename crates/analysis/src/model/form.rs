//! The form of the answer: its JSON Schema, in the words that every provider knows, and its reading.
//!
//! It has no word for a package, a command, an argument or a value: what a model cannot say, nobody can make it say.

use serde::Deserialize;
use serde_json::{Value, json};

/// More variables than any server has.
const MOST: usize = 60;

/// What a model may say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) variables: Vec<Variable>,
}

/// An environment variable, argument or header, by the name under which a file mentions it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) required: bool,
    pub(super) secret: bool,
    pub(super) choices: Vec<String>,
    /// Where it is mentioned.
    pub(super) file: String,
    /// The words that mention it.
    pub(super) quote: String,
}

/// The schema: every property required, nothing else allowed, `null` for "not known". No lengths, no patterns: not every
/// provider takes them.
pub(super) fn schema() -> Value {
    let text = |about: &str| json!({ "type": "string", "description": about });
    let text_or_null =
        |about: &str| json!({ "anyOf": [{ "type": "string" }, { "type": "null" }], "description": about });
    let variable = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["name", "description", "required", "secret", "choices", "file", "quote"],
        "properties": {
            "name": text("Exactly as the file writes it"),
            "description": text_or_null("What it is for, in at most 200 characters"),
            "required": { "type": "boolean", "description": "The server does not start or work without it" },
            "secret": { "type": "boolean", "description": "A password, token or key" },
            "choices": { "type": "array", "items": { "type": "string" }, "description": "The only values allowed; empty if any" },
            "file": text("The file that mentions it"),
            "quote": text("The line of that file that mentions it, copied exactly"),
        },
    });
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["title", "description", "variables"],
        "properties": {
            "title": text_or_null("The server's name for people, if it is not known yet"),
            "description": text_or_null("What the server does, in at most 100 characters, if it is not known yet"),
            "variables": { "type": "array", "items": variable },
        },
    })
}

/// Reads an answer; what is wrong with it is said to the model.
pub(super) fn read(text: &str) -> Result<Form, String> {
    let form: Form = serde_json::from_str(bare(text)).map_err(|e| e.to_string())?;
    if form.variables.len() > MOST {
        return Err(format!("there are {} variables; name at most {MOST}", form.variables.len()));
    }
    Ok(form)
}

/// Some models wrap the object in a code block or in words.
fn bare(text: &str) -> &str {
    match (text.find('{'), text.rfind('}')) {
        (Some(from), Some(until)) if from < until => &text[from..=until],
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, read, schema};
    use serde_json::Value;

    #[test]
    fn wrapped_answers_are_read_and_others_are_not() {
        let plain = r#"{"title": null, "description": "Notes", "variables": []}"#;
        let expect = Form { description: Some("Notes".into()), ..Form::default() };
        for text in [plain.to_owned(), format!("```json\n{plain}\n```"), format!("Here you are:\n{plain}\nDone.")] {
            assert_eq!(read(&text), Ok(expect.clone()), "{text}");
        }
        for bad in ["", "no", "{", r#"{"title": null}"#, &plain.replace("Notes\"", "Notes\", \"command\": \"sh\"")] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    /// What strict modes of the providers ask for.
    #[test]
    fn the_schema_is_portable() {
        fn walk(at: &Value) {
            if at["type"] == "object" {
                assert_eq!(at["additionalProperties"], false);
                let names: Vec<&String> = at["properties"].as_object().expect("properties").keys().collect();
                let required: Vec<&str> =
                    at["required"].as_array().expect("all").iter().filter_map(Value::as_str).collect();
                assert_eq!(names, required);
            }
            let unknown =
                ["minimum", "maximum", "minLength", "maxLength", "pattern", "maxItems", "uniqueItems", "$ref"];
            assert!(unknown.iter().all(|word| at.get(word).is_none()), "{at}");
            at.as_object().into_iter().flat_map(|map| map.values()).for_each(walk);
            at.as_array().into_iter().flatten().for_each(walk);
        }
        walk(&schema());
    }
}
