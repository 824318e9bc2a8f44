//! The one window: opened, hidden to the tray, and closed in order.

use crate::engine::Engine;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, ExitRequestApi, Manager, WebviewUrl, WebviewWindowBuilder, WindowEvent};

const LABEL: &str = "main";

/// Opens the window, for now out of sight if it is not to be `visible`. It shows only the app's own pages: every other navigation is refused.
pub(crate) fn open(app: &AppHandle, visible: bool) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("Catwalk")
        .visible(visible)
        .inner_size(1100.0, 760.0)
        .min_inner_size(760.0, 560.0)
        .on_navigation(|url| matches!(url.scheme(), "tauri") || own_page(url))
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    let handle = app.clone();
    window.on_window_event(move |event| {
        // Not every Linux desktop shows a tray, and a hidden window without one would be lost: there closing quits.
        if let WindowEvent::CloseRequested { api, .. } = event
            && !cfg!(target_os = "linux")
            && crate::tray::present(&handle)
        {
            // Servers keep running for the AI apps; the tray brings the window back or quits.
            api.prevent_close();
            if let Some(window) = handle.get_webview_window(LABEL) {
                window.hide().ok();
            }
        }
    });
    Ok(())
}

/// Windows and Android serve the app from `tauri.localhost`; development from the dev server.
fn own_page(url: &tauri::Url) -> bool {
    match url.host_str() {
        Some("tauri.localhost") => true,
        Some("127.0.0.1") => cfg!(dev) && url.port() == Some(1420),
        _ => false,
    }
}

/// Brings the window to the front; while Catwalk closes, has it opened again afterwards.
pub(crate) fn show(app: &AppHandle) {
    if app.try_state::<Engine>().is_some_and(|engine| engine.reopen()) {
        return;
    }
    if let Some(window) = app.get_webview_window(LABEL) {
        window.show().ok();
        window.unminimize().ok();
        window.set_focus().ok();
    }
}

/// Stops the engine before the process ends: the first request is held back until every server has stopped.
pub(crate) fn on_exit_requested(app: &AppHandle, api: &ExitRequestApi, code: Option<i32>) {
    const STOPPED: i32 = 0;
    let engine = app.state::<Engine>().inner().clone();
    if engine.is_stopped() {
        return;
    }
    api.prevent_exit();
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        engine.stop().await;
        // From here on whoever opens Catwalk opens a new one; who did so earlier was told that this one would do.
        tauri_plugin_single_instance::destroy(&app);
        if engine.is_wanted_again() {
            app.request_restart();
        } else {
            app.exit(code.unwrap_or(STOPPED));
        }
    });
}
