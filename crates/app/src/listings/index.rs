//! The search index while somebody searches.

use crate::lock::lock;
use catwalk_analysis::registry::Index;
use catwalk_domain::{Millis, Problem};
use catwalk_store::Catalog;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Nobody searched for this long: the memory is worth more.
const IDLE: Duration = Duration::from_mins(10);

/// The index, if there is one now.
#[derive(Debug, Default)]
pub(super) struct Held {
    index: Mutex<Option<(Arc<Index>, Instant)>>,
    /// One builds, the others wait for it.
    building: tokio::sync::Mutex<()>,
}

impl Held {
    pub(super) async fn get(&self, catalog: &Catalog, now: Millis) -> Result<Arc<Index>, Problem> {
        if let Some(index) = self.used() {
            return Ok(index);
        }
        let _turn = self.building.lock().await;
        match self.used() {
            Some(index) => Ok(index),
            None => self.build(catalog, now).await,
        }
    }

    /// Builds it again from what is there now, if there is one. Who searches meanwhile gets the old one.
    pub(super) async fn renew(&self, catalog: &Catalog, now: Millis) -> Result<(), Problem> {
        let _turn = self.building.lock().await;
        if lock(&self.index).is_some() {
            self.build(catalog, now).await?;
        }
        Ok(())
    }

    /// Lets it go when nobody has searched for long.
    pub(super) fn rest(&self) {
        lock(&self.index).take_if(|(_, used)| used.elapsed() > IDLE);
    }

    fn used(&self) -> Option<Arc<Index>> {
        let mut held = lock(&self.index);
        let (index, used) = held.as_mut()?;
        *used = Instant::now();
        Some(index.clone())
    }

    async fn build(&self, catalog: &Catalog, now: Millis) -> Result<Arc<Index>, Problem> {
        let all = catalog.all().await.map_err(|e| e.problem())?;
        let built = tokio::task::spawn_blocking(move || Arc::new(Index::of(&all, now))).await;
        let index = built.map_err(|e| crate::error::internal("The search cannot be made ready", &e))?;
        *lock(&self.index) = Some((index.clone(), Instant::now()));
        Ok(index)
    }
}
