//! Hand-kept declarations of NDIS, NDKPI and WSK, with no logic.
