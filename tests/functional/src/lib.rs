//! One file per behaviour of the shipped image.
