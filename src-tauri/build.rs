//! Builds the window's resources and declares every command, so that each needs a permission by name.

/// Every command of the window; `tests/tidy.rs` holds this list, the capability and the bindings together.
const COMMANDS: &[&str] = &[
    "analyze",
    "cancel_analysis",
    "deploy",
    "preview_draft",
    "validate_draft",
    "apply_connect",
    "client_links",
    "delete_set",
    "endpoint",
    "endpoint_of_many",
    "list_clients",
    "list_sets",
    "metrics",
    "paste_entry",
    "plan_connect",
    "plan_disconnect",
    "rotate_token",
    "save_set",
    "undo_connect",
    "allow_scripts",
    "call_tool",
    "cancel_sign_in",
    "delete_deployment",
    "deployment_form",
    "get_deployment",
    "list_deployments",
    "list_tools",
    "read_log",
    "rename_deployment",
    "restart_deployment",
    "set_isolated",
    "sign_in",
    "sign_out",
    "start_deployment",
    "status_history",
    "stop_deployment",
    "update_answers",
    "open_url",
    "pick_file",
    "pick_folder",
    "app_state",
    "cancel_github_sign_in",
    "get_settings",
    "github_account",
    "github_sign_in",
    "restore_database",
    "retry_start",
    "set_appearance",
    "set_database",
    "set_github_token",
    "start_over",
    "test_database",
    "unlock_vault",
    "use_another_port",
    "use_built_in_database",
];

fn main() {
    println!("cargo:rerun-if-changed=ui/dist");
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    let attributes =
        tauri_build::Attributes::new().capabilities_path_pattern("src-tauri/capabilities/**/*").app_manifest(manifest);
    if let Err(error) = tauri_build::try_build(attributes) {
        panic!("the window's resources cannot be built: {error:#}");
    }
}
