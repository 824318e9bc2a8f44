//! Tests of tarballs.
