-- One text for SQLite and PostgreSQL: ids and JSON are TEXT, times are BIGINT milliseconds since 1970, yes/no is INTEGER,
-- sealed bytes are base64 TEXT. Never change this file once it is released: add another one (see FROZEN).

-- A configured server. Secrets stand beside it, sealed.
CREATE TABLE deployments (
    id            TEXT   NOT NULL PRIMARY KEY,
    slug          TEXT   NOT NULL UNIQUE,
    title         TEXT   NOT NULL,
    target        TEXT   NOT NULL,
    source        TEXT   NOT NULL,
    manifest      TEXT   NOT NULL,
    revision      TEXT,
    answers       TEXT   NOT NULL,
    allow_scripts TEXT   NOT NULL,
    warnings      TEXT   NOT NULL,
    desired       TEXT   NOT NULL,
    installed     TEXT,
    created_at    BIGINT NOT NULL
);

-- Sealed answers, bound to deployment and field by the vault.
CREATE TABLE secrets (
    deployment TEXT NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
    field      TEXT NOT NULL,
    key_id     TEXT NOT NULL,
    data       TEXT NOT NULL,
    PRIMARY KEY (deployment, field)
);

-- Every change of a deployment's status. `seq` orders them whatever the clock does.
CREATE TABLE events (
    deployment TEXT   NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
    seq        BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    status     TEXT   NOT NULL,
    PRIMARY KEY (deployment, seq)
);

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- What client apps show to the relay. `allows` is a JSON list of deployment ids, or NULL for all.
CREATE TABLE tokens (
    id           TEXT   NOT NULL PRIMARY KEY,
    client       TEXT   NOT NULL,
    hash         TEXT   NOT NULL UNIQUE,
    key_id       TEXT   NOT NULL,
    data         TEXT   NOT NULL,
    allows       TEXT,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at   BIGINT
);

-- Cache of analyses by the source's short form.
CREATE TABLE analyses (
    source     TEXT   NOT NULL PRIMARY KEY,
    analysis   TEXT   NOT NULL,
    fetched_at BIGINT NOT NULL
);

-- What was written into client apps' files. Kept after the deployment is gone: the file may still name it.
CREATE TABLE links (
    id         TEXT   NOT NULL PRIMARY KEY,
    client     TEXT   NOT NULL,
    deployment TEXT,
    entry      TEXT   NOT NULL,
    file       TEXT   NOT NULL,
    backup     TEXT,
    hash_after TEXT   NOT NULL,
    applied_at BIGINT NOT NULL,
    undone_at  BIGINT
);

-- At most one row: which key sealed the secrets, and the record that recognises it.
CREATE TABLE vault_key (
    one        INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    key_id     TEXT    NOT NULL,
    sealed     TEXT    NOT NULL,
    created_at BIGINT  NOT NULL
);

-- Append-only record; each hash covers the row and the hash before it.
CREATE TABLE audit (
    seq     BIGINT NOT NULL PRIMARY KEY,
    at      BIGINT NOT NULL,
    actor   TEXT   NOT NULL,
    action  TEXT   NOT NULL,
    subject TEXT   NOT NULL,
    detail  TEXT   NOT NULL,
    hash    TEXT   NOT NULL
);
