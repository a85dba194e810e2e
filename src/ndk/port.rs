//! The map between ND ports and TCP ports (NDK-CON-18).
//!
//! iWARP shares TCP's port space. SMB Direct uses ND port 445, where the host's own SMB server
//! already listens with TCP, so ND 445 travels as TCP 5445 (IANA `smbdirect`). A keyword of the
//! adapter turns the map off. Pure: called by the connector and the listener.

use crate::rdma::SMB_DIRECT_PORT;

/// The ND port of SMB.
const SMB: u16 = 445;

/// Whether ND ports are mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PortMap {
    /// ND 445 is TCP 5445, every other port is itself.
    SmbDirect,
    /// Every ND port is the TCP port of the same number.
    Off,
}

impl PortMap {
    /// The TCP port that carries ND port `nd`.
    pub(crate) fn to_tcp(self, nd: u16) -> u16 {
        match self {
            Self::SmbDirect if nd == SMB => SMB_DIRECT_PORT,
            Self::SmbDirect | Self::Off => nd,
        }
    }

    /// Whether several ND ports travel as TCP port `tcp`.
    pub(crate) fn is_shared(self, tcp: u16) -> bool {
        self == Self::SmbDirect && tcp == SMB_DIRECT_PORT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // MS-SMBD-2.1-1.
    #[test]
    fn smb_travels_as_smb_direct() {
        assert_eq!(PortMap::SmbDirect.to_tcp(445), 5445);
    }

    #[test]
    fn other_ports_are_themselves() {
        for port in [0, 1, 444, 446, 5445, 49152, u16::MAX] {
            assert_eq!(PortMap::SmbDirect.to_tcp(port), port);
        }
    }

    #[test]
    fn one_tcp_port_is_shared() {
        assert!(PortMap::SmbDirect.is_shared(5445));
        assert!(!PortMap::SmbDirect.is_shared(445) && !PortMap::Off.is_shared(5445));
    }

    #[test]
    fn the_keyword_turns_the_map_off() {
        assert_eq!(PortMap::Off.to_tcp(445), 445);
    }
}
