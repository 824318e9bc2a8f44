-- Whether each session of an AI app gets a process of its own, for servers that keep one user's state in the process.
ALTER TABLE deployments ADD COLUMN isolated INTEGER NOT NULL DEFAULT 0;
