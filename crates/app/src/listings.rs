//! Search of the public lists of servers, in a copy that works offline and is brought up to date in the background.
//!
//! The copy is a file of its own (`store::Catalog`), its index is built when somebody searches and let go when nobody does.
//! Nothing is fetched before the first search: who never looks for servers has no copy.

mod glama;
mod index;
mod refresh;

use crate::App;
use crate::clock::now;
use crate::views::{CatalogStatus, Found};
use catwalk_analysis::Icons;
use catwalk_analysis::registry::Bookmark;
use catwalk_domain::{Analysis, Listing, Millis, Problem};
use catwalk_store::Catalog;
use glama::Glama;
pub(crate) use glama::KEY as GLAMA_KEY;
use index::Held;
use refresh::Progress;
use std::path::PathBuf;
use std::sync::OnceLock;
use tokio::sync::OnceCell;

/// Most answers to one question.
const MOST: usize = 30;
/// How long a picture is good, and how long a host without one is left alone.
const PICTURE: Millis = 30 * 24 * 3600 * 1000;
const PICTURES: i64 = 2000;

/// The copy with its index.
#[derive(Debug)]
pub struct Listings {
    file: PathBuf,
    catalog: OnceCell<Catalog>,
    index: Held,
    progress: Progress,
    glama: Glama,
    /// Made for the first picture: a client costs more than anything else here.
    icons: OnceLock<Option<Icons>>,
}

impl Listings {
    /// With the copy in this file, which is not opened yet.
    pub fn new(file: PathBuf) -> Self {
        let (index, progress, glama) = (Held::default(), Progress::default(), Glama::default());
        Self { file, catalog: OnceCell::new(), index, progress, glama, icons: OnceLock::new() }
    }

    /// The copy.
    ///
    /// # Errors
    /// When its file can neither be read nor made.
    pub async fn catalog(&self) -> Result<&Catalog, Problem> {
        self.catalog.get_or_try_init(|| Catalog::open(&self.file)).await.map_err(|e| e.problem())
    }

    /// The best matches. A question without words is answered with what is worth most.
    ///
    /// # Errors
    /// When the copy cannot be read.
    pub async fn search(&self, question: &str, now: Millis) -> Result<Vec<Listing>, Problem> {
        let catalog = self.catalog().await?;
        let index = self.index.get(catalog, now).await?;
        catalog.named(&index.search(question, MOST)).await.map_err(|e| e.problem())
    }

    /// How old the copy is and what is being done about it.
    async fn status(&self) -> Result<CatalogStatus, Problem> {
        let catalog = self.catalog().await?;
        let place: Bookmark = catalog.place().await.map_err(|e| e.problem())?.unwrap_or_default();
        let entries = catalog.count().await.map_err(|e| e.problem())?;
        let (refreshing, problem) = self.progress.told();
        let entries = u32::try_from(entries).unwrap_or(u32::MAX);
        Ok(CatalogStatus { entries, complete: place.is_complete(), synced_at: place.synced_at, refreshing, problem })
    }

    async fn close(&self) {
        if let Some(catalog) = self.catalog.get() {
            catalog.close().await;
        }
    }
}

impl App {
    /// Searches the copy of the MCP Registry. The first search begins it.
    ///
    /// # Errors
    /// When the copy cannot be read.
    pub async fn search_listings(&self, question: &str) -> Result<Found, Problem> {
        let listings = self.listings().search(question, now()).await?;
        self.keep_listings();
        Ok(Found { listings, status: self.listings().status().await? })
    }

    /// How old the copy is and what is being done about it.
    ///
    /// # Errors
    /// When the copy cannot be read.
    pub async fn listings_status(&self) -> Result<CatalogStatus, Problem> {
        self.listings().status().await
    }

    /// A listed server's picture as a `data:` address, if it has one that may be shown.
    ///
    /// # Errors
    /// When the copy cannot be read.
    pub async fn listing_icon(&self, name: &str) -> Result<Option<String>, Problem> {
        let catalog = self.listings().catalog().await?;
        let found = catalog.named(&[name]).await.map_err(|e| e.problem())?;
        let Some(address) = found.into_iter().next().and_then(|l| l.icon) else { return Ok(None) };
        if let Some(kept) = catalog.icon(&address, now() - PICTURE).await.map_err(|e| e.problem())? {
            return Ok(kept);
        }
        let Some(icons) = self.listings().icons.get_or_init(|| Icons::new().ok()) else { return Ok(None) };
        let picture = icons.fetch(&address).await;
        catalog.keep_icon(&address, picture.as_deref(), now(), PICTURES).await.map_err(|e| e.problem())?;
        Ok(picture)
    }

    /// A listed server's analysis, where the text is the name of one.
    pub(crate) async fn analyze_listed(&self, text: &str) -> Option<Result<Analysis, Problem>> {
        let name = text.trim();
        // Names of the registry have a domain before the slash; a GitHub `owner/repo` has none.
        if !name.split_once('/').is_some_and(|(space, rest)| space.contains('.') && !rest.contains(['/', ':', ' '])) {
            return None;
        }
        let catalog = self.listings().catalog().await.ok()?;
        let (listing, document) = catalog.document(name).await.ok()??;
        Some(self.analyzer().analyze_listed(&listing, &document, now()).await.map_err(|e| e.problem()))
    }

    pub(crate) async fn close_listings(&self) {
        self.listings().close().await;
    }
}
