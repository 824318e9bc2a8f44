//! The fake's device login: a code is given, a person types it (or not), a token comes of it. Mistakes are answered with
//! status 200, as by the real one.

use super::api::json;
use super::{Shared, lock};
use axum::body::to_bytes;
use axum::extract::Request;
use axum::response::Response;
use serde_json::json as value;

/// The one client that the fake knows.
pub const CLIENT_ID: &str = "Iv1.catwalktest";
/// The token that a login gives. It may read private repositories.
pub const TOKEN: &str = "gho_fakefakefakefakefakefakefakefake";
/// The code that the person types.
pub const USER_CODE: &str = "WDJB-MJHT";
const DEVICE_CODE: &str = "3584d83530557fdd1f46af8289938c8ef79f9dc5";

/// What the person did with the code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Person {
    /// Nothing yet.
    #[default]
    Away,
    /// Nothing yet, and we ask too often.
    Rushed,
    /// Typed it and said yes.
    Agreed,
    /// Typed it and said no.
    Refused,
    /// Waited for too long.
    Late,
}

pub(super) async fn answer(shared: &Shared, path: &[&str], request: Request) -> Response {
    let body = to_bytes(request.into_body(), 64 << 10).await.unwrap_or_default();
    let form = String::from_utf8_lossy(&body).into_owned();
    let has = |key: &str, wanted: &str| form.split('&').any(|pair| pair == format!("{key}={wanted}"));
    if !has("client_id", CLIENT_ID) {
        return json(404, &value!({"error": "Not Found"}));
    }
    match path {
        ["login", "device", "code"] => json(
            200,
            &value!({"device_code": DEVICE_CODE, "user_code": USER_CODE, "expires_in": 900, "interval": shared.interval,
                "verification_uri": format!("{}/web/login/device", shared.base)}),
        ),
        ["login", "oauth", "access_token"] if !has("device_code", DEVICE_CODE) => json(
            200,
            &value!({"error": "incorrect_device_code", "error_description": "The device_code provided is not valid."}),
        ),
        ["login", "oauth", "access_token"] => json(200, &said(*lock(&shared.person))),
        _ => json(404, &value!({"message": "Not Found"})),
    }
}

fn said(person: Person) -> serde_json::Value {
    let error = |name: &str, text: &str| value!({"error": name, "error_description": text, "error_uri": "https://docs.github.com"});
    match person {
        Person::Away => error("authorization_pending", "The authorization request is still pending."),
        Person::Rushed => {
            let mut out = error("slow_down", "Too many requests have been made in the same timeframe.");
            out["interval"] = value!(10);
            out
        }
        Person::Agreed => value!({"access_token": TOKEN, "token_type": "bearer", "scope": ""}),
        Person::Refused => error("access_denied", "The authorization request was denied."),
        Person::Late => error("expired_token", "The device_code has expired."),
    }
}
