//! Layering, unsafe and style fences.
