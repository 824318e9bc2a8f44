//! Words of a journey that several window tests use.
#![allow(dead_code, reason = "each window test uses its own part of this")]

use std::time::Duration;

use crate::window::Window;

/// What an element says, once it says something; not the driver's own text, which is empty while it fades in.
pub(crate) async fn text_of(window: &Window, id: &str) -> String {
    let script = "return document.querySelector(`[data-testid=\"${arguments[0]}\"]`)?.innerText ?? ''";
    window
        .until(&format!("words in {id}"), Duration::from_secs(30), || async {
            let text = window.run(script, vec![id.into()]).await;
            text.as_str().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
        })
        .await
}

pub(crate) async fn click(window: &Window, id: &str) {
    window.click("testid", id).await;
}

/// Whether the status on the page is this one.
pub(crate) async fn state(window: &Window, wanted: &str) -> Option<()> {
    let script = "return [...document.querySelectorAll('[data-testid=status]')].map(e => e.dataset.state)";
    let states = window.run(script, vec![]).await;
    states.as_array()?.iter().any(|s| s == wanted).then_some(())
}
