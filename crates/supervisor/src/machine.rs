//! The pure state machine of a deployment (being written).
