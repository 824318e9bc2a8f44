//! What only a desktop has: pickers and the browser.

use super::Answer;
use catwalk_domain::{Problem, ProblemCode};
use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt;
use tauri_plugin_opener::OpenerExt;

/// Lets the user pick a folder. `None` when the picker was closed.
#[tauri::command]
#[specta::specta]
pub async fn pick_folder(app: AppHandle) -> Answer<Option<String>> {
    let (send, receive) = tokio::sync::oneshot::channel();
    app.dialog().file().pick_folder(move |picked| drop(send.send(picked)));
    Ok(receive.await.ok().flatten().map(|p| p.to_string()))
}

/// Lets the user pick a file. `None` when the picker was closed.
#[tauri::command]
#[specta::specta]
pub async fn pick_file(app: AppHandle) -> Answer<Option<String>> {
    let (send, receive) = tokio::sync::oneshot::channel();
    app.dialog().file().pick_file(move |picked| drop(send.send(picked)));
    Ok(receive.await.ok().flatten().map(|p| p.to_string()))
}

/// Opens an https page in the browser; anything else is refused, whoever asks.
#[tauri::command]
#[specta::specta]
pub async fn open_url(app: AppHandle, url: String) -> Answer<()> {
    let refused =
        |why: &str| Problem::new(ProblemCode::Internal, "This link was not opened", why).evidence([url.clone()]);
    if !url.starts_with("https://") || url.chars().any(char::is_control) {
        return Err(refused("Catwalk opens only https pages."));
    }
    app.opener()
        .open_url(&url, None::<&str>)
        .map_err(|e| refused("The system has no browser for it.").evidence([e.to_string()]))
}
