//! Many servers at one address, before real child processes.

mod lists;
mod modern;
mod on_demand;
mod requests;
mod support;
mod who;
