//! The rules by which a README's variables are taken, each with a server that does not exist.

use super::{Adds, Inputs, Target, credentials, dotenv, inputs_of, learn, mentions, server_json};
use crate::doc::Doc;

fn doc(path: &str, text: &str) -> Doc {
    Doc::file(path, text.to_owned(), None)
}

fn kelp() -> Target {
    let name = || "kelp-mcp".to_owned();
    Target { npm: Some(name()), bins: vec![name()], kin: vec![name()], ..Target::default() }
}

fn names(inputs: &Inputs) -> Vec<&str> {
    inputs.env.iter().map(|f| f.item.name.as_str()).collect()
}

fn settings(env: &str) -> String {
    format!(
        "```json\n{{\"mcpServers\": {{\"kelp\": {{\"command\": \"npx\", \"args\": [\"-y\", \"kelp-mcp\"], \"env\": {{{env}}}}}}}}}\n```\n"
    )
}

fn check(readme: &str, expect: &[&str]) {
    let found = learn(&doc("README.md", readme), &kelp(), Inputs::default());
    assert_eq!(names(&found), expect, "{readme}");
}

const KEY: &str = r#""KELP_API_KEY": "<your key>""#;

#[test]
fn a_list_may_say_more_before_the_name() {
    let list = "\n1. Get a key for `KELP_API_KEY`\n2. (Optional) Set a limit: `KELP_DEPTH=5`\n- (Optional) `KELP_REEF`: where\n";
    check(&format!("{}{list}", settings(KEY)), &["KELP_API_KEY", "KELP_DEPTH", "KELP_REEF"]);
}

#[test]
fn one_word_is_a_variable_where_variables_are_spoken_of() {
    let list = "\nThese environment variables are read:\n\n- `KELPCONFIG`: path of the file\n";
    check(list, &["KELPCONFIG"]);
    check("\nMethods:\n\n- `DELETE`: takes it away\n", &[]);
    let headed =
        "## Environment variables\n\n### `KELPCONFIG` (optional)\n\n### `KELP_NORTH` / `KELP_SOUTH` (optional)\n";
    check(headed, &["KELPCONFIG", "KELP_NORTH", "KELP_SOUTH"]);
}

#[test]
fn what_only_serves_others_is_no_question() {
    let served = "```sh\nexport MCP_MODE=http\nexport KELP_FIXED=true\nexport KELP_API_KEY=x\n```\n";
    check(&format!("{}{served}", settings(KEY)), &["KELP_API_KEY"]);
    let table = "\n| Variable | Description |\n|---|---|\n| `KELP_API_KEY` | Key |\n| `KELP_GATE_TOKEN` | Checked on the SSE server |\n";
    check(&format!("{}{table}", settings(KEY)), &["KELP_API_KEY"]);
    let operating = "\n| Variable | Description |\n|---|---|\n| `KELP_API_KEY` | Key |\n| `REQUIRE_GATE` | Who comes in |\n| `MCP_BIND_HOST` | Where |\n| `MCP_ALLOWED_ORIGINS` | From where |\n| `MCP_LOG_LEVEL` | How much |\n";
    check(&format!("{}{operating}", settings(KEY)), &["KELP_API_KEY"]);
    check("```sh\nMCP_TRANSPORT=http PORT=3000 npx kelp-mcp\n```\n", &[]);
}

#[test]
fn what_developers_set_is_no_question() {
    let section = "## Development\n\n```sh\nexport KELP_API_KEY=x\nexport KELP_ORIGIN=LOCAL\n```\n";
    check(&format!("{}{section}", settings(KEY)), &["KELP_API_KEY"]);
    let configured = section.replace("\n\n", "\n\n### Configuration\n\n");
    check(&format!("{}{configured}", settings(KEY)), &["KELP_API_KEY", "KELP_ORIGIN"]);
}

#[test]
fn a_container_needs_more_than_the_server() {
    let docker = "```json\n{\"mcpServers\": {\"kelp\": {\"command\": \"docker\", \"args\": [\"run\", \"-e\", \"SEA_KEY_ID=[id]\", \"kelp/mcp\"]}}}\n```\n";
    check(&format!("{}{docker}", settings(r#""SEA_PROFILE": "default""#)), &["SEA_PROFILE"]);
    check(docker, &["SEA_KEY_ID"]);
    let file = "## With Docker\n\n```sh\nSEA_TENANT=...\n```\n";
    check(file, &[]);
}

#[test]
fn a_block_that_starts_the_server_shows_its_variables() {
    let block = "```sh\nexport KELP_SESSION_TOKEN=x\nkelp-mcp\n```\n";
    check(&format!("{}{block}", settings(KEY)), &["KELP_API_KEY", "KELP_SESSION_TOKEN"]);
    let other = block.replace("kelp-mcp", "make reef");
    check(&format!("{}{other}", settings(KEY)), &["KELP_API_KEY"]);
}

#[test]
fn a_piece_of_settings_is_about_the_same_service() {
    let piece = "```json\n\"KELP_MOOD\": \"calm\",\n\"SEAL_HOST\": \"x\"\n```\n";
    check(&format!("{}{piece}", settings(KEY)), &["KELP_API_KEY", "KELP_MOOD"]);
    let whole = "```json\n{\"mcpServers\": {\"kelp\": {\"env\": {\n  // Keys\n  \"KELP_API_KEY\": \"x\",\n  \"SEAL_API_KEY\": \"x\"\n}}}}\n```\n";
    check(&format!("{}{whole}", settings(KEY)), &["KELP_API_KEY", "SEAL_API_KEY"]);
}

#[test]
fn links_that_install_it_tell_what_the_snippets_leave_out() {
    let config = "%7B%22command%22%3A%22npx%22%2C%22args%22%3A%5B%22kelp-mcp%22%5D%2C%22env%22%3A%7B%22KELP_REGION%22%3A%22north%22%7D%7D";
    let link = format!("[install](https://vscode.dev/redirect/mcp/install?name=kelp&config={config})\n");
    check(&format!("{link}{}", settings("")), &["KELP_REGION"]);
    check(&format!("{link}{}", settings(KEY)), &["KELP_API_KEY"]);
}

#[test]
fn another_use_or_another_feature_stays_out() {
    let other = settings(r#""KELP_TANK_FLOW": "slow", "KELP_TANK_SCOPE": "all""#);
    check(&format!("{}{other}", settings(KEY)), &["KELP_API_KEY"]);
    let table = "\n| Variable | Description |\n|---|---|\n| `KELP_TANK_FLOW` | a |\n| `KELP_TANK_SCOPE` | b |\n| `KELP_TANK_SIZE` | c |\n| `KELP_API_KEY` | d |\n";
    check(&format!("{}{table}", settings(KEY)), &["KELP_API_KEY"]);
}

#[test]
fn switches_for_special_cases_stay_out() {
    let table = "\n| Variable | Description |\n|---|---|\n| `KELP_LEGACY_NET` | a |\n| `KELP_ALLOW_UNSAFE_DIVES` | b |\n| `EXPERIMENTAL_REEF` | c |\n";
    check(table, &[]);
    let telemetry = settings(r#""KELP_DISABLE_TELEMETRY": "1""#);
    check(&format!("{0}{0}{0}{telemetry}", settings("")), &[]);
    check(
        &settings(r#""KELP_LOG_FORMAT": "text", "DBUS_SESSION_BUS_ADDRESS": "x", "KELP_LOG_LEVEL": "info""#),
        &["KELP_LOG_LEVEL"],
    );
}

#[test]
fn running_text_names_environment_variables() {
    let text = "Choose with the environment variables `KELP_NORTH` or\n`KELP_SOUTH`; `KELP_OTHER` is a word.\n\nOr use the `SEAL_TOKEN` environment variable.\n";
    let readme = doc("README.md", text);
    let about = ["kelp".to_owned()];
    let found = mentions(&readme, &about, &Inputs::default());
    assert_eq!(names(&found), ["KELP_NORTH", "KELP_SOUTH", "SEAL_TOKEN"]);
    assert_eq!(found.env[1].quote, "`KELP_SOUTH`; `KELP_OTHER` is a word.");
    let known = learn(&doc("README.md", &settings(KEY)), &kelp(), Inputs::default());
    assert_eq!(names(&mentions(&readme, &about, &known)), ["KELP_NORTH", "KELP_SOUTH"]);
    let denied = doc("README.md", "The password is `KELP_PWD` (not `KELP_PASSWORD`).");
    assert_eq!(names(&credentials(&denied, &about, &known)), ["KELP_PWD"]);
}

#[test]
fn an_example_s_switches_and_public_addresses_are_marked() {
    let text = "KELP_TOKEN=\nKELP_ENABLE_DIVES=\nKELP_API_URL=https://api.kelp-forest.org/v1\nKELP_HOST_URL=https://your-reef.example\n";
    let found = dotenv(&doc("env.example", text));
    let special: Vec<bool> = found.env.iter().map(|f| f.special).collect();
    assert_eq!(special, [false, true, true, false]);
}

#[test]
fn a_published_list_is_complete_but_for_credentials() {
    let list = r#"{"name": "io.github.ada/kelp", "packages": [{"registryType": "npm", "identifier": "kelp-mcp", "version": "1.0.0",
        "environmentVariables": [{"name": "KELP_A"}, {"name": "KELP_B"}, {"name": "KELP_C"}, {"name": "HOME"}]}]}"#;
    let doc_ = doc("server.json", list);
    let server = server_json(&doc_).expect("a server");
    let published = inputs_of(&doc_, &server.manifest.packages[0]);
    assert_eq!(names(&published), ["KELP_A", "KELP_B", "KELP_C"]);
    let table = "| Variable | Description |\n|---|---|\n| `KELP_A` | a |\n| `KELP_D` | d |\n| `KELP_TOKEN` | e |\n";
    let found = learn(&doc("README.md", table), &kelp(), published.clone());
    assert_eq!(names(&found), ["KELP_A", "KELP_B", "KELP_C", "KELP_TOKEN"]);
    assert!(published.with(found, Adds::All).is_listed());
}

#[test]
fn headings_tell_what_must_be_given() {
    let list = "### Required variables\n\n- `KELP_SITE`: where\n\n### Optional variables\n\n- `KELP_DEPTH`: how deep\n";
    let found = learn(&doc("README.md", list), &kelp(), Inputs::default());
    let said: Vec<_> = found.env.iter().map(|f| (f.item.input.is_required, f.said)).collect();
    assert_eq!(said, [(true, Some(true)), (false, Some(false))]);
}

#[test]
fn what_a_cloud_s_tools_find_by_themselves_may_be_left_open() {
    let readme = settings(r#""AWS_PROFILE": "your-profile", "KELP_SITE": "<site>""#);
    let found = learn(&doc("README.md", &readme), &kelp(), Inputs::default());
    let required: Vec<bool> = found.env.iter().map(|f| f.item.input.is_required).collect();
    assert_eq!((names(&found), required), (vec!["AWS_PROFILE", "KELP_SITE"], vec![false, true]));
}

#[test]
fn what_was_set_aside_is_not_brought_back_by_running_text() {
    let docker = "```json\n{\"mcpServers\": {\"kelp\": {\"command\": \"docker\", \"args\": [\"run\", \"-e\", \"SEA_SECRET_KEY=[key]\", \"kelp/mcp\"]}}}\n```\n";
    let readme = doc("README.md", &format!("{}{docker}", settings(r#""SEA_PROFILE": "default""#)));
    let known = learn(&readme, &kelp(), Inputs::default());
    assert!(known.has_met("SEA_SECRET_KEY"));
    assert_eq!(names(&credentials(&readme, &["kelp".to_owned()], &known)), Vec::<&str>::new());
}

#[test]
fn a_name_that_opens_a_paragraph_is_explained_or_only_spoken_of() {
    check("`KELP_NORTH`: where north is\n", &["KELP_NORTH"]);
    check("`KELP_NORTH` is not needed by most.\n\n- required `KELP_BOT_PAT` setup for the robot\n", &[]);
}
