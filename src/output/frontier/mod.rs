//! Bytes from a frontier.
