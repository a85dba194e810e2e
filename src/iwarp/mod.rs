//! iWARP with no I/O, locks or clock: MPA (RFC 5044, 6581), DDP (RFC 5041), RDMAP (RFC 5040).
