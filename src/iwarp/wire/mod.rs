//! Headers as they stand on the wire. Each file has a view (bytes in network order that carry
//! their field names), an owned form, and the way between the two, which is where fields are
//! checked. Nothing here knows about connections.

pub(super) mod ddp;
pub(super) mod fpdu;
pub(super) mod head;
pub(super) mod mpa;
pub(super) mod rdmap;
pub(super) mod terminate;
