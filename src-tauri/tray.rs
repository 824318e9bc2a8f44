//! The tray icon: open the window, quit.

use crate::window;
use tauri::AppHandle;
use tauri::menu::{Menu, MenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent};

const ID: &str = "catwalk";

/// Puts the icon into the tray. A desktop without a tray is no fault: closing the window then quits.
pub(crate) fn build(app: &AppHandle) -> tauri::Result<()> {
    if !supported() {
        return Ok(());
    }
    let open = MenuItem::with_id(app, "open", "Open Catwalk", true, None::<&str>)?;
    let quit = MenuItem::with_id(app, "quit", "Quit Catwalk", true, None::<&str>)?;
    let menu = Menu::with_items(app, &[&open, &quit])?;
    let mut tray = TrayIconBuilder::with_id(ID).menu(&menu).show_menu_on_left_click(false).tooltip("Catwalk");
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    let built = tray
        .on_menu_event(|app, event| match event.id().as_ref() {
            "quit" => app.exit(0),
            _ => window::show(app),
        })
        .on_tray_icon_event(|tray, event| {
            if let TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. } = event {
                window::show(tray.app_handle());
            }
        })
        .build(app);
    if let Err(error) = built {
        tracing::info!(%error, "this desktop has no tray");
    }
    Ok(())
}

/// Whether the icon is there, so that hiding the window does not lose it.
pub(crate) fn present(app: &AppHandle) -> bool {
    app.tray_by_id(ID).is_some()
}

/// On Linux a tray needs a session bus with a watcher; without a bus the library would block or abort.
fn supported() -> bool {
    !cfg!(target_os = "linux") || std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some()
}
