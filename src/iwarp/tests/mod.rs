//! The machine against published frames, against a hostile peer, and against itself.

mod effects;
mod exhaustive;
mod hostile;
mod markers;
mod messages;
mod oracle;
mod pair;
mod phases;
mod properties;
mod rates;
mod ready;
mod rfc;
mod startup;
mod states;
mod support;
mod terminates;
mod traces;
mod vectors;
