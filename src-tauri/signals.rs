//! Requests to quit that come from the system: a session that ends, `kill`, Ctrl-C in the terminal it was started from.

use tauri::AppHandle;

/// Quits in order on the first such signal: servers are stopped before the process ends.
#[cfg(unix)]
pub(crate) fn quit_on_request(app: AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};
    tauri::async_runtime::spawn(async move {
        let signals = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()].map(signal);
        let [Ok(mut terminate), Ok(mut interrupt), Ok(mut hangup)] = signals else {
            tracing::warn!("requests to quit cannot be heard");
            return;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hangup.recv() => {}
        }
        tracing::info!("asked to quit");
        app.exit(0);
    });
}

/// Windows ends a desktop session through the window, which quits in order by itself.
#[cfg(not(unix))]
pub(crate) fn quit_on_request(_app: AppHandle) {}
