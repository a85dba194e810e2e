//! IP addresses of interfaces (`netioapi.h`, `ifdef.h`, `nldef.h`): which are ours, and changes of them.

use super::sockaddr::SOCKADDR_INET;
use super::types::*;

/// An interface for as long as it is installed. `Info` packs reserved bits, index and type.
#[repr(C)]
#[derive(Clone, Copy)]
pub union NET_LUID {
    pub Value: u64,
    pub Info: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct SCOPE_ID {
    pub Value: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct MIB_UNICASTIPADDRESS_ROW {
    pub Address: SOCKADDR_INET,
    pub InterfaceLuid: NET_LUID,
    pub InterfaceIndex: u32,
    pub PrefixOrigin: NL_PREFIX_ORIGIN,
    pub SuffixOrigin: NL_SUFFIX_ORIGIN,
    pub ValidLifetime: u32,
    pub PreferredLifetime: u32,
    pub OnLinkPrefixLength: u8,
    pub SkipAsSource: u8,
    pub DadState: NL_DAD_STATE,
    pub ScopeId: SCOPE_ID,
    pub CreationTimeStamp: i64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct MIB_UNICASTIPADDRESS_TABLE {
    pub NumEntries: u32,
    pub Table: [MIB_UNICASTIPADDRESS_ROW; 1],
}

pub type NL_PREFIX_ORIGIN = i32;
pub const IpPrefixOriginDhcp: NL_PREFIX_ORIGIN = 3;
pub const IpPrefixOriginManual: NL_PREFIX_ORIGIN = 1;
pub const IpPrefixOriginOther: NL_PREFIX_ORIGIN = 0;
pub const IpPrefixOriginRouterAdvertisement: NL_PREFIX_ORIGIN = 4;
pub const IpPrefixOriginUnchanged: NL_PREFIX_ORIGIN = 16;
pub const IpPrefixOriginWellKnown: NL_PREFIX_ORIGIN = 2;

pub type NL_SUFFIX_ORIGIN = i32;
pub const IpSuffixOriginDhcp: NL_SUFFIX_ORIGIN = 3;
pub const IpSuffixOriginLinkLayerAddress: NL_SUFFIX_ORIGIN = 4;
pub const IpSuffixOriginManual: NL_SUFFIX_ORIGIN = 1;
pub const IpSuffixOriginOther: NL_SUFFIX_ORIGIN = 0;
pub const IpSuffixOriginRandom: NL_SUFFIX_ORIGIN = 5;
pub const IpSuffixOriginUnchanged: NL_SUFFIX_ORIGIN = 16;
pub const IpSuffixOriginWellKnown: NL_SUFFIX_ORIGIN = 2;

pub type NL_DAD_STATE = i32;
pub const IpDadStateDeprecated: NL_DAD_STATE = 3;
pub const IpDadStateDuplicate: NL_DAD_STATE = 2;
pub const IpDadStateInvalid: NL_DAD_STATE = 0;
pub const IpDadStatePreferred: NL_DAD_STATE = 4;
pub const IpDadStateTentative: NL_DAD_STATE = 1;

pub type MIB_NOTIFICATION_TYPE = i32;
pub const MibAddInstance: MIB_NOTIFICATION_TYPE = 1;
pub const MibDeleteInstance: MIB_NOTIFICATION_TYPE = 2;
pub const MibInitialNotification: MIB_NOTIFICATION_TYPE = 3;
pub const MibParameterNotification: MIB_NOTIFICATION_TYPE = 0;

pub type PUNICAST_IPADDRESS_CHANGE_CALLBACK = Option<
    unsafe extern "win64" fn(
        CallerContext: PVOID,
        Row: *mut MIB_UNICASTIPADDRESS_ROW,
        NotificationType: MIB_NOTIFICATION_TYPE,
    ),
>;

zeroable!(
    NET_LUID,
    SCOPE_ID,
    MIB_UNICASTIPADDRESS_ROW,
    MIB_UNICASTIPADDRESS_TABLE,
);
