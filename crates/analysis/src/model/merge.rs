//! What a model said, held against the files: words are taken over, names only where a file has them, and nothing that
//! was found before is changed.

use super::form::{Form, Variable};
use super::papers::{Paper, Papers};
use super::prompt::described;
use crate::infer::{is_dangerous_env, is_env_name, is_noise_env, is_secret_name};
use crate::text::{clean, excerpt, line_of};
use catwalk_domain::manifest::{Input, KeyValue};
use catwalk_domain::{Analysis, Confidence, Evidence, EvidenceSource, GapTopic};

/// Most variables that are added.
const MOST_NEW: usize = 20;
const MOST_CHOICES: usize = 24;

/// The analysis with its gaps filled; what was said in vain.
pub(super) struct Merged {
    pub(super) analysis: Analysis,
    /// Pointers of the facts that are from the model.
    pub(super) facts: Vec<String>,
    /// Names that no file bears out.
    pub(super) left_out: Vec<String>,
}

/// Fills the gaps.
pub(super) fn merge(analysis: &Analysis, papers: &Papers, model: &str, form: &Form) -> Merged {
    let mut out = Merged { analysis: analysis.clone(), facts: Vec::new(), left_out: Vec::new() };
    let first = papers.0.first();
    if let (None, Some(title)) = (&analysis.manifest.title, words(form.title.as_ref(), 100)) {
        out.note("/title", model, first, None, &title);
        out.analysis.manifest.title = Some(title);
    }
    if let (false, Some(description)) = (described(analysis), words(form.description.as_ref(), 100)) {
        out.note("/description", model, first, None, &description);
        out.analysis.manifest.description = description;
    }
    for variable in &form.variables {
        out.variable(papers, model, variable);
    }
    let filled = |topic| match topic {
        GapTopic::Description => out.facts.iter().any(|f| f == "/description"),
        GapTopic::Settings => out.facts.iter().any(|f| f.contains("/environmentVariables/")),
        _ => false,
    };
    out.analysis.gaps.retain(|gap| !filled(gap.topic));
    out.analysis.evidence.sort_by(|a, b| a.pointer.cmp(&b.pointer).then(b.confidence.cmp(&a.confidence)));
    out
}

impl Merged {
    fn variable(&mut self, papers: &Papers, model: &str, variable: &Variable) {
        let name = variable.name.trim();
        let Some((paper, line, quote)) = support(papers, variable) else {
            self.left_out.push(clean(name, 60));
            return;
        };
        if let Some((pointer, input)) = known(&mut self.analysis, name) {
            if complete(input, papers, variable) {
                self.note(&pointer, model, Some(paper), Some(line), &quote);
            }
            return;
        }
        let is_variable = is_env_name(name) && name.chars().any(|c| c.is_ascii_uppercase()) && !is_noise_env(name);
        let added = self.facts.iter().filter(|f| f.contains("/environmentVariables/")).count();
        let Some(package) = self.analysis.manifest.packages.first_mut() else { return };
        if !is_variable || is_dangerous_env(name) || added >= MOST_NEW {
            self.left_out.push(clean(name, 60));
            return;
        }
        let mut input = Input { is_required: variable.required, is_secret: is_secret_name(name), ..Input::default() };
        complete(&mut input, papers, variable);
        package.environment_variables.push(KeyValue { name: name.to_owned(), input });
        let pointer = format!("/packages/0/environmentVariables/{}", package.environment_variables.len() - 1);
        self.note(&pointer, model, Some(paper), Some(line), &quote);
    }

    fn note(&mut self, pointer: &str, model: &str, paper: Option<&Paper>, line: Option<u32>, quote: &str) {
        let source = EvidenceSource::Model {
            model: clean(model, 100),
            path: paper.map(|p| p.name.clone()).unwrap_or_default(),
            line,
            url: paper.and_then(|p| p.url.clone()),
        };
        let (pointer, excerpt) = (pointer.to_owned(), excerpt(quote));
        self.facts.push(pointer.clone());
        self.analysis.evidence.push(Evidence { pointer, source, excerpt, confidence: Confidence::Low });
    }
}

/// Where a file has the name: where the model says, else anywhere. The quote is the file's own line, whatever was said.
fn support<'a>(papers: &'a Papers, variable: &Variable) -> Option<(&'a Paper, u32, String)> {
    let name = variable.name.trim();
    if name.len() < 2 || name.len() > 128 {
        return None;
    }
    let named = papers.0.iter().filter(|p| p.name == variable.file);
    named.chain(&papers.0).find_map(|paper| {
        let at = whole_word(&paper.text, name)?;
        let line = paper.text[..at].matches('\n').count();
        let quoted = Some(variable.quote.trim()).filter(|q| q.contains(name) && q.len() < 400);
        let line = quoted.and_then(|q| line_of(&paper.text, q)).or_else(|| u32::try_from(line + 1).ok())?;
        let words = paper.text.lines().nth(line as usize - 1).unwrap_or_default();
        Some((paper, line, words.trim().to_owned()))
    })
}

/// Where a text has a word that is no part of a longer one.
fn whole_word(text: &str, word: &str) -> Option<usize> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        !text[..*at].chars().next_back().is_some_and(part) && !text[at + word.len()..].chars().next().is_some_and(part)
    })
}

/// An input of this name that is there already, with its pointer.
fn known<'a>(analysis: &'a mut Analysis, name: &str) -> Option<(String, &'a mut Input)> {
    let manifest = &mut analysis.manifest;
    if let Some(package) = manifest.packages.first_mut() {
        let mut variables = package.environment_variables.iter_mut().enumerate();
        if let Some((n, found)) = variables.find(|(_, v)| v.name == name) {
            return Some((format!("/packages/0/environmentVariables/{n}"), &mut found.input));
        }
        let is_it = |text: &Option<String>| text.as_deref() == Some(name);
        let mut arguments = package.package_arguments.iter_mut().enumerate();
        let found = arguments.find(|(_, a)| is_it(&a.name) || is_it(&a.value_hint));
        return found.map(|(n, a)| (format!("/packages/0/packageArguments/{n}"), &mut a.input));
    }
    let remote = manifest.remotes.first_mut()?;
    if let Some(input) = remote.variables.get_mut(name) {
        return Some((format!("/remotes/0/variables/{}", name.replace('~', "~0").replace('/', "~1")), input));
    }
    let mut headers = remote.headers.iter_mut().enumerate();
    let found = headers.find(|(_, h)| h.name.eq_ignore_ascii_case(name));
    found.map(|(n, h)| (format!("/remotes/0/headers/{n}"), &mut h.input))
}

/// Adds what an input does not have yet: words, choices that a file names, and the mask of a secret. Whether it changed.
fn complete(input: &mut Input, papers: &Papers, variable: &Variable) -> bool {
    let before = input.clone();
    if input.description.is_none() {
        input.description = words(variable.description.as_ref(), 300);
    }
    let in_files = |choice: &String| papers.0.iter().any(|p| whole_word(&p.text, choice).is_some());
    let open = input.choices.is_none() && input.value.is_none() && input.default.is_none() && input.format.is_none();
    if open
        && (2..=MOST_CHOICES).contains(&variable.choices.len())
        && variable.choices.iter().all(|c| !c.trim().is_empty() && c.len() <= 60 && clean(c, 60) == *c && in_files(c))
    {
        input.choices = Some(variable.choices.clone());
    }
    // A value that is already shown is no secret any more.
    input.is_secret |= variable.secret && input.value.is_none() && input.default.is_none() && input.choices.is_none();
    *input != before
}

fn words(text: Option<&String>, max: usize) -> Option<String> {
    text.map(|t| clean(t, max)).filter(|t| !t.is_empty())
}
