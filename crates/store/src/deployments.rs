//! Configured servers.

use crate::convert::{Reader, is_taken, json, plain, word};
use crate::{Error, Sealed, Store, secrets};
use catwalk_domain::{Analysis, Deployment, DeploymentId, Desired, FieldKey, Installed, Slug};
use sqlx::Any;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use std::collections::BTreeMap;

/// A deployment whose row cannot be read, for the doctor: it is left out of lists, never deleted.
#[derive(Debug)]
pub struct Unreadable {
    /// Its id, as stored.
    pub id: String,
    /// Its name in the endpoint, as stored.
    pub slug: String,
    /// Why.
    pub error: Error,
}

/// The configured servers.
pub struct Deployments<'a>(pub(crate) &'a Store);

impl Deployments<'_> {
    /// Adds a deployment with its sealed secrets, all or nothing. Fails with [`Error::SlugTaken`] when another one has
    /// its name.
    pub async fn insert(&self, deployment: &Deployment, secrets: &[(FieldKey, Sealed)]) -> Result<(), Error> {
        let mut transaction = self.0.begin().await?;
        let query = sqlx::query(
            "INSERT INTO deployments \
             (id, slug, title, target, source, manifest, revision, answers, allow_scripts, warnings, desired, installed, \
             created_at, isolated) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        );
        let query = query
            .bind(deployment.id.to_string())
            .bind(deployment.slug.as_str())
            .bind(plain(&deployment.title))
            .bind(word(&deployment.target)?)
            .bind(json(&deployment.source)?)
            .bind(json(&deployment.manifest)?)
            .bind(deployment.commit.as_deref().map(plain))
            .bind(json(&deployment.answers)?)
            .bind(json(&deployment.allow_scripts)?)
            .bind(json(&deployment.warnings)?)
            .bind(word(&deployment.desired)?)
            .bind(deployment.installed.as_ref().map(json).transpose()?)
            .bind(deployment.created_at)
            .bind(i32::from(deployment.isolated));
        query.execute(&mut *transaction).await.map_err(|error| slug_error(error, &deployment.slug))?;
        for (field, sealed) in secrets {
            secrets::put(&mut transaction, deployment.id, field, sealed).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// One deployment.
    pub async fn get(&self, id: DeploymentId) -> Result<Option<Deployment>, Error> {
        let query = sqlx::query("SELECT * FROM deployments WHERE id = $1").bind(id.to_string());
        query.fetch_optional(&self.0.pool).await?.as_ref().map(read).transpose()
    }

    /// The deployment with this name in its endpoint.
    pub async fn get_by_slug(&self, slug: &Slug) -> Result<Option<Deployment>, Error> {
        let query = sqlx::query("SELECT * FROM deployments WHERE slug = $1").bind(slug.as_str());
        query.fetch_optional(&self.0.pool).await?.as_ref().map(read).transpose()
    }

    /// All that can be read, oldest first. A row that cannot be read must not keep the others from running: it is
    /// logged, left out, and told by [`Self::unreadable`].
    pub async fn list(&self) -> Result<Vec<Deployment>, Error> {
        let mut found = Vec::new();
        for row in &self.rows().await? {
            match read(row) {
                Ok(deployment) => found.push(deployment),
                Err(error) => tracing::error!(%error, "a deployment is left out"),
            }
        }
        Ok(found)
    }

    /// What [`Self::list`] left out.
    pub async fn unreadable(&self) -> Result<Vec<Unreadable>, Error> {
        let mut found = Vec::new();
        for row in &self.rows().await? {
            if let Err(error) = read(row) {
                let row = Reader { table: "deployments", row };
                found.push(Unreadable { id: row.text("id")?, slug: row.text("slug")?, error });
            }
        }
        Ok(found)
    }

    /// What the user wants of it.
    pub async fn set_desired(&self, id: DeploymentId, desired: Desired) -> Result<(), Error> {
        let query = sqlx::query("UPDATE deployments SET desired = $2 WHERE id = $1");
        self.update(id, query.bind(id.to_string()).bind(word(&desired)?)).await
    }

    /// Whether each session of an AI app gets a process of its own.
    pub async fn set_isolated(&self, id: DeploymentId, isolated: bool) -> Result<(), Error> {
        let query = sqlx::query("UPDATE deployments SET isolated = $2 WHERE id = $1");
        self.update(id, query.bind(id.to_string()).bind(i32::from(isolated))).await
    }

    /// What is on disk.
    pub async fn set_installed(&self, id: DeploymentId, installed: Option<&Installed>) -> Result<(), Error> {
        let query = sqlx::query("UPDATE deployments SET installed = $2 WHERE id = $1");
        self.update(id, query.bind(id.to_string()).bind(installed.map(json).transpose()?)).await
    }

    /// Its name for people.
    pub async fn rename(&self, id: DeploymentId, title: &str) -> Result<(), Error> {
        let query = sqlx::query("UPDATE deployments SET title = $2 WHERE id = $1");
        self.update(id, query.bind(id.to_string()).bind(plain(title))).await
    }

    /// Its name in the endpoint; client apps that hold the old one must be told.
    pub async fn set_slug(&self, id: DeploymentId, slug: &Slug) -> Result<(), Error> {
        let query = sqlx::query("UPDATE deployments SET slug = $2 WHERE id = $1");
        match self.update(id, query.bind(id.to_string()).bind(slug.as_str())).await {
            Err(Error::Sql(error)) => Err(slug_error(error, slug)),
            other => other,
        }
    }

    /// Packages whose install scripts the user allowed.
    pub async fn set_allow_scripts(&self, id: DeploymentId, packages: &[String]) -> Result<(), Error> {
        let query = sqlx::query("UPDATE deployments SET allow_scripts = $2 WHERE id = $1");
        self.update(id, query.bind(id.to_string()).bind(json(packages)?)).await
    }

    /// What a new analysis found (an update): the manifest, the commit it was read at, and what to know about it.
    pub async fn set_analysis(&self, id: DeploymentId, analysis: &Analysis) -> Result<(), Error> {
        let query = sqlx::query("UPDATE deployments SET manifest = $2, revision = $3, warnings = $4 WHERE id = $1");
        let query = query.bind(id.to_string()).bind(json(&analysis.manifest)?);
        let query = query.bind(analysis.commit.as_deref().map(plain)).bind(json(&analysis.warnings)?);
        self.update(id, query).await
    }

    /// New answers, all or nothing: the plain ones replace all that were there; of the sealed ones `changed` replaces or
    /// adds, `removed` takes away, and the rest stays (the form does not show them, so it cannot send them back).
    pub async fn set_answers(
        &self,
        id: DeploymentId,
        answers: &BTreeMap<FieldKey, Vec<String>>,
        changed: &[(FieldKey, Sealed)],
        removed: &[FieldKey],
    ) -> Result<(), Error> {
        let mut transaction = self.0.begin().await?;
        let query = sqlx::query("UPDATE deployments SET answers = $2 WHERE id = $1");
        let query = query.bind(id.to_string()).bind(json(answers)?);
        if query.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Err(Error::NoDeployment(id));
        }
        for field in removed {
            let query = sqlx::query("DELETE FROM secrets WHERE deployment = $1 AND field = $2");
            query.bind(id.to_string()).bind(&field.0).execute(&mut *transaction).await?;
        }
        for (field, sealed) in changed {
            secrets::put(&mut transaction, id, field, sealed).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Removes it with its secrets and events. Says whether it was there.
    pub async fn delete(&self, id: DeploymentId) -> Result<bool, Error> {
        let query = sqlx::query("DELETE FROM deployments WHERE id = $1").bind(id.to_string());
        Ok(query.execute(&self.0.pool).await?.rows_affected() > 0)
    }

    async fn rows(&self) -> Result<Vec<AnyRow>, Error> {
        Ok(sqlx::query("SELECT * FROM deployments ORDER BY created_at, id").fetch_all(&self.0.pool).await?)
    }

    async fn update(&self, id: DeploymentId, query: Query<'_, Any, AnyArguments>) -> Result<(), Error> {
        match query.execute(&self.0.pool).await?.rows_affected() {
            0 => Err(Error::NoDeployment(id)),
            _ => Ok(()),
        }
    }
}

fn slug_error(error: sqlx::Error, slug: &Slug) -> Error {
    if is_taken(&error, "slug") { Error::SlugTaken { slug: slug.clone() } } else { error.into() }
}

fn read(row: &AnyRow) -> Result<Deployment, Error> {
    let row = Reader { table: "deployments", row };
    Ok(Deployment {
        id: row.parse("id")?,
        slug: row.word("slug")?,
        title: row.text("title")?,
        target: row.word("target")?,
        source: row.json("source")?,
        manifest: row.json("manifest")?,
        commit: row.text_if("revision")?,
        answers: row.json("answers")?,
        allow_scripts: row.json("allow_scripts")?,
        warnings: row.json("warnings")?,
        desired: row.word("desired")?,
        isolated: row.number("isolated")? != 0,
        installed: row.json_if("installed")?,
        created_at: row.number("created_at")?,
    })
}
