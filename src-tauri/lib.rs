//! The desktop shell: window, tray, commands. Nothing below it knows Tauri.

pub mod bindings;
pub mod commands;
pub mod engine;
mod logging;
mod signals;
mod tray;
mod window;

use catwalk_app::{Config, HIDDEN};
use engine::Engine;
use tauri::{Manager, RunEvent};
use tauri_specta::Event;

/// Runs the desktop app until the user quits.
///
/// # Errors
/// When the system has no display or webview, or the configuration cannot be read.
#[expect(clippy::exit, reason = "in the code that Tauri's macro writes, for a webview that cannot be made")]
pub fn run() -> anyhow::Result<()> {
    catwalk_app::no_core_dumps();
    rustls::crypto::ring::default_provider().install_default().ok();
    let config = Config::from_env()?.of_desktop();
    let is_hidden = std::env::args_os().any(|word| word == HIDDEN);
    let _logs = logging::start(&config.log_dir())?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "Catwalk starts");
    let builder = bindings::builder();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, words, _| {
            // Started by a bridge while we come up: nobody asked for the window.
            if !words.iter().any(|word| word == HIDDEN) {
                window::show(app);
            }
        }))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .invoke_handler(builder.invoke_handler())
        .setup(move |app| {
            builder.mount_events(app);
            let handle = app.handle().clone();
            app.manage(Engine::start(config, move |engine| forward_events(engine, &handle)));
            window::open(app.handle(), !is_hidden)?;
            tray::build(app.handle())?;
            signals::quit_on_request(app.handle().clone());
            Ok(())
        })
        .build(tauri::generate_context!())?;
    app.run(|app, event| {
        if let RunEvent::ExitRequested { api, code, .. } = event {
            window::on_exit_requested(app, &api, code);
        }
    });
    Ok(())
}

/// Sends the engine's events to the window, for as long as the engine lives.
fn forward_events(engine: &catwalk_app::App, handle: &tauri::AppHandle) {
    let mut events = engine.events();
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        use tokio::sync::broadcast::error::RecvError;
        loop {
            let event = match events.recv().await {
                Ok(event) => event,
                // Fell behind: the details are gone, so everything is stale.
                Err(RecvError::Lagged(_)) => catwalk_app::Event::stale(catwalk_app::Tag::Deployments),
                Err(RecvError::Closed) => return,
            };
            if let Err(error) = bindings::EngineEvent(event).emit(&handle) {
                tracing::warn!(%error, "an event did not reach the window");
            }
        }
    });
}
