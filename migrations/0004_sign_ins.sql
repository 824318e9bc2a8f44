-- What signing in to a hosted server gave (tokens, and whom we are to the one who gave them), sealed.
CREATE TABLE sign_ins (
    deployment TEXT NOT NULL PRIMARY KEY REFERENCES deployments (id) ON DELETE CASCADE,
    key_id     TEXT NOT NULL,
    data       TEXT NOT NULL
);
