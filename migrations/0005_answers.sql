-- What GitHub answered and under which tag, so that asking again after a restart costs nothing either. Only a cache.
CREATE TABLE answers (
    question TEXT NOT NULL PRIMARY KEY,
    tag      TEXT NOT NULL,
    body     TEXT NOT NULL,
    kept_at  BIGINT NOT NULL
);
