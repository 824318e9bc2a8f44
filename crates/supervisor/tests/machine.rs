//! The state machine in virtual time: the rules one by one, then millions of random steps against a model of the app.

mod rules;
mod storm;
mod world;
