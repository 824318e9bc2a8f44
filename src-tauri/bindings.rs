//! The one list of commands and events, from which `ui/src/ipc/bindings.ts` is generated.

use crate::commands::{analysis, clients, deployments, desktop, listings, models, settings};
use serde::Serialize;
use specta_typescript::Typescript;
use std::path::Path;
use tauri_specta::{Builder, collect_commands, collect_events};

/// An event of the engine on its way to the window.
#[derive(Clone, Debug, Serialize, specta::Type, tauri_specta::Event)]
#[serde(transparent)]
pub struct EngineEvent(pub catwalk_app::Event);

/// Every command and event of the window.
pub fn builder() -> Builder<tauri::Wry> {
    Builder::new()
        .commands(collect_commands![
            analysis::analyze,
            analysis::cancel_analysis,
            analysis::deploy,
            analysis::preview_draft,
            analysis::take_side,
            analysis::validate_draft,
            clients::apply_connect,
            clients::client_links,
            clients::delete_set,
            clients::endpoint,
            clients::endpoint_of_many,
            clients::list_clients,
            clients::list_sets,
            clients::metrics,
            clients::paste_entry,
            clients::plan_connect,
            clients::plan_disconnect,
            clients::rotate_token,
            clients::save_set,
            clients::undo_connect,
            deployments::allow_scripts,
            deployments::call_tool,
            deployments::cancel_sign_in,
            deployments::delete_deployment,
            deployments::deployment_form,
            deployments::get_deployment,
            deployments::list_deployments,
            deployments::list_tools,
            deployments::read_log,
            deployments::rename_deployment,
            deployments::restart_deployment,
            deployments::set_isolated,
            deployments::sign_in,
            deployments::sign_out,
            deployments::start_deployment,
            deployments::status_history,
            deployments::stop_deployment,
            deployments::update_answers,
            desktop::open_url,
            desktop::pick_file,
            desktop::pick_folder,
            listings::glama_settings,
            listings::listing_icon,
            listings::listings_status,
            listings::refresh_listings,
            listings::search_glama,
            listings::search_listings,
            listings::set_glama,
            models::cancel_fill,
            models::estimate_fill,
            models::fill_gaps,
            models::forget_model,
            models::model_settings,
            models::set_model,
            models::try_model,
            settings::app_state,
            settings::cancel_github_sign_in,
            settings::get_settings,
            settings::github_account,
            settings::github_sign_in,
            settings::restore_database,
            settings::retry_start,
            settings::set_appearance,
            settings::set_database,
            settings::set_github_token,
            settings::start_over,
            settings::test_database,
            settings::unlock_vault,
            settings::use_another_port,
            settings::use_built_in_database,
        ])
        .events(collect_events![EngineEvent])
        .disable_serde_phases()
}

/// Writes the bindings.
///
/// # Errors
/// When a type has no TypeScript form or the file cannot be written.
pub fn write(path: &Path) -> Result<(), specta_typescript::Error> {
    let header = "// Generated from the Rust commands by `cargo xtask bindings`. Do not edit.\n/* eslint-disable */\n";
    builder().export(Typescript::default().header(header), path)
}
