//! The network adapter as NDIS sees it.
