//! Load and unload, in order and in reverse.
