//! Socket addresses (`ws2def.h`, `ws2ipdef.h`, `in6addr.h`). Ports and addresses are in network order.

use super::types::zeroable;

/// Any address: the family says which.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SOCKADDR {
    pub sa_family: u16,
    pub sa_data: [u8; 14],
}

/// An IPv4 address, as one word or byte by byte (most significant first).
#[repr(C)]
#[derive(Clone, Copy)]
pub union IN_ADDR {
    pub S_addr: u32,
    pub S_un_b: [u8; 4],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub union IN6_ADDR {
    pub Byte: [u8; 16],
    pub Word: [u16; 8],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct SOCKADDR_IN {
    pub sin_family: u16,
    pub sin_port: u16,
    pub sin_addr: IN_ADDR,
    pub sin_zero: [i8; 8],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct SOCKADDR_IN6 {
    pub sin6_family: u16,
    pub sin6_port: u16,
    pub sin6_flowinfo: u32,
    pub sin6_addr: IN6_ADDR,
    pub sin6_scope_id: u32,
}

/// An IPv4 or IPv6 address: `si_family` overlays the family of either.
#[repr(C)]
#[derive(Clone, Copy)]
pub union SOCKADDR_INET {
    pub Ipv4: SOCKADDR_IN,
    pub Ipv6: SOCKADDR_IN6,
    pub si_family: u16,
}

/// Room for any address.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SOCKADDR_STORAGE {
    pub ss_family: u16,
    pub __ss_pad1: [i8; 6],
    pub __ss_align: i64,
    pub __ss_pad2: [i8; 112],
}

pub const AF_UNSPEC: u16 = 0;
pub const AF_INET: u16 = 2;
pub const AF_INET6: u16 = 0x17;

zeroable!(
    SOCKADDR,
    IN_ADDR,
    IN6_ADDR,
    SOCKADDR_IN,
    SOCKADDR_IN6,
    SOCKADDR_INET,
    SOCKADDR_STORAGE,
);
