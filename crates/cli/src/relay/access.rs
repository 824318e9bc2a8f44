//! Who may call a relay that has one server and one user: whoever has its token.

use anyhow::{Context, anyhow, bail};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use catwalk_domain::{DeploymentId, Secret, Slug};
use catwalk_relay::{Allows, Budget, Routes, TokenRule};
use sha2::{Digest, Sha256};

/// A shorter token could be guessed.
const SHORTEST: usize = 16;

/// The token: a new one, or the value of an environment variable.
pub(super) fn token(variable: Option<&str>) -> anyhow::Result<Secret<String>> {
    let Some(variable) = variable else {
        let mut random = [0_u8; 32];
        getrandom::fill(&mut random).map_err(|error| anyhow!("the system gave no random numbers: {error}"))?;
        return Ok(Secret::new(format!("cw_{}", URL_SAFE_NO_PAD.encode(random))));
    };
    let token = Secret::new(std::env::var(variable).with_context(|| format!("no token in `{variable}`"))?);
    if token.expose().len() < SHORTEST || !token.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
        bail!("the token in `{variable}` must have at least {SHORTEST} printable ASCII characters");
    }
    Ok(token)
}

/// One server, one token, and one for the counters if they are to be read.
pub(super) fn routes(
    id: DeploymentId,
    slug: Slug,
    token: &Secret<String>,
    metrics: Option<&Secret<String>>,
    isolated: bool,
) -> Routes {
    let rule = TokenRule {
        id: "relay".to_owned(),
        hash: hash(token),
        client: "relay".to_owned(),
        allows: Allows::All,
        budget: Budget::default(),
    };
    let isolated = isolated.then_some(id).into_iter().collect();
    let (deployments, metrics) = ([(slug, id)].into(), metrics.map(hash));
    Routes { deployments, tokens: vec![rule], isolated, metrics, ..Routes::default() }
}

fn hash(token: &Secret<String>) -> [u8; 32] {
    Sha256::digest(token.expose().as_bytes()).into()
}
