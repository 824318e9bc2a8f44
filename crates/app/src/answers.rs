//! What GitHub answered, kept in the database, so that asking again after a restart costs nothing either.

use crate::clock::now;
use catwalk_analysis::{Later, Shelf, Shelved};
use catwalk_store::Store;

/// The database as the analyzer's shelf.
pub(crate) struct Answers(pub(crate) Store);

impl Shelf for Answers {
    fn get<'a>(&'a self, question: &'a str) -> Later<'a, Option<Shelved>> {
        Box::pin(async move {
            let (tag, body) = self.0.answers().get(question).await.ok()??;
            Some(Shelved { tag, body })
        })
    }

    fn put<'a>(&'a self, question: &'a str, answer: Shelved) -> Later<'a, ()> {
        Box::pin(async move {
            if let Err(error) = self.0.answers().put(question, &answer.tag, &answer.body, now()).await {
                tracing::debug!(%error, "an answer of GitHub was not kept");
            }
        })
    }
}
