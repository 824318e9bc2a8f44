-- What the relay would otherwise forget when Catwalk ends. Both tables may be emptied at any time.

-- Sessions that AI apps have open: after a restart they go on. Of a session's id only the hash is kept, so that nobody can
-- take one over who reads this.
CREATE TABLE sessions (
    hash    TEXT   NOT NULL PRIMARY KEY,
    token   TEXT   NOT NULL REFERENCES tokens (id) ON DELETE CASCADE,
    session TEXT   NOT NULL,
    used_at BIGINT NOT NULL
);

-- What servers last said of themselves and their tools: AI apps get it while a server is still starting.
CREATE TABLE snapshots (
    deployment TEXT   NOT NULL PRIMARY KEY REFERENCES deployments (id) ON DELETE CASCADE,
    snapshot   TEXT   NOT NULL,
    taken_at   BIGINT NOT NULL
);
