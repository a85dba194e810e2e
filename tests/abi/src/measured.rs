//! Written by `generate`: do not edit. `UPDATE_ABI=1 cargo test -p softrnic-abi` renews it.

#![cfg_attr(rustfmt, rustfmt_skip)]

use crate::{Constant, Function, Layout};
use std::mem::{align_of, offset_of, size_of};

const fn field<T, F>(_: fn(*const T) -> *const F) -> usize {
    size_of::<F>()
}

pub mod sys {
    use super::*;
    use softrnic::sys::*;

    pub const LAYOUTS: &[Layout] = &[
        Layout { owner: "BINARY_DATA", path: "", offset: 0, size: size_of::<BINARY_DATA>(), align: align_of::<BINARY_DATA>() },
        Layout { owner: "BINARY_DATA", path: "Length", offset: offset_of!(BINARY_DATA, Length), // SAFETY: only the type of the place is used.
            size: field(|it: *const BINARY_DATA| unsafe { &raw const (*it).Length }), align: 0 },
        Layout { owner: "BINARY_DATA", path: "Buffer", offset: offset_of!(BINARY_DATA, Buffer), // SAFETY: only the type of the place is used.
            size: field(|it: *const BINARY_DATA| unsafe { &raw const (*it).Buffer }), align: 0 },
        Layout { owner: "GUID", path: "", offset: 0, size: size_of::<GUID>(), align: align_of::<GUID>() },
        Layout { owner: "GUID", path: "Data1", offset: offset_of!(GUID, Data1), // SAFETY: only the type of the place is used.
            size: field(|it: *const GUID| unsafe { &raw const (*it).Data1 }), align: 0 },
        Layout { owner: "GUID", path: "Data2", offset: offset_of!(GUID, Data2), // SAFETY: only the type of the place is used.
            size: field(|it: *const GUID| unsafe { &raw const (*it).Data2 }), align: 0 },
        Layout { owner: "GUID", path: "Data3", offset: offset_of!(GUID, Data3), // SAFETY: only the type of the place is used.
            size: field(|it: *const GUID| unsafe { &raw const (*it).Data3 }), align: 0 },
        Layout { owner: "GUID", path: "Data4", offset: offset_of!(GUID, Data4), // SAFETY: only the type of the place is used.
            size: field(|it: *const GUID| unsafe { &raw const (*it).Data4 }), align: 0 },
        Layout { owner: "IN6_ADDR", path: "", offset: 0, size: size_of::<IN6_ADDR>(), align: align_of::<IN6_ADDR>() },
        Layout { owner: "IN6_ADDR", path: "u.Byte", offset: offset_of!(IN6_ADDR, Byte), // SAFETY: only the type of the place is used.
            size: field(|it: *const IN6_ADDR| unsafe { &raw const (*it).Byte }), align: 0 },
        Layout { owner: "IN6_ADDR", path: "u.Word", offset: offset_of!(IN6_ADDR, Word), // SAFETY: only the type of the place is used.
            size: field(|it: *const IN6_ADDR| unsafe { &raw const (*it).Word }), align: 0 },
        Layout { owner: "IN_ADDR", path: "", offset: 0, size: size_of::<IN_ADDR>(), align: align_of::<IN_ADDR>() },
        Layout { owner: "IN_ADDR", path: "S_un.S_addr", offset: offset_of!(IN_ADDR, S_addr), // SAFETY: only the type of the place is used.
            size: field(|it: *const IN_ADDR| unsafe { &raw const (*it).S_addr }), align: 0 },
        Layout { owner: "IN_ADDR", path: "S_un.S_un_b", offset: offset_of!(IN_ADDR, S_un_b), // SAFETY: only the type of the place is used.
            size: field(|it: *const IN_ADDR| unsafe { &raw const (*it).S_un_b }), align: 0 },
        Layout { owner: "MIB_UNICASTIPADDRESS_ROW", path: "", offset: 0, size: size_of::<MIB_UNICASTIPADDRESS_ROW>(), align: align_of::<MIB_UNICASTIPADDRESS_ROW>() },
        Layout { owner: "MIB_UNICASTIPADDRESS_ROW", path: "Address", offset: offset_of!(MIB_UNICASTIPADDRESS_ROW, Address), // SAFETY: only the type of the place is used.
            size: field(|it: *const MIB_UNICASTIPADDRESS_ROW| unsafe { &raw const (*it).Address }), align: 0 },
        Layout { owner: "MIB_UNICASTIPADDRESS_ROW", path: "InterfaceLuid", offset: offset_of!(MIB_UNICASTIPADDRESS_ROW, InterfaceLuid), // SAFETY: only the type of the place is used.
            size: field(|it: *const MIB_UNICASTIPADDRESS_ROW| unsafe { &raw const (*it).InterfaceLuid }), align: 0 },
        Layout { owner: "MIB_UNICASTIPADDRESS_ROW", path: "InterfaceIndex", offset: offset_of!(MIB_UNICASTIPADDRESS_ROW, InterfaceIndex), // SAFETY: only the type of the place is used.
            size: field(|it: *const MIB_UNICASTIPADDRESS_ROW| unsafe { &raw const (*it).InterfaceIndex }), align: 0 },
        Layout { owner: "MIB_UNICASTIPADDRESS_ROW", path: "PrefixOrigin", offset: offset_of!(MIB_UNICASTIPADDRESS_ROW, PrefixOrigin), // SAFETY: only the type of the place is used.
            size: field(|it: *const MIB_UNICASTIPADDRESS_ROW| unsafe { &raw const (*it).PrefixOrigin }), align: 0 },
        Layout { owner: "MIB_UNICASTIPADDRESS_ROW", path: "SuffixOrigin", offset: offset_of!(MIB_UNICASTIPADDRESS_ROW, SuffixOrigin), // SAFETY: only the type of the place is used.
            size: field(|it: *const MIB_UNICASTIPADDRESS_ROW| unsafe { &raw const (*it).SuffixOrigin }), align: 0 },
        Layout { owner: "MIB_UNICASTIPADDRESS_ROW", path: "ValidLifetime", offset: offset_of!(MIB_UNICASTIPADDRESS_ROW, ValidLifetime), // SAFETY: only the type of the place is used.
            size: field(|it: *const MIB_UNICASTIPADDRESS_ROW| unsafe { &raw const (*it).ValidLifetime }), align: 0 },
        Layout { owner: "MIB_UNICASTIPADDRESS_ROW", path: "PreferredLifetime", offset: offset_of!(MIB_UNICASTIPADDRESS_ROW, PreferredLifetime), // SAFETY: only the type of the place is used.
            size: field(|it: *const MIB_UNICASTIPADDRESS_ROW| unsafe { &raw const (*it).PreferredLifetime }), align: 0 },
        Layout { owner: "MIB_UNICASTIPADDRESS_ROW", path: "OnLinkPrefixLength", offset: offset_of!(MIB_UNICASTIPADDRESS_ROW, OnLinkPrefixLength), // SAFETY: only the type of the place is used.
            size: field(|it: *const MIB_UNICASTIPADDRESS_ROW| unsafe { &raw const (*it).OnLinkPrefixLength }), align: 0 },
        Layout { owner: "MIB_UNICASTIPADDRESS_ROW", path: "SkipAsSource", offset: offset_of!(MIB_UNICASTIPADDRESS_ROW, SkipAsSource), // SAFETY: only the type of the place is used.
            size: field(|it: *const MIB_UNICASTIPADDRESS_ROW| unsafe { &raw const (*it).SkipAsSource }), align: 0 },
        Layout { owner: "MIB_UNICASTIPADDRESS_ROW", path: "DadState", offset: offset_of!(MIB_UNICASTIPADDRESS_ROW, DadState), // SAFETY: only the type of the place is used.
            size: field(|it: *const MIB_UNICASTIPADDRESS_ROW| unsafe { &raw const (*it).DadState }), align: 0 },
        Layout { owner: "MIB_UNICASTIPADDRESS_ROW", path: "ScopeId", offset: offset_of!(MIB_UNICASTIPADDRESS_ROW, ScopeId), // SAFETY: only the type of the place is used.
            size: field(|it: *const MIB_UNICASTIPADDRESS_ROW| unsafe { &raw const (*it).ScopeId }), align: 0 },
        Layout { owner: "MIB_UNICASTIPADDRESS_ROW", path: "CreationTimeStamp", offset: offset_of!(MIB_UNICASTIPADDRESS_ROW, CreationTimeStamp), // SAFETY: only the type of the place is used.
            size: field(|it: *const MIB_UNICASTIPADDRESS_ROW| unsafe { &raw const (*it).CreationTimeStamp }), align: 0 },
        Layout { owner: "MIB_UNICASTIPADDRESS_TABLE", path: "", offset: 0, size: size_of::<MIB_UNICASTIPADDRESS_TABLE>(), align: align_of::<MIB_UNICASTIPADDRESS_TABLE>() },
        Layout { owner: "MIB_UNICASTIPADDRESS_TABLE", path: "NumEntries", offset: offset_of!(MIB_UNICASTIPADDRESS_TABLE, NumEntries), // SAFETY: only the type of the place is used.
            size: field(|it: *const MIB_UNICASTIPADDRESS_TABLE| unsafe { &raw const (*it).NumEntries }), align: 0 },
        Layout { owner: "MIB_UNICASTIPADDRESS_TABLE", path: "Table", offset: offset_of!(MIB_UNICASTIPADDRESS_TABLE, Table), // SAFETY: only the type of the place is used.
            size: field(|it: *const MIB_UNICASTIPADDRESS_TABLE| unsafe { &raw const (*it).Table }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "", offset: 0, size: size_of::<NDIS_BIND_PARAMETERS>(), align: align_of::<NDIS_BIND_PARAMETERS>() },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "Header", offset: offset_of!(NDIS_BIND_PARAMETERS, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "ProtocolSection", offset: offset_of!(NDIS_BIND_PARAMETERS, ProtocolSection), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).ProtocolSection }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "AdapterName", offset: offset_of!(NDIS_BIND_PARAMETERS, AdapterName), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).AdapterName }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "PhysicalDeviceObject", offset: offset_of!(NDIS_BIND_PARAMETERS, PhysicalDeviceObject), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).PhysicalDeviceObject }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "MediaType", offset: offset_of!(NDIS_BIND_PARAMETERS, MediaType), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).MediaType }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "MtuSize", offset: offset_of!(NDIS_BIND_PARAMETERS, MtuSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).MtuSize }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "MaxXmitLinkSpeed", offset: offset_of!(NDIS_BIND_PARAMETERS, MaxXmitLinkSpeed), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).MaxXmitLinkSpeed }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "XmitLinkSpeed", offset: offset_of!(NDIS_BIND_PARAMETERS, XmitLinkSpeed), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).XmitLinkSpeed }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "MaxRcvLinkSpeed", offset: offset_of!(NDIS_BIND_PARAMETERS, MaxRcvLinkSpeed), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).MaxRcvLinkSpeed }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "RcvLinkSpeed", offset: offset_of!(NDIS_BIND_PARAMETERS, RcvLinkSpeed), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).RcvLinkSpeed }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "MediaConnectState", offset: offset_of!(NDIS_BIND_PARAMETERS, MediaConnectState), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).MediaConnectState }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "MediaDuplexState", offset: offset_of!(NDIS_BIND_PARAMETERS, MediaDuplexState), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).MediaDuplexState }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "LookaheadSize", offset: offset_of!(NDIS_BIND_PARAMETERS, LookaheadSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).LookaheadSize }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "PowerManagementCapabilities", offset: offset_of!(NDIS_BIND_PARAMETERS, PowerManagementCapabilities), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).PowerManagementCapabilities }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "SupportedPacketFilters", offset: offset_of!(NDIS_BIND_PARAMETERS, SupportedPacketFilters), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).SupportedPacketFilters }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "MaxMulticastListSize", offset: offset_of!(NDIS_BIND_PARAMETERS, MaxMulticastListSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).MaxMulticastListSize }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "MacAddressLength", offset: offset_of!(NDIS_BIND_PARAMETERS, MacAddressLength), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).MacAddressLength }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "CurrentMacAddress", offset: offset_of!(NDIS_BIND_PARAMETERS, CurrentMacAddress), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).CurrentMacAddress }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "PhysicalMediumType", offset: offset_of!(NDIS_BIND_PARAMETERS, PhysicalMediumType), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).PhysicalMediumType }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "RcvScaleCapabilities", offset: offset_of!(NDIS_BIND_PARAMETERS, RcvScaleCapabilities), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).RcvScaleCapabilities }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "BoundIfNetluid", offset: offset_of!(NDIS_BIND_PARAMETERS, BoundIfNetluid), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).BoundIfNetluid }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "BoundIfIndex", offset: offset_of!(NDIS_BIND_PARAMETERS, BoundIfIndex), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).BoundIfIndex }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "LowestIfNetluid", offset: offset_of!(NDIS_BIND_PARAMETERS, LowestIfNetluid), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).LowestIfNetluid }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "LowestIfIndex", offset: offset_of!(NDIS_BIND_PARAMETERS, LowestIfIndex), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).LowestIfIndex }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "AccessType", offset: offset_of!(NDIS_BIND_PARAMETERS, AccessType), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).AccessType }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "DirectionType", offset: offset_of!(NDIS_BIND_PARAMETERS, DirectionType), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).DirectionType }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "ConnectionType", offset: offset_of!(NDIS_BIND_PARAMETERS, ConnectionType), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).ConnectionType }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "IfType", offset: offset_of!(NDIS_BIND_PARAMETERS, IfType), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).IfType }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "IfConnectorPresent", offset: offset_of!(NDIS_BIND_PARAMETERS, IfConnectorPresent), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).IfConnectorPresent }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "ActivePorts", offset: offset_of!(NDIS_BIND_PARAMETERS, ActivePorts), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).ActivePorts }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "DataBackFillSize", offset: offset_of!(NDIS_BIND_PARAMETERS, DataBackFillSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).DataBackFillSize }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "ContextBackFillSize", offset: offset_of!(NDIS_BIND_PARAMETERS, ContextBackFillSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).ContextBackFillSize }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "MacOptions", offset: offset_of!(NDIS_BIND_PARAMETERS, MacOptions), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).MacOptions }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "CompartmentId", offset: offset_of!(NDIS_BIND_PARAMETERS, CompartmentId), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).CompartmentId }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "DefaultOffloadConfiguration", offset: offset_of!(NDIS_BIND_PARAMETERS, DefaultOffloadConfiguration), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).DefaultOffloadConfiguration }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "TcpConnectionOffloadCapabilities", offset: offset_of!(NDIS_BIND_PARAMETERS, TcpConnectionOffloadCapabilities), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).TcpConnectionOffloadCapabilities }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "BoundAdapterName", offset: offset_of!(NDIS_BIND_PARAMETERS, BoundAdapterName), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).BoundAdapterName }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "HDSplitCurrentConfig", offset: offset_of!(NDIS_BIND_PARAMETERS, HDSplitCurrentConfig), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).HDSplitCurrentConfig }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "ReceiveFilterCapabilities", offset: offset_of!(NDIS_BIND_PARAMETERS, ReceiveFilterCapabilities), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).ReceiveFilterCapabilities }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "PowerManagementCapabilitiesEx", offset: offset_of!(NDIS_BIND_PARAMETERS, PowerManagementCapabilitiesEx), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).PowerManagementCapabilitiesEx }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "NicSwitchCapabilities", offset: offset_of!(NDIS_BIND_PARAMETERS, NicSwitchCapabilities), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).NicSwitchCapabilities }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "NDKEnabled", offset: offset_of!(NDIS_BIND_PARAMETERS, NDKEnabled), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).NDKEnabled }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "NDKCapabilities", offset: offset_of!(NDIS_BIND_PARAMETERS, NDKCapabilities), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).NDKCapabilities }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "SriovCapabilities", offset: offset_of!(NDIS_BIND_PARAMETERS, SriovCapabilities), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).SriovCapabilities }), align: 0 },
        Layout { owner: "NDIS_BIND_PARAMETERS", path: "NicSwitchArray", offset: offset_of!(NDIS_BIND_PARAMETERS, NicSwitchArray), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_BIND_PARAMETERS| unsafe { &raw const (*it).NicSwitchArray }), align: 0 },
        Layout { owner: "NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS", path: "", offset: 0, size: size_of::<NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS>(), align: align_of::<NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS>() },
        Layout { owner: "NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS", path: "Header", offset: offset_of!(NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS", path: "Flags", offset: offset_of!(NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS", path: "InitiateOffloadCompleteHandler", offset: offset_of!(NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS, InitiateOffloadCompleteHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS| unsafe { &raw const (*it).InitiateOffloadCompleteHandler }), align: 0 },
        Layout { owner: "NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS", path: "TerminateOffloadCompleteHandler", offset: offset_of!(NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS, TerminateOffloadCompleteHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS| unsafe { &raw const (*it).TerminateOffloadCompleteHandler }), align: 0 },
        Layout { owner: "NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS", path: "UpdateOffloadCompleteHandler", offset: offset_of!(NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS, UpdateOffloadCompleteHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS| unsafe { &raw const (*it).UpdateOffloadCompleteHandler }), align: 0 },
        Layout { owner: "NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS", path: "InvalidateOffloadCompleteHandler", offset: offset_of!(NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS, InvalidateOffloadCompleteHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS| unsafe { &raw const (*it).InvalidateOffloadCompleteHandler }), align: 0 },
        Layout { owner: "NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS", path: "QueryOffloadCompleteHandler", offset: offset_of!(NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS, QueryOffloadCompleteHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS| unsafe { &raw const (*it).QueryOffloadCompleteHandler }), align: 0 },
        Layout { owner: "NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS", path: "IndicateOffloadEventHandler", offset: offset_of!(NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS, IndicateOffloadEventHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS| unsafe { &raw const (*it).IndicateOffloadEventHandler }), align: 0 },
        Layout { owner: "NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS", path: "", offset: 0, size: size_of::<NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS>(), align: align_of::<NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS>() },
        Layout { owner: "NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS", path: "Header", offset: offset_of!(NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS", path: "Flags", offset: offset_of!(NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS", path: "OffloadType", offset: offset_of!(NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS, OffloadType), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS| unsafe { &raw const (*it).OffloadType }), align: 0 },
        Layout { owner: "NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS", path: "TcpOffloadSendCompleteHandler", offset: offset_of!(NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS, TcpOffloadSendCompleteHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS| unsafe { &raw const (*it).TcpOffloadSendCompleteHandler }), align: 0 },
        Layout { owner: "NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS", path: "TcpOffloadReceiveCompleteHandler", offset: offset_of!(NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS, TcpOffloadReceiveCompleteHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS| unsafe { &raw const (*it).TcpOffloadReceiveCompleteHandler }), align: 0 },
        Layout { owner: "NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS", path: "TcpOffloadDisconnectCompleteHandler", offset: offset_of!(NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS, TcpOffloadDisconnectCompleteHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS| unsafe { &raw const (*it).TcpOffloadDisconnectCompleteHandler }), align: 0 },
        Layout { owner: "NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS", path: "TcpOffloadForwardCompleteHandler", offset: offset_of!(NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS, TcpOffloadForwardCompleteHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS| unsafe { &raw const (*it).TcpOffloadForwardCompleteHandler }), align: 0 },
        Layout { owner: "NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS", path: "TcpOffloadEventHandler", offset: offset_of!(NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS, TcpOffloadEventHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS| unsafe { &raw const (*it).TcpOffloadEventHandler }), align: 0 },
        Layout { owner: "NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS", path: "TcpOffloadReceiveIndicateHandler", offset: offset_of!(NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS, TcpOffloadReceiveIndicateHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS| unsafe { &raw const (*it).TcpOffloadReceiveIndicateHandler }), align: 0 },
        Layout { owner: "NDIS_CONFIGURATION_OBJECT", path: "", offset: 0, size: size_of::<NDIS_CONFIGURATION_OBJECT>(), align: align_of::<NDIS_CONFIGURATION_OBJECT>() },
        Layout { owner: "NDIS_CONFIGURATION_OBJECT", path: "Header", offset: offset_of!(NDIS_CONFIGURATION_OBJECT, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CONFIGURATION_OBJECT| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_CONFIGURATION_OBJECT", path: "NdisHandle", offset: offset_of!(NDIS_CONFIGURATION_OBJECT, NdisHandle), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CONFIGURATION_OBJECT| unsafe { &raw const (*it).NdisHandle }), align: 0 },
        Layout { owner: "NDIS_CONFIGURATION_OBJECT", path: "Flags", offset: offset_of!(NDIS_CONFIGURATION_OBJECT, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CONFIGURATION_OBJECT| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_CONFIGURATION_PARAMETER", path: "", offset: 0, size: size_of::<NDIS_CONFIGURATION_PARAMETER>(), align: align_of::<NDIS_CONFIGURATION_PARAMETER>() },
        Layout { owner: "NDIS_CONFIGURATION_PARAMETER", path: "ParameterType", offset: offset_of!(NDIS_CONFIGURATION_PARAMETER, ParameterType), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CONFIGURATION_PARAMETER| unsafe { &raw const (*it).ParameterType }), align: 0 },
        Layout { owner: "NDIS_CONFIGURATION_PARAMETER", path: "ParameterData", offset: offset_of!(NDIS_CONFIGURATION_PARAMETER, ParameterData), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CONFIGURATION_PARAMETER| unsafe { &raw const (*it).ParameterData }), align: 0 },
        Layout { owner: "NDIS_CONFIGURATION_PARAMETER", path: "ParameterData.IntegerData", offset: offset_of!(NDIS_CONFIGURATION_PARAMETER, ParameterData.IntegerData), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CONFIGURATION_PARAMETER| unsafe { &raw const (*it).ParameterData.IntegerData }), align: 0 },
        Layout { owner: "NDIS_CONFIGURATION_PARAMETER", path: "ParameterData.StringData", offset: offset_of!(NDIS_CONFIGURATION_PARAMETER, ParameterData.StringData), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CONFIGURATION_PARAMETER| unsafe { &raw const (*it).ParameterData.StringData }), align: 0 },
        Layout { owner: "NDIS_CONFIGURATION_PARAMETER", path: "ParameterData.BinaryData", offset: offset_of!(NDIS_CONFIGURATION_PARAMETER, ParameterData.BinaryData), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_CONFIGURATION_PARAMETER| unsafe { &raw const (*it).ParameterData.BinaryData }), align: 0 },
        Layout { owner: "NDIS_INTERRUPT_MODERATION_PARAMETERS", path: "", offset: 0, size: size_of::<NDIS_INTERRUPT_MODERATION_PARAMETERS>(), align: align_of::<NDIS_INTERRUPT_MODERATION_PARAMETERS>() },
        Layout { owner: "NDIS_INTERRUPT_MODERATION_PARAMETERS", path: "Header", offset: offset_of!(NDIS_INTERRUPT_MODERATION_PARAMETERS, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_INTERRUPT_MODERATION_PARAMETERS| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_INTERRUPT_MODERATION_PARAMETERS", path: "Flags", offset: offset_of!(NDIS_INTERRUPT_MODERATION_PARAMETERS, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_INTERRUPT_MODERATION_PARAMETERS| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_INTERRUPT_MODERATION_PARAMETERS", path: "InterruptModeration", offset: offset_of!(NDIS_INTERRUPT_MODERATION_PARAMETERS, InterruptModeration), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_INTERRUPT_MODERATION_PARAMETERS| unsafe { &raw const (*it).InterruptModeration }), align: 0 },
        Layout { owner: "NDIS_LINK_PARAMETERS", path: "", offset: 0, size: size_of::<NDIS_LINK_PARAMETERS>(), align: align_of::<NDIS_LINK_PARAMETERS>() },
        Layout { owner: "NDIS_LINK_PARAMETERS", path: "Header", offset: offset_of!(NDIS_LINK_PARAMETERS, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_LINK_PARAMETERS| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_LINK_PARAMETERS", path: "MediaDuplexState", offset: offset_of!(NDIS_LINK_PARAMETERS, MediaDuplexState), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_LINK_PARAMETERS| unsafe { &raw const (*it).MediaDuplexState }), align: 0 },
        Layout { owner: "NDIS_LINK_PARAMETERS", path: "XmitLinkSpeed", offset: offset_of!(NDIS_LINK_PARAMETERS, XmitLinkSpeed), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_LINK_PARAMETERS| unsafe { &raw const (*it).XmitLinkSpeed }), align: 0 },
        Layout { owner: "NDIS_LINK_PARAMETERS", path: "RcvLinkSpeed", offset: offset_of!(NDIS_LINK_PARAMETERS, RcvLinkSpeed), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_LINK_PARAMETERS| unsafe { &raw const (*it).RcvLinkSpeed }), align: 0 },
        Layout { owner: "NDIS_LINK_PARAMETERS", path: "PauseFunctions", offset: offset_of!(NDIS_LINK_PARAMETERS, PauseFunctions), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_LINK_PARAMETERS| unsafe { &raw const (*it).PauseFunctions }), align: 0 },
        Layout { owner: "NDIS_LINK_PARAMETERS", path: "AutoNegotiationFlags", offset: offset_of!(NDIS_LINK_PARAMETERS, AutoNegotiationFlags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_LINK_PARAMETERS| unsafe { &raw const (*it).AutoNegotiationFlags }), align: 0 },
        Layout { owner: "NDIS_LINK_STATE", path: "", offset: 0, size: size_of::<NDIS_LINK_STATE>(), align: align_of::<NDIS_LINK_STATE>() },
        Layout { owner: "NDIS_LINK_STATE", path: "Header", offset: offset_of!(NDIS_LINK_STATE, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_LINK_STATE| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_LINK_STATE", path: "MediaConnectState", offset: offset_of!(NDIS_LINK_STATE, MediaConnectState), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_LINK_STATE| unsafe { &raw const (*it).MediaConnectState }), align: 0 },
        Layout { owner: "NDIS_LINK_STATE", path: "MediaDuplexState", offset: offset_of!(NDIS_LINK_STATE, MediaDuplexState), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_LINK_STATE| unsafe { &raw const (*it).MediaDuplexState }), align: 0 },
        Layout { owner: "NDIS_LINK_STATE", path: "XmitLinkSpeed", offset: offset_of!(NDIS_LINK_STATE, XmitLinkSpeed), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_LINK_STATE| unsafe { &raw const (*it).XmitLinkSpeed }), align: 0 },
        Layout { owner: "NDIS_LINK_STATE", path: "RcvLinkSpeed", offset: offset_of!(NDIS_LINK_STATE, RcvLinkSpeed), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_LINK_STATE| unsafe { &raw const (*it).RcvLinkSpeed }), align: 0 },
        Layout { owner: "NDIS_LINK_STATE", path: "PauseFunctions", offset: offset_of!(NDIS_LINK_STATE, PauseFunctions), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_LINK_STATE| unsafe { &raw const (*it).PauseFunctions }), align: 0 },
        Layout { owner: "NDIS_LINK_STATE", path: "AutoNegotiationFlags", offset: offset_of!(NDIS_LINK_STATE, AutoNegotiationFlags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_LINK_STATE| unsafe { &raw const (*it).AutoNegotiationFlags }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_ATTRIBUTES", path: "", offset: 0, size: size_of::<NDIS_MINIPORT_ADAPTER_ATTRIBUTES>(), align: align_of::<NDIS_MINIPORT_ADAPTER_ATTRIBUTES>() },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_ATTRIBUTES", path: "Header", offset: offset_of!(NDIS_MINIPORT_ADAPTER_ATTRIBUTES, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_ATTRIBUTES| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_ATTRIBUTES", path: "RegistrationAttributes", offset: offset_of!(NDIS_MINIPORT_ADAPTER_ATTRIBUTES, RegistrationAttributes), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_ATTRIBUTES| unsafe { &raw const (*it).RegistrationAttributes }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_ATTRIBUTES", path: "GeneralAttributes", offset: offset_of!(NDIS_MINIPORT_ADAPTER_ATTRIBUTES, GeneralAttributes), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_ATTRIBUTES| unsafe { &raw const (*it).GeneralAttributes }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_ATTRIBUTES", path: "NDKAttributes", offset: offset_of!(NDIS_MINIPORT_ADAPTER_ATTRIBUTES, NDKAttributes), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_ATTRIBUTES| unsafe { &raw const (*it).NDKAttributes }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_ATTRIBUTES", path: "OffloadAttributes", offset: offset_of!(NDIS_MINIPORT_ADAPTER_ATTRIBUTES, OffloadAttributes), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_ATTRIBUTES| unsafe { &raw const (*it).OffloadAttributes }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "", offset: 0, size: size_of::<NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES>(), align: align_of::<NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES>() },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "Header", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "Flags", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "MediaType", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, MediaType), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).MediaType }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "PhysicalMediumType", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, PhysicalMediumType), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).PhysicalMediumType }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "MtuSize", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, MtuSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).MtuSize }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "MaxXmitLinkSpeed", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, MaxXmitLinkSpeed), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).MaxXmitLinkSpeed }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "XmitLinkSpeed", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, XmitLinkSpeed), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).XmitLinkSpeed }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "MaxRcvLinkSpeed", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, MaxRcvLinkSpeed), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).MaxRcvLinkSpeed }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "RcvLinkSpeed", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, RcvLinkSpeed), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).RcvLinkSpeed }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "MediaConnectState", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, MediaConnectState), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).MediaConnectState }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "MediaDuplexState", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, MediaDuplexState), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).MediaDuplexState }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "LookaheadSize", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, LookaheadSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).LookaheadSize }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "PowerManagementCapabilities", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, PowerManagementCapabilities), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).PowerManagementCapabilities }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "MacOptions", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, MacOptions), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).MacOptions }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "SupportedPacketFilters", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, SupportedPacketFilters), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).SupportedPacketFilters }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "MaxMulticastListSize", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, MaxMulticastListSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).MaxMulticastListSize }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "MacAddressLength", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, MacAddressLength), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).MacAddressLength }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "PermanentMacAddress", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, PermanentMacAddress), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).PermanentMacAddress }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "CurrentMacAddress", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, CurrentMacAddress), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).CurrentMacAddress }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "RecvScaleCapabilities", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, RecvScaleCapabilities), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).RecvScaleCapabilities }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "AccessType", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, AccessType), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).AccessType }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "DirectionType", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, DirectionType), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).DirectionType }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "ConnectionType", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, ConnectionType), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).ConnectionType }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "IfType", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, IfType), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).IfType }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "IfConnectorPresent", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, IfConnectorPresent), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).IfConnectorPresent }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "SupportedStatistics", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, SupportedStatistics), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).SupportedStatistics }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "SupportedPauseFunctions", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, SupportedPauseFunctions), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).SupportedPauseFunctions }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "DataBackFillSize", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, DataBackFillSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).DataBackFillSize }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "ContextBackFillSize", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, ContextBackFillSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).ContextBackFillSize }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "SupportedOidList", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, SupportedOidList), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).SupportedOidList }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "SupportedOidListLength", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, SupportedOidListLength), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).SupportedOidListLength }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "AutoNegotiationFlags", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, AutoNegotiationFlags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).AutoNegotiationFlags }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", path: "PowerManagementCapabilitiesEx", offset: offset_of!(NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES, PowerManagementCapabilitiesEx), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).PowerManagementCapabilitiesEx }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES", path: "", offset: 0, size: size_of::<NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES>(), align: align_of::<NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES>() },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES", path: "Header", offset: offset_of!(NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES", path: "Enabled", offset: offset_of!(NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES, Enabled), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES| unsafe { &raw const (*it).Enabled }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES", path: "NdkCapabilities", offset: offset_of!(NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES, NdkCapabilities), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES| unsafe { &raw const (*it).NdkCapabilities }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES", path: "", offset: 0, size: size_of::<NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES>(), align: align_of::<NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES>() },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES", path: "Header", offset: offset_of!(NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES", path: "DefaultOffloadConfiguration", offset: offset_of!(NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES, DefaultOffloadConfiguration), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES| unsafe { &raw const (*it).DefaultOffloadConfiguration }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES", path: "HardwareOffloadCapabilities", offset: offset_of!(NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES, HardwareOffloadCapabilities), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES| unsafe { &raw const (*it).HardwareOffloadCapabilities }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES", path: "DefaultTcpConnectionOffloadConfiguration", offset: offset_of!(NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES, DefaultTcpConnectionOffloadConfiguration), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES| unsafe { &raw const (*it).DefaultTcpConnectionOffloadConfiguration }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES", path: "TcpConnectionOffloadHardwareCapabilities", offset: offset_of!(NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES, TcpConnectionOffloadHardwareCapabilities), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES| unsafe { &raw const (*it).TcpConnectionOffloadHardwareCapabilities }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES", path: "", offset: 0, size: size_of::<NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES>(), align: align_of::<NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES>() },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES", path: "Header", offset: offset_of!(NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES", path: "MiniportAdapterContext", offset: offset_of!(NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES, MiniportAdapterContext), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES| unsafe { &raw const (*it).MiniportAdapterContext }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES", path: "AttributeFlags", offset: offset_of!(NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES, AttributeFlags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES| unsafe { &raw const (*it).AttributeFlags }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES", path: "CheckForHangTimeInSeconds", offset: offset_of!(NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES, CheckForHangTimeInSeconds), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES| unsafe { &raw const (*it).CheckForHangTimeInSeconds }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES", path: "InterfaceType", offset: offset_of!(NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES, InterfaceType), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES| unsafe { &raw const (*it).InterfaceType }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "", offset: 0, size: size_of::<NDIS_MINIPORT_DRIVER_CHARACTERISTICS>(), align: align_of::<NDIS_MINIPORT_DRIVER_CHARACTERISTICS>() },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "Header", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "MajorNdisVersion", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, MajorNdisVersion), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).MajorNdisVersion }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "MinorNdisVersion", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, MinorNdisVersion), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).MinorNdisVersion }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "MajorDriverVersion", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, MajorDriverVersion), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).MajorDriverVersion }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "MinorDriverVersion", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, MinorDriverVersion), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).MinorDriverVersion }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "Flags", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "SetOptionsHandler", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, SetOptionsHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).SetOptionsHandler }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "InitializeHandlerEx", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, InitializeHandlerEx), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).InitializeHandlerEx }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "HaltHandlerEx", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, HaltHandlerEx), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).HaltHandlerEx }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "UnloadHandler", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, UnloadHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).UnloadHandler }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "PauseHandler", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, PauseHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).PauseHandler }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "RestartHandler", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, RestartHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).RestartHandler }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "OidRequestHandler", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, OidRequestHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).OidRequestHandler }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "SendNetBufferListsHandler", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, SendNetBufferListsHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).SendNetBufferListsHandler }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "ReturnNetBufferListsHandler", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, ReturnNetBufferListsHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).ReturnNetBufferListsHandler }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "CancelSendHandler", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, CancelSendHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).CancelSendHandler }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "CheckForHangHandlerEx", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, CheckForHangHandlerEx), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).CheckForHangHandlerEx }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "ResetHandlerEx", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, ResetHandlerEx), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).ResetHandlerEx }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "DevicePnPEventNotifyHandler", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, DevicePnPEventNotifyHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).DevicePnPEventNotifyHandler }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "ShutdownHandlerEx", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, ShutdownHandlerEx), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).ShutdownHandlerEx }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "CancelOidRequestHandler", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, CancelOidRequestHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).CancelOidRequestHandler }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "DirectOidRequestHandler", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, DirectOidRequestHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).DirectOidRequestHandler }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "CancelDirectOidRequestHandler", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, CancelDirectOidRequestHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).CancelDirectOidRequestHandler }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS", path: "SynchronousOidRequestHandler", offset: offset_of!(NDIS_MINIPORT_DRIVER_CHARACTERISTICS, SynchronousOidRequestHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).SynchronousOidRequestHandler }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_INIT_PARAMETERS", path: "", offset: 0, size: size_of::<NDIS_MINIPORT_INIT_PARAMETERS>(), align: align_of::<NDIS_MINIPORT_INIT_PARAMETERS>() },
        Layout { owner: "NDIS_MINIPORT_INIT_PARAMETERS", path: "Header", offset: offset_of!(NDIS_MINIPORT_INIT_PARAMETERS, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_INIT_PARAMETERS| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_INIT_PARAMETERS", path: "Flags", offset: offset_of!(NDIS_MINIPORT_INIT_PARAMETERS, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_INIT_PARAMETERS| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_INIT_PARAMETERS", path: "AllocatedResources", offset: offset_of!(NDIS_MINIPORT_INIT_PARAMETERS, AllocatedResources), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_INIT_PARAMETERS| unsafe { &raw const (*it).AllocatedResources }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_INIT_PARAMETERS", path: "IMDeviceInstanceContext", offset: offset_of!(NDIS_MINIPORT_INIT_PARAMETERS, IMDeviceInstanceContext), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_INIT_PARAMETERS| unsafe { &raw const (*it).IMDeviceInstanceContext }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_INIT_PARAMETERS", path: "MiniportAddDeviceContext", offset: offset_of!(NDIS_MINIPORT_INIT_PARAMETERS, MiniportAddDeviceContext), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_INIT_PARAMETERS| unsafe { &raw const (*it).MiniportAddDeviceContext }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_INIT_PARAMETERS", path: "IfIndex", offset: offset_of!(NDIS_MINIPORT_INIT_PARAMETERS, IfIndex), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_INIT_PARAMETERS| unsafe { &raw const (*it).IfIndex }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_INIT_PARAMETERS", path: "NetLuid", offset: offset_of!(NDIS_MINIPORT_INIT_PARAMETERS, NetLuid), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_INIT_PARAMETERS| unsafe { &raw const (*it).NetLuid }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_INIT_PARAMETERS", path: "DefaultPortAuthStates", offset: offset_of!(NDIS_MINIPORT_INIT_PARAMETERS, DefaultPortAuthStates), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_INIT_PARAMETERS| unsafe { &raw const (*it).DefaultPortAuthStates }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_INIT_PARAMETERS", path: "PciDeviceCustomProperties", offset: offset_of!(NDIS_MINIPORT_INIT_PARAMETERS, PciDeviceCustomProperties), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_INIT_PARAMETERS| unsafe { &raw const (*it).PciDeviceCustomProperties }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST", path: "", offset: 0, size: size_of::<NDIS_MINIPORT_OFFLOAD_BLOCK_LIST>(), align: align_of::<NDIS_MINIPORT_OFFLOAD_BLOCK_LIST>() },
        Layout { owner: "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST", path: "Header", offset: offset_of!(NDIS_MINIPORT_OFFLOAD_BLOCK_LIST, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST", path: "NextBlock", offset: offset_of!(NDIS_MINIPORT_OFFLOAD_BLOCK_LIST, NextBlock), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).NextBlock }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST", path: "DependentBlockList", offset: offset_of!(NDIS_MINIPORT_OFFLOAD_BLOCK_LIST, DependentBlockList), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).DependentBlockList }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST", path: "Status", offset: offset_of!(NDIS_MINIPORT_OFFLOAD_BLOCK_LIST, Status), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).Status }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST", path: "NdisReserved", offset: offset_of!(NDIS_MINIPORT_OFFLOAD_BLOCK_LIST, NdisReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).NdisReserved }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST", path: "MiniportOffloadContext", offset: offset_of!(NDIS_MINIPORT_OFFLOAD_BLOCK_LIST, MiniportOffloadContext), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).MiniportOffloadContext }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST", path: "NdisOffloadHandle", offset: offset_of!(NDIS_MINIPORT_OFFLOAD_BLOCK_LIST, NdisOffloadHandle), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).NdisOffloadHandle }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST", path: "ProtocolReserved", offset: offset_of!(NDIS_MINIPORT_OFFLOAD_BLOCK_LIST, ProtocolReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).ProtocolReserved }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST", path: "MiniportReserved", offset: offset_of!(NDIS_MINIPORT_OFFLOAD_BLOCK_LIST, MiniportReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).MiniportReserved }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST", path: "ImReserved", offset: offset_of!(NDIS_MINIPORT_OFFLOAD_BLOCK_LIST, ImReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).ImReserved }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST", path: "Scratch", offset: offset_of!(NDIS_MINIPORT_OFFLOAD_BLOCK_LIST, Scratch), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).Scratch }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST", path: "SourceHandle", offset: offset_of!(NDIS_MINIPORT_OFFLOAD_BLOCK_LIST, SourceHandle), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).SourceHandle }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST", path: "PortNumber", offset: offset_of!(NDIS_MINIPORT_OFFLOAD_BLOCK_LIST, PortNumber), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).PortNumber }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_OFFLOAD_BLOCK_LIST", path: "NetBufferListChain", offset: offset_of!(NDIS_MINIPORT_OFFLOAD_BLOCK_LIST, NetBufferListChain), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).NetBufferListChain }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_PAUSE_PARAMETERS", path: "", offset: 0, size: size_of::<NDIS_MINIPORT_PAUSE_PARAMETERS>(), align: align_of::<NDIS_MINIPORT_PAUSE_PARAMETERS>() },
        Layout { owner: "NDIS_MINIPORT_PAUSE_PARAMETERS", path: "Header", offset: offset_of!(NDIS_MINIPORT_PAUSE_PARAMETERS, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_PAUSE_PARAMETERS| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_PAUSE_PARAMETERS", path: "Flags", offset: offset_of!(NDIS_MINIPORT_PAUSE_PARAMETERS, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_PAUSE_PARAMETERS| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_PAUSE_PARAMETERS", path: "PauseReason", offset: offset_of!(NDIS_MINIPORT_PAUSE_PARAMETERS, PauseReason), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_PAUSE_PARAMETERS| unsafe { &raw const (*it).PauseReason }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_RESTART_PARAMETERS", path: "", offset: 0, size: size_of::<NDIS_MINIPORT_RESTART_PARAMETERS>(), align: align_of::<NDIS_MINIPORT_RESTART_PARAMETERS>() },
        Layout { owner: "NDIS_MINIPORT_RESTART_PARAMETERS", path: "Header", offset: offset_of!(NDIS_MINIPORT_RESTART_PARAMETERS, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_RESTART_PARAMETERS| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_RESTART_PARAMETERS", path: "RestartAttributes", offset: offset_of!(NDIS_MINIPORT_RESTART_PARAMETERS, RestartAttributes), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_RESTART_PARAMETERS| unsafe { &raw const (*it).RestartAttributes }), align: 0 },
        Layout { owner: "NDIS_MINIPORT_RESTART_PARAMETERS", path: "Flags", offset: offset_of!(NDIS_MINIPORT_RESTART_PARAMETERS, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_MINIPORT_RESTART_PARAMETERS| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_NDK_CAPABILITIES", path: "", offset: 0, size: size_of::<NDIS_NDK_CAPABILITIES>(), align: align_of::<NDIS_NDK_CAPABILITIES>() },
        Layout { owner: "NDIS_NDK_CAPABILITIES", path: "Header", offset: offset_of!(NDIS_NDK_CAPABILITIES, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_CAPABILITIES| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_NDK_CAPABILITIES", path: "Flags", offset: offset_of!(NDIS_NDK_CAPABILITIES, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_CAPABILITIES| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_NDK_CAPABILITIES", path: "MaxQpCount", offset: offset_of!(NDIS_NDK_CAPABILITIES, MaxQpCount), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_CAPABILITIES| unsafe { &raw const (*it).MaxQpCount }), align: 0 },
        Layout { owner: "NDIS_NDK_CAPABILITIES", path: "MaxCqCount", offset: offset_of!(NDIS_NDK_CAPABILITIES, MaxCqCount), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_CAPABILITIES| unsafe { &raw const (*it).MaxCqCount }), align: 0 },
        Layout { owner: "NDIS_NDK_CAPABILITIES", path: "MaxMrCount", offset: offset_of!(NDIS_NDK_CAPABILITIES, MaxMrCount), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_CAPABILITIES| unsafe { &raw const (*it).MaxMrCount }), align: 0 },
        Layout { owner: "NDIS_NDK_CAPABILITIES", path: "MaxPdCount", offset: offset_of!(NDIS_NDK_CAPABILITIES, MaxPdCount), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_CAPABILITIES| unsafe { &raw const (*it).MaxPdCount }), align: 0 },
        Layout { owner: "NDIS_NDK_CAPABILITIES", path: "MaxInboundReadLimit", offset: offset_of!(NDIS_NDK_CAPABILITIES, MaxInboundReadLimit), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_CAPABILITIES| unsafe { &raw const (*it).MaxInboundReadLimit }), align: 0 },
        Layout { owner: "NDIS_NDK_CAPABILITIES", path: "MaxOutboundReadLimit", offset: offset_of!(NDIS_NDK_CAPABILITIES, MaxOutboundReadLimit), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_CAPABILITIES| unsafe { &raw const (*it).MaxOutboundReadLimit }), align: 0 },
        Layout { owner: "NDIS_NDK_CAPABILITIES", path: "MaxMwCount", offset: offset_of!(NDIS_NDK_CAPABILITIES, MaxMwCount), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_CAPABILITIES| unsafe { &raw const (*it).MaxMwCount }), align: 0 },
        Layout { owner: "NDIS_NDK_CAPABILITIES", path: "MaxSrqCount", offset: offset_of!(NDIS_NDK_CAPABILITIES, MaxSrqCount), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_CAPABILITIES| unsafe { &raw const (*it).MaxSrqCount }), align: 0 },
        Layout { owner: "NDIS_NDK_CAPABILITIES", path: "MissingCounterMask", offset: offset_of!(NDIS_NDK_CAPABILITIES, MissingCounterMask), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_CAPABILITIES| unsafe { &raw const (*it).MissingCounterMask }), align: 0 },
        Layout { owner: "NDIS_NDK_CAPABILITIES", path: "NdkInfo", offset: offset_of!(NDIS_NDK_CAPABILITIES, NdkInfo), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_CAPABILITIES| unsafe { &raw const (*it).NdkInfo }), align: 0 },
        Layout { owner: "NDIS_NDK_CONNECTIONS", path: "", offset: 0, size: size_of::<NDIS_NDK_CONNECTIONS>(), align: align_of::<NDIS_NDK_CONNECTIONS>() },
        Layout { owner: "NDIS_NDK_CONNECTIONS", path: "Header", offset: offset_of!(NDIS_NDK_CONNECTIONS, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_CONNECTIONS| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_NDK_CONNECTIONS", path: "Flags", offset: offset_of!(NDIS_NDK_CONNECTIONS, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_CONNECTIONS| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_NDK_CONNECTIONS", path: "Count", offset: offset_of!(NDIS_NDK_CONNECTIONS, Count), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_CONNECTIONS| unsafe { &raw const (*it).Count }), align: 0 },
        Layout { owner: "NDIS_NDK_CONNECTIONS", path: "NDConnectionsMappedtoTCPConnections", offset: offset_of!(NDIS_NDK_CONNECTIONS, NDConnectionsMappedtoTCPConnections), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_CONNECTIONS| unsafe { &raw const (*it).NDConnectionsMappedtoTCPConnections }), align: 0 },
        Layout { owner: "NDIS_NDK_CONNECTIONS", path: "Connections", offset: offset_of!(NDIS_NDK_CONNECTIONS, Connections), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_CONNECTIONS| unsafe { &raw const (*it).Connections }), align: 0 },
        Layout { owner: "NDIS_NDK_CONNECTION_ENTRY", path: "", offset: 0, size: size_of::<NDIS_NDK_CONNECTION_ENTRY>(), align: align_of::<NDIS_NDK_CONNECTION_ENTRY>() },
        Layout { owner: "NDIS_NDK_CONNECTION_ENTRY", path: "Local", offset: offset_of!(NDIS_NDK_CONNECTION_ENTRY, Local), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_CONNECTION_ENTRY| unsafe { &raw const (*it).Local }), align: 0 },
        Layout { owner: "NDIS_NDK_CONNECTION_ENTRY", path: "Remote", offset: offset_of!(NDIS_NDK_CONNECTION_ENTRY, Remote), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_CONNECTION_ENTRY| unsafe { &raw const (*it).Remote }), align: 0 },
        Layout { owner: "NDIS_NDK_CONNECTION_ENTRY", path: "UserModeOwner", offset: offset_of!(NDIS_NDK_CONNECTION_ENTRY, UserModeOwner), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_CONNECTION_ENTRY| unsafe { &raw const (*it).UserModeOwner }), align: 0 },
        Layout { owner: "NDIS_NDK_CONNECTION_ENTRY", path: "OwnerPid", offset: offset_of!(NDIS_NDK_CONNECTION_ENTRY, OwnerPid), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_CONNECTION_ENTRY| unsafe { &raw const (*it).OwnerPid }), align: 0 },
        Layout { owner: "NDIS_NDK_LOCAL_ENDPOINTS", path: "", offset: 0, size: size_of::<NDIS_NDK_LOCAL_ENDPOINTS>(), align: align_of::<NDIS_NDK_LOCAL_ENDPOINTS>() },
        Layout { owner: "NDIS_NDK_LOCAL_ENDPOINTS", path: "Header", offset: offset_of!(NDIS_NDK_LOCAL_ENDPOINTS, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_LOCAL_ENDPOINTS| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_NDK_LOCAL_ENDPOINTS", path: "Flags", offset: offset_of!(NDIS_NDK_LOCAL_ENDPOINTS, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_LOCAL_ENDPOINTS| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_NDK_LOCAL_ENDPOINTS", path: "Count", offset: offset_of!(NDIS_NDK_LOCAL_ENDPOINTS, Count), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_LOCAL_ENDPOINTS| unsafe { &raw const (*it).Count }), align: 0 },
        Layout { owner: "NDIS_NDK_LOCAL_ENDPOINTS", path: "NDLocalEndpointsMappedtoTCPLocalEndpoints", offset: offset_of!(NDIS_NDK_LOCAL_ENDPOINTS, NDLocalEndpointsMappedtoTCPLocalEndpoints), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_LOCAL_ENDPOINTS| unsafe { &raw const (*it).NDLocalEndpointsMappedtoTCPLocalEndpoints }), align: 0 },
        Layout { owner: "NDIS_NDK_LOCAL_ENDPOINTS", path: "LocalEndpoints", offset: offset_of!(NDIS_NDK_LOCAL_ENDPOINTS, LocalEndpoints), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_LOCAL_ENDPOINTS| unsafe { &raw const (*it).LocalEndpoints }), align: 0 },
        Layout { owner: "NDIS_NDK_LOCAL_ENDPOINT_ENTRY", path: "", offset: 0, size: size_of::<NDIS_NDK_LOCAL_ENDPOINT_ENTRY>(), align: align_of::<NDIS_NDK_LOCAL_ENDPOINT_ENTRY>() },
        Layout { owner: "NDIS_NDK_LOCAL_ENDPOINT_ENTRY", path: "Local", offset: offset_of!(NDIS_NDK_LOCAL_ENDPOINT_ENTRY, Local), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_LOCAL_ENDPOINT_ENTRY| unsafe { &raw const (*it).Local }), align: 0 },
        Layout { owner: "NDIS_NDK_LOCAL_ENDPOINT_ENTRY", path: "UserModeOwner", offset: offset_of!(NDIS_NDK_LOCAL_ENDPOINT_ENTRY, UserModeOwner), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_LOCAL_ENDPOINT_ENTRY| unsafe { &raw const (*it).UserModeOwner }), align: 0 },
        Layout { owner: "NDIS_NDK_LOCAL_ENDPOINT_ENTRY", path: "Listener", offset: offset_of!(NDIS_NDK_LOCAL_ENDPOINT_ENTRY, Listener), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_LOCAL_ENDPOINT_ENTRY| unsafe { &raw const (*it).Listener }), align: 0 },
        Layout { owner: "NDIS_NDK_LOCAL_ENDPOINT_ENTRY", path: "OwnerPid", offset: offset_of!(NDIS_NDK_LOCAL_ENDPOINT_ENTRY, OwnerPid), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_LOCAL_ENDPOINT_ENTRY| unsafe { &raw const (*it).OwnerPid }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "", offset: 0, size: size_of::<NDIS_NDK_PERFORMANCE_COUNTERS>(), align: align_of::<NDIS_NDK_PERFORMANCE_COUNTERS>() },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "Connect", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, Connect), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).Connect }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "Accept", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, Accept), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).Accept }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "ConnectFailure", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, ConnectFailure), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).ConnectFailure }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "ConnectionError", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, ConnectionError), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).ConnectionError }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "ActiveConnection", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, ActiveConnection), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).ActiveConnection }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "Reserved01", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, Reserved01), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).Reserved01 }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "Reserved02", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, Reserved02), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).Reserved02 }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "Reserved03", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, Reserved03), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).Reserved03 }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "Reserved04", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, Reserved04), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).Reserved04 }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "Reserved05", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, Reserved05), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).Reserved05 }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "Reserved06", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, Reserved06), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).Reserved06 }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "Reserved07", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, Reserved07), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).Reserved07 }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "Reserved08", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, Reserved08), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).Reserved08 }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "Reserved09", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, Reserved09), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).Reserved09 }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "Reserved10", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, Reserved10), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).Reserved10 }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "Reserved11", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, Reserved11), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).Reserved11 }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "Reserved12", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, Reserved12), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).Reserved12 }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "Reserved13", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, Reserved13), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).Reserved13 }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "Reserved14", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, Reserved14), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).Reserved14 }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "Reserved15", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, Reserved15), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).Reserved15 }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "Reserved16", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, Reserved16), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).Reserved16 }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "Reserved17", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, Reserved17), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).Reserved17 }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "Reserved18", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, Reserved18), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).Reserved18 }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "Reserved19", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, Reserved19), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).Reserved19 }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "Reserved20", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, Reserved20), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).Reserved20 }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "CQError", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, CQError), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).CQError }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "RDMAInOctets", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, RDMAInOctets), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).RDMAInOctets }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "RDMAOutOctets", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, RDMAOutOctets), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).RDMAOutOctets }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "RDMAInFrames", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, RDMAInFrames), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).RDMAInFrames }), align: 0 },
        Layout { owner: "NDIS_NDK_PERFORMANCE_COUNTERS", path: "RDMAOutFrames", offset: offset_of!(NDIS_NDK_PERFORMANCE_COUNTERS, RDMAOutFrames), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PERFORMANCE_COUNTERS| unsafe { &raw const (*it).RDMAOutFrames }), align: 0 },
        Layout { owner: "NDIS_NDK_PROVIDER_CHARACTERISTICS", path: "", offset: 0, size: size_of::<NDIS_NDK_PROVIDER_CHARACTERISTICS>(), align: align_of::<NDIS_NDK_PROVIDER_CHARACTERISTICS>() },
        Layout { owner: "NDIS_NDK_PROVIDER_CHARACTERISTICS", path: "Header", offset: offset_of!(NDIS_NDK_PROVIDER_CHARACTERISTICS, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PROVIDER_CHARACTERISTICS| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_NDK_PROVIDER_CHARACTERISTICS", path: "Flags", offset: offset_of!(NDIS_NDK_PROVIDER_CHARACTERISTICS, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PROVIDER_CHARACTERISTICS| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_NDK_PROVIDER_CHARACTERISTICS", path: "OpenNDKAdapterHandler", offset: offset_of!(NDIS_NDK_PROVIDER_CHARACTERISTICS, OpenNDKAdapterHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PROVIDER_CHARACTERISTICS| unsafe { &raw const (*it).OpenNDKAdapterHandler }), align: 0 },
        Layout { owner: "NDIS_NDK_PROVIDER_CHARACTERISTICS", path: "CloseNDKAdapterHandler", offset: offset_of!(NDIS_NDK_PROVIDER_CHARACTERISTICS, CloseNDKAdapterHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_PROVIDER_CHARACTERISTICS| unsafe { &raw const (*it).CloseNDKAdapterHandler }), align: 0 },
        Layout { owner: "NDIS_NDK_STATISTICS_INFO", path: "", offset: 0, size: size_of::<NDIS_NDK_STATISTICS_INFO>(), align: align_of::<NDIS_NDK_STATISTICS_INFO>() },
        Layout { owner: "NDIS_NDK_STATISTICS_INFO", path: "Header", offset: offset_of!(NDIS_NDK_STATISTICS_INFO, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_STATISTICS_INFO| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_NDK_STATISTICS_INFO", path: "Flags", offset: offset_of!(NDIS_NDK_STATISTICS_INFO, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_STATISTICS_INFO| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_NDK_STATISTICS_INFO", path: "CounterSet", offset: offset_of!(NDIS_NDK_STATISTICS_INFO, CounterSet), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_NDK_STATISTICS_INFO| unsafe { &raw const (*it).CounterSet }), align: 0 },
        Layout { owner: "NDIS_OBJECT_HEADER", path: "", offset: 0, size: size_of::<NDIS_OBJECT_HEADER>(), align: align_of::<NDIS_OBJECT_HEADER>() },
        Layout { owner: "NDIS_OBJECT_HEADER", path: "Type", offset: offset_of!(NDIS_OBJECT_HEADER, Type), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OBJECT_HEADER| unsafe { &raw const (*it).Type }), align: 0 },
        Layout { owner: "NDIS_OBJECT_HEADER", path: "Revision", offset: offset_of!(NDIS_OBJECT_HEADER, Revision), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OBJECT_HEADER| unsafe { &raw const (*it).Revision }), align: 0 },
        Layout { owner: "NDIS_OBJECT_HEADER", path: "Size", offset: offset_of!(NDIS_OBJECT_HEADER, Size), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OBJECT_HEADER| unsafe { &raw const (*it).Size }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD", path: "", offset: 0, size: size_of::<NDIS_OFFLOAD>(), align: align_of::<NDIS_OFFLOAD>() },
        Layout { owner: "NDIS_OFFLOAD", path: "Header", offset: offset_of!(NDIS_OFFLOAD, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD", path: "Checksum", offset: offset_of!(NDIS_OFFLOAD, Checksum), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD| unsafe { &raw const (*it).Checksum }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD", path: "LsoV1", offset: offset_of!(NDIS_OFFLOAD, LsoV1), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD| unsafe { &raw const (*it).LsoV1 }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD", path: "IPsecV1", offset: offset_of!(NDIS_OFFLOAD, IPsecV1), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD| unsafe { &raw const (*it).IPsecV1 }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD", path: "LsoV2", offset: offset_of!(NDIS_OFFLOAD, LsoV2), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD| unsafe { &raw const (*it).LsoV2 }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD", path: "Flags", offset: offset_of!(NDIS_OFFLOAD, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD", path: "IPsecV2", offset: offset_of!(NDIS_OFFLOAD, IPsecV2), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD| unsafe { &raw const (*it).IPsecV2 }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD", path: "Rsc", offset: offset_of!(NDIS_OFFLOAD, Rsc), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD| unsafe { &raw const (*it).Rsc }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD", path: "EncapsulatedPacketTaskOffloadGre", offset: offset_of!(NDIS_OFFLOAD, EncapsulatedPacketTaskOffloadGre), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD| unsafe { &raw const (*it).EncapsulatedPacketTaskOffloadGre }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD", path: "EncapsulatedPacketTaskOffloadVxlan", offset: offset_of!(NDIS_OFFLOAD, EncapsulatedPacketTaskOffloadVxlan), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD| unsafe { &raw const (*it).EncapsulatedPacketTaskOffloadVxlan }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD", path: "EncapsulationTypes", offset: offset_of!(NDIS_OFFLOAD, EncapsulationTypes), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD| unsafe { &raw const (*it).EncapsulationTypes }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD", path: "Rfc6877Xlat", offset: offset_of!(NDIS_OFFLOAD, Rfc6877Xlat), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD| unsafe { &raw const (*it).Rfc6877Xlat }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_ENCAPSULATION", path: "", offset: 0, size: size_of::<NDIS_OFFLOAD_ENCAPSULATION>(), align: align_of::<NDIS_OFFLOAD_ENCAPSULATION>() },
        Layout { owner: "NDIS_OFFLOAD_ENCAPSULATION", path: "Header", offset: offset_of!(NDIS_OFFLOAD_ENCAPSULATION, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_ENCAPSULATION| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_ENCAPSULATION", path: "IPv4", offset: offset_of!(NDIS_OFFLOAD_ENCAPSULATION, IPv4), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_ENCAPSULATION| unsafe { &raw const (*it).IPv4 }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_ENCAPSULATION", path: "IPv6", offset: offset_of!(NDIS_OFFLOAD_ENCAPSULATION, IPv6), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_ENCAPSULATION| unsafe { &raw const (*it).IPv6 }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_EVENT_HANDLERS", path: "", offset: 0, size: size_of::<NDIS_OFFLOAD_EVENT_HANDLERS>(), align: align_of::<NDIS_OFFLOAD_EVENT_HANDLERS>() },
        Layout { owner: "NDIS_OFFLOAD_EVENT_HANDLERS", path: "Header", offset: offset_of!(NDIS_OFFLOAD_EVENT_HANDLERS, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_EVENT_HANDLERS| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_HANDLE", path: "", offset: 0, size: size_of::<NDIS_OFFLOAD_HANDLE>(), align: align_of::<NDIS_OFFLOAD_HANDLE>() },
        Layout { owner: "NDIS_OFFLOAD_HANDLE", path: "NdisReserved", offset: offset_of!(NDIS_OFFLOAD_HANDLE, NdisReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_HANDLE| unsafe { &raw const (*it).NdisReserved }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_HANDLE", path: "MiniportOffloadContext", offset: offset_of!(NDIS_OFFLOAD_HANDLE, MiniportOffloadContext), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_HANDLE| unsafe { &raw const (*it).MiniportOffloadContext }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_PARAMETERS", path: "", offset: 0, size: size_of::<NDIS_OFFLOAD_PARAMETERS>(), align: align_of::<NDIS_OFFLOAD_PARAMETERS>() },
        Layout { owner: "NDIS_OFFLOAD_PARAMETERS", path: "Header", offset: offset_of!(NDIS_OFFLOAD_PARAMETERS, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_PARAMETERS| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_PARAMETERS", path: "IPv4Checksum", offset: offset_of!(NDIS_OFFLOAD_PARAMETERS, IPv4Checksum), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_PARAMETERS| unsafe { &raw const (*it).IPv4Checksum }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_PARAMETERS", path: "TCPIPv4Checksum", offset: offset_of!(NDIS_OFFLOAD_PARAMETERS, TCPIPv4Checksum), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_PARAMETERS| unsafe { &raw const (*it).TCPIPv4Checksum }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_PARAMETERS", path: "UDPIPv4Checksum", offset: offset_of!(NDIS_OFFLOAD_PARAMETERS, UDPIPv4Checksum), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_PARAMETERS| unsafe { &raw const (*it).UDPIPv4Checksum }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_PARAMETERS", path: "TCPIPv6Checksum", offset: offset_of!(NDIS_OFFLOAD_PARAMETERS, TCPIPv6Checksum), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_PARAMETERS| unsafe { &raw const (*it).TCPIPv6Checksum }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_PARAMETERS", path: "UDPIPv6Checksum", offset: offset_of!(NDIS_OFFLOAD_PARAMETERS, UDPIPv6Checksum), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_PARAMETERS| unsafe { &raw const (*it).UDPIPv6Checksum }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_PARAMETERS", path: "LsoV1", offset: offset_of!(NDIS_OFFLOAD_PARAMETERS, LsoV1), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_PARAMETERS| unsafe { &raw const (*it).LsoV1 }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_PARAMETERS", path: "IPsecV1", offset: offset_of!(NDIS_OFFLOAD_PARAMETERS, IPsecV1), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_PARAMETERS| unsafe { &raw const (*it).IPsecV1 }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_PARAMETERS", path: "LsoV2IPv4", offset: offset_of!(NDIS_OFFLOAD_PARAMETERS, LsoV2IPv4), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_PARAMETERS| unsafe { &raw const (*it).LsoV2IPv4 }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_PARAMETERS", path: "LsoV2IPv6", offset: offset_of!(NDIS_OFFLOAD_PARAMETERS, LsoV2IPv6), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_PARAMETERS| unsafe { &raw const (*it).LsoV2IPv6 }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_PARAMETERS", path: "TcpConnectionIPv4", offset: offset_of!(NDIS_OFFLOAD_PARAMETERS, TcpConnectionIPv4), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_PARAMETERS| unsafe { &raw const (*it).TcpConnectionIPv4 }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_PARAMETERS", path: "TcpConnectionIPv6", offset: offset_of!(NDIS_OFFLOAD_PARAMETERS, TcpConnectionIPv6), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_PARAMETERS| unsafe { &raw const (*it).TcpConnectionIPv6 }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_PARAMETERS", path: "Flags", offset: offset_of!(NDIS_OFFLOAD_PARAMETERS, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_PARAMETERS| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_PARAMETERS", path: "IPsecV2", offset: offset_of!(NDIS_OFFLOAD_PARAMETERS, IPsecV2), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_PARAMETERS| unsafe { &raw const (*it).IPsecV2 }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_PARAMETERS", path: "IPsecV2IPv4", offset: offset_of!(NDIS_OFFLOAD_PARAMETERS, IPsecV2IPv4), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_PARAMETERS| unsafe { &raw const (*it).IPsecV2IPv4 }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_PARAMETERS", path: "RscIPv4", offset: offset_of!(NDIS_OFFLOAD_PARAMETERS, RscIPv4), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_PARAMETERS| unsafe { &raw const (*it).RscIPv4 }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_PARAMETERS", path: "RscIPv6", offset: offset_of!(NDIS_OFFLOAD_PARAMETERS, RscIPv6), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_PARAMETERS| unsafe { &raw const (*it).RscIPv6 }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_PARAMETERS", path: "EncapsulatedPacketTaskOffload", offset: offset_of!(NDIS_OFFLOAD_PARAMETERS, EncapsulatedPacketTaskOffload), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_PARAMETERS| unsafe { &raw const (*it).EncapsulatedPacketTaskOffload }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_PARAMETERS", path: "EncapsulationTypes", offset: offset_of!(NDIS_OFFLOAD_PARAMETERS, EncapsulationTypes), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_PARAMETERS| unsafe { &raw const (*it).EncapsulationTypes }), align: 0 },
        Layout { owner: "NDIS_OFFLOAD_PARAMETERS", path: "EncapsulationProtocolParameters", offset: offset_of!(NDIS_OFFLOAD_PARAMETERS, EncapsulationProtocolParameters), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OFFLOAD_PARAMETERS| unsafe { &raw const (*it).EncapsulationProtocolParameters }), align: 0 },
        Layout { owner: "NDIS_OID_REQUEST", path: "", offset: 0, size: size_of::<NDIS_OID_REQUEST>(), align: align_of::<NDIS_OID_REQUEST>() },
        Layout { owner: "NDIS_OID_REQUEST", path: "Header", offset: offset_of!(NDIS_OID_REQUEST, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_OID_REQUEST", path: "RequestType", offset: offset_of!(NDIS_OID_REQUEST, RequestType), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST| unsafe { &raw const (*it).RequestType }), align: 0 },
        Layout { owner: "NDIS_OID_REQUEST", path: "PortNumber", offset: offset_of!(NDIS_OID_REQUEST, PortNumber), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST| unsafe { &raw const (*it).PortNumber }), align: 0 },
        Layout { owner: "NDIS_OID_REQUEST", path: "Timeout", offset: offset_of!(NDIS_OID_REQUEST, Timeout), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST| unsafe { &raw const (*it).Timeout }), align: 0 },
        Layout { owner: "NDIS_OID_REQUEST", path: "RequestId", offset: offset_of!(NDIS_OID_REQUEST, RequestId), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST| unsafe { &raw const (*it).RequestId }), align: 0 },
        Layout { owner: "NDIS_OID_REQUEST", path: "RequestHandle", offset: offset_of!(NDIS_OID_REQUEST, RequestHandle), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST| unsafe { &raw const (*it).RequestHandle }), align: 0 },
        Layout { owner: "NDIS_OID_REQUEST", path: "DATA", offset: offset_of!(NDIS_OID_REQUEST, DATA), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST| unsafe { &raw const (*it).DATA }), align: 0 },
        Layout { owner: "NDIS_OID_REQUEST", path: "NdisReserved", offset: offset_of!(NDIS_OID_REQUEST, NdisReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST| unsafe { &raw const (*it).NdisReserved }), align: 0 },
        Layout { owner: "NDIS_OID_REQUEST", path: "MiniportReserved", offset: offset_of!(NDIS_OID_REQUEST, MiniportReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST| unsafe { &raw const (*it).MiniportReserved }), align: 0 },
        Layout { owner: "NDIS_OID_REQUEST", path: "SourceReserved", offset: offset_of!(NDIS_OID_REQUEST, SourceReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST| unsafe { &raw const (*it).SourceReserved }), align: 0 },
        Layout { owner: "NDIS_OID_REQUEST", path: "SupportedRevision", offset: offset_of!(NDIS_OID_REQUEST, SupportedRevision), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST| unsafe { &raw const (*it).SupportedRevision }), align: 0 },
        Layout { owner: "NDIS_OID_REQUEST", path: "Reserved1", offset: offset_of!(NDIS_OID_REQUEST, Reserved1), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST| unsafe { &raw const (*it).Reserved1 }), align: 0 },
        Layout { owner: "NDIS_OID_REQUEST", path: "Reserved2", offset: offset_of!(NDIS_OID_REQUEST, Reserved2), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST| unsafe { &raw const (*it).Reserved2 }), align: 0 },
        Layout { owner: "NDIS_OID_REQUEST", path: "SwitchId", offset: offset_of!(NDIS_OID_REQUEST, SwitchId), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST| unsafe { &raw const (*it).SwitchId }), align: 0 },
        Layout { owner: "NDIS_OID_REQUEST", path: "VPortId", offset: offset_of!(NDIS_OID_REQUEST, VPortId), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST| unsafe { &raw const (*it).VPortId }), align: 0 },
        Layout { owner: "NDIS_OID_REQUEST", path: "Flags", offset: offset_of!(NDIS_OID_REQUEST, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "_REQUEST_DATA", path: "", offset: 0, size: size_of::<NDIS_OID_REQUEST_DATA>(), align: align_of::<NDIS_OID_REQUEST_DATA>() },
        Layout { owner: "_REQUEST_DATA", path: "QUERY_INFORMATION", offset: offset_of!(NDIS_OID_REQUEST_DATA, QUERY_INFORMATION), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST_DATA| unsafe { &raw const (*it).QUERY_INFORMATION }), align: 0 },
        Layout { owner: "_REQUEST_DATA", path: "SET_INFORMATION", offset: offset_of!(NDIS_OID_REQUEST_DATA, SET_INFORMATION), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST_DATA| unsafe { &raw const (*it).SET_INFORMATION }), align: 0 },
        Layout { owner: "_REQUEST_DATA", path: "METHOD_INFORMATION", offset: offset_of!(NDIS_OID_REQUEST_DATA, METHOD_INFORMATION), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST_DATA| unsafe { &raw const (*it).METHOD_INFORMATION }), align: 0 },
        Layout { owner: "_METHOD", path: "", offset: 0, size: size_of::<NDIS_OID_REQUEST_METHOD>(), align: align_of::<NDIS_OID_REQUEST_METHOD>() },
        Layout { owner: "_METHOD", path: "Oid", offset: offset_of!(NDIS_OID_REQUEST_METHOD, Oid), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST_METHOD| unsafe { &raw const (*it).Oid }), align: 0 },
        Layout { owner: "_METHOD", path: "InformationBuffer", offset: offset_of!(NDIS_OID_REQUEST_METHOD, InformationBuffer), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST_METHOD| unsafe { &raw const (*it).InformationBuffer }), align: 0 },
        Layout { owner: "_METHOD", path: "InputBufferLength", offset: offset_of!(NDIS_OID_REQUEST_METHOD, InputBufferLength), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST_METHOD| unsafe { &raw const (*it).InputBufferLength }), align: 0 },
        Layout { owner: "_METHOD", path: "OutputBufferLength", offset: offset_of!(NDIS_OID_REQUEST_METHOD, OutputBufferLength), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST_METHOD| unsafe { &raw const (*it).OutputBufferLength }), align: 0 },
        Layout { owner: "_METHOD", path: "MethodId", offset: offset_of!(NDIS_OID_REQUEST_METHOD, MethodId), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST_METHOD| unsafe { &raw const (*it).MethodId }), align: 0 },
        Layout { owner: "_METHOD", path: "BytesWritten", offset: offset_of!(NDIS_OID_REQUEST_METHOD, BytesWritten), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST_METHOD| unsafe { &raw const (*it).BytesWritten }), align: 0 },
        Layout { owner: "_METHOD", path: "BytesRead", offset: offset_of!(NDIS_OID_REQUEST_METHOD, BytesRead), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST_METHOD| unsafe { &raw const (*it).BytesRead }), align: 0 },
        Layout { owner: "_METHOD", path: "BytesNeeded", offset: offset_of!(NDIS_OID_REQUEST_METHOD, BytesNeeded), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST_METHOD| unsafe { &raw const (*it).BytesNeeded }), align: 0 },
        Layout { owner: "_QUERY", path: "", offset: 0, size: size_of::<NDIS_OID_REQUEST_QUERY>(), align: align_of::<NDIS_OID_REQUEST_QUERY>() },
        Layout { owner: "_QUERY", path: "Oid", offset: offset_of!(NDIS_OID_REQUEST_QUERY, Oid), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST_QUERY| unsafe { &raw const (*it).Oid }), align: 0 },
        Layout { owner: "_QUERY", path: "InformationBuffer", offset: offset_of!(NDIS_OID_REQUEST_QUERY, InformationBuffer), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST_QUERY| unsafe { &raw const (*it).InformationBuffer }), align: 0 },
        Layout { owner: "_QUERY", path: "InformationBufferLength", offset: offset_of!(NDIS_OID_REQUEST_QUERY, InformationBufferLength), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST_QUERY| unsafe { &raw const (*it).InformationBufferLength }), align: 0 },
        Layout { owner: "_QUERY", path: "BytesWritten", offset: offset_of!(NDIS_OID_REQUEST_QUERY, BytesWritten), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST_QUERY| unsafe { &raw const (*it).BytesWritten }), align: 0 },
        Layout { owner: "_QUERY", path: "BytesNeeded", offset: offset_of!(NDIS_OID_REQUEST_QUERY, BytesNeeded), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST_QUERY| unsafe { &raw const (*it).BytesNeeded }), align: 0 },
        Layout { owner: "_SET", path: "", offset: 0, size: size_of::<NDIS_OID_REQUEST_SET>(), align: align_of::<NDIS_OID_REQUEST_SET>() },
        Layout { owner: "_SET", path: "Oid", offset: offset_of!(NDIS_OID_REQUEST_SET, Oid), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST_SET| unsafe { &raw const (*it).Oid }), align: 0 },
        Layout { owner: "_SET", path: "InformationBuffer", offset: offset_of!(NDIS_OID_REQUEST_SET, InformationBuffer), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST_SET| unsafe { &raw const (*it).InformationBuffer }), align: 0 },
        Layout { owner: "_SET", path: "InformationBufferLength", offset: offset_of!(NDIS_OID_REQUEST_SET, InformationBufferLength), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST_SET| unsafe { &raw const (*it).InformationBufferLength }), align: 0 },
        Layout { owner: "_SET", path: "BytesRead", offset: offset_of!(NDIS_OID_REQUEST_SET, BytesRead), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST_SET| unsafe { &raw const (*it).BytesRead }), align: 0 },
        Layout { owner: "_SET", path: "BytesNeeded", offset: offset_of!(NDIS_OID_REQUEST_SET, BytesNeeded), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OID_REQUEST_SET| unsafe { &raw const (*it).BytesNeeded }), align: 0 },
        Layout { owner: "NDIS_OPEN_NDK_ADAPTER_PARAMETERS", path: "", offset: 0, size: size_of::<NDIS_OPEN_NDK_ADAPTER_PARAMETERS>(), align: align_of::<NDIS_OPEN_NDK_ADAPTER_PARAMETERS>() },
        Layout { owner: "NDIS_OPEN_NDK_ADAPTER_PARAMETERS", path: "Version", offset: offset_of!(NDIS_OPEN_NDK_ADAPTER_PARAMETERS, Version), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OPEN_NDK_ADAPTER_PARAMETERS| unsafe { &raw const (*it).Version }), align: 0 },
        Layout { owner: "NDIS_OPEN_NDK_ADAPTER_PARAMETERS", path: "SwitchId", offset: offset_of!(NDIS_OPEN_NDK_ADAPTER_PARAMETERS, SwitchId), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OPEN_NDK_ADAPTER_PARAMETERS| unsafe { &raw const (*it).SwitchId }), align: 0 },
        Layout { owner: "NDIS_OPEN_NDK_ADAPTER_PARAMETERS", path: "VPortId", offset: offset_of!(NDIS_OPEN_NDK_ADAPTER_PARAMETERS, VPortId), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OPEN_NDK_ADAPTER_PARAMETERS| unsafe { &raw const (*it).VPortId }), align: 0 },
        Layout { owner: "NDIS_OPEN_PARAMETERS", path: "", offset: 0, size: size_of::<NDIS_OPEN_PARAMETERS>(), align: align_of::<NDIS_OPEN_PARAMETERS>() },
        Layout { owner: "NDIS_OPEN_PARAMETERS", path: "Header", offset: offset_of!(NDIS_OPEN_PARAMETERS, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OPEN_PARAMETERS| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_OPEN_PARAMETERS", path: "AdapterName", offset: offset_of!(NDIS_OPEN_PARAMETERS, AdapterName), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OPEN_PARAMETERS| unsafe { &raw const (*it).AdapterName }), align: 0 },
        Layout { owner: "NDIS_OPEN_PARAMETERS", path: "MediumArray", offset: offset_of!(NDIS_OPEN_PARAMETERS, MediumArray), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OPEN_PARAMETERS| unsafe { &raw const (*it).MediumArray }), align: 0 },
        Layout { owner: "NDIS_OPEN_PARAMETERS", path: "MediumArraySize", offset: offset_of!(NDIS_OPEN_PARAMETERS, MediumArraySize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OPEN_PARAMETERS| unsafe { &raw const (*it).MediumArraySize }), align: 0 },
        Layout { owner: "NDIS_OPEN_PARAMETERS", path: "SelectedMediumIndex", offset: offset_of!(NDIS_OPEN_PARAMETERS, SelectedMediumIndex), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OPEN_PARAMETERS| unsafe { &raw const (*it).SelectedMediumIndex }), align: 0 },
        Layout { owner: "NDIS_OPEN_PARAMETERS", path: "FrameTypeArray", offset: offset_of!(NDIS_OPEN_PARAMETERS, FrameTypeArray), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OPEN_PARAMETERS| unsafe { &raw const (*it).FrameTypeArray }), align: 0 },
        Layout { owner: "NDIS_OPEN_PARAMETERS", path: "FrameTypeArraySize", offset: offset_of!(NDIS_OPEN_PARAMETERS, FrameTypeArraySize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_OPEN_PARAMETERS| unsafe { &raw const (*it).FrameTypeArraySize }), align: 0 },
        Layout { owner: "NDIS_PM_CAPABILITIES", path: "", offset: 0, size: size_of::<NDIS_PM_CAPABILITIES>(), align: align_of::<NDIS_PM_CAPABILITIES>() },
        Layout { owner: "NDIS_PM_CAPABILITIES", path: "Header", offset: offset_of!(NDIS_PM_CAPABILITIES, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PM_CAPABILITIES| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_PM_CAPABILITIES", path: "Flags", offset: offset_of!(NDIS_PM_CAPABILITIES, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PM_CAPABILITIES| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_PM_CAPABILITIES", path: "SupportedWoLPacketPatterns", offset: offset_of!(NDIS_PM_CAPABILITIES, SupportedWoLPacketPatterns), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PM_CAPABILITIES| unsafe { &raw const (*it).SupportedWoLPacketPatterns }), align: 0 },
        Layout { owner: "NDIS_PM_CAPABILITIES", path: "NumTotalWoLPatterns", offset: offset_of!(NDIS_PM_CAPABILITIES, NumTotalWoLPatterns), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PM_CAPABILITIES| unsafe { &raw const (*it).NumTotalWoLPatterns }), align: 0 },
        Layout { owner: "NDIS_PM_CAPABILITIES", path: "MaxWoLPatternSize", offset: offset_of!(NDIS_PM_CAPABILITIES, MaxWoLPatternSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PM_CAPABILITIES| unsafe { &raw const (*it).MaxWoLPatternSize }), align: 0 },
        Layout { owner: "NDIS_PM_CAPABILITIES", path: "MaxWoLPatternOffset", offset: offset_of!(NDIS_PM_CAPABILITIES, MaxWoLPatternOffset), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PM_CAPABILITIES| unsafe { &raw const (*it).MaxWoLPatternOffset }), align: 0 },
        Layout { owner: "NDIS_PM_CAPABILITIES", path: "MaxWoLPacketSaveBuffer", offset: offset_of!(NDIS_PM_CAPABILITIES, MaxWoLPacketSaveBuffer), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PM_CAPABILITIES| unsafe { &raw const (*it).MaxWoLPacketSaveBuffer }), align: 0 },
        Layout { owner: "NDIS_PM_CAPABILITIES", path: "SupportedProtocolOffloads", offset: offset_of!(NDIS_PM_CAPABILITIES, SupportedProtocolOffloads), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PM_CAPABILITIES| unsafe { &raw const (*it).SupportedProtocolOffloads }), align: 0 },
        Layout { owner: "NDIS_PM_CAPABILITIES", path: "NumArpOffloadIPv4Addresses", offset: offset_of!(NDIS_PM_CAPABILITIES, NumArpOffloadIPv4Addresses), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PM_CAPABILITIES| unsafe { &raw const (*it).NumArpOffloadIPv4Addresses }), align: 0 },
        Layout { owner: "NDIS_PM_CAPABILITIES", path: "NumNSOffloadIPv6Addresses", offset: offset_of!(NDIS_PM_CAPABILITIES, NumNSOffloadIPv6Addresses), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PM_CAPABILITIES| unsafe { &raw const (*it).NumNSOffloadIPv6Addresses }), align: 0 },
        Layout { owner: "NDIS_PM_CAPABILITIES", path: "MinMagicPacketWakeUp", offset: offset_of!(NDIS_PM_CAPABILITIES, MinMagicPacketWakeUp), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PM_CAPABILITIES| unsafe { &raw const (*it).MinMagicPacketWakeUp }), align: 0 },
        Layout { owner: "NDIS_PM_CAPABILITIES", path: "MinPatternWakeUp", offset: offset_of!(NDIS_PM_CAPABILITIES, MinPatternWakeUp), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PM_CAPABILITIES| unsafe { &raw const (*it).MinPatternWakeUp }), align: 0 },
        Layout { owner: "NDIS_PM_CAPABILITIES", path: "MinLinkChangeWakeUp", offset: offset_of!(NDIS_PM_CAPABILITIES, MinLinkChangeWakeUp), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PM_CAPABILITIES| unsafe { &raw const (*it).MinLinkChangeWakeUp }), align: 0 },
        Layout { owner: "NDIS_PM_CAPABILITIES", path: "SupportedWakeUpEvents", offset: offset_of!(NDIS_PM_CAPABILITIES, SupportedWakeUpEvents), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PM_CAPABILITIES| unsafe { &raw const (*it).SupportedWakeUpEvents }), align: 0 },
        Layout { owner: "NDIS_PM_CAPABILITIES", path: "MediaSpecificWakeUpEvents", offset: offset_of!(NDIS_PM_CAPABILITIES, MediaSpecificWakeUpEvents), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PM_CAPABILITIES| unsafe { &raw const (*it).MediaSpecificWakeUpEvents }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_DRIVER_CHARACTERISTICS", path: "", offset: 0, size: size_of::<NDIS_PROTOCOL_DRIVER_CHARACTERISTICS>(), align: align_of::<NDIS_PROTOCOL_DRIVER_CHARACTERISTICS>() },
        Layout { owner: "NDIS_PROTOCOL_DRIVER_CHARACTERISTICS", path: "Header", offset: offset_of!(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_DRIVER_CHARACTERISTICS", path: "MajorNdisVersion", offset: offset_of!(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, MajorNdisVersion), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).MajorNdisVersion }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_DRIVER_CHARACTERISTICS", path: "MinorNdisVersion", offset: offset_of!(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, MinorNdisVersion), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).MinorNdisVersion }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_DRIVER_CHARACTERISTICS", path: "MajorDriverVersion", offset: offset_of!(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, MajorDriverVersion), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).MajorDriverVersion }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_DRIVER_CHARACTERISTICS", path: "MinorDriverVersion", offset: offset_of!(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, MinorDriverVersion), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).MinorDriverVersion }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_DRIVER_CHARACTERISTICS", path: "Flags", offset: offset_of!(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_DRIVER_CHARACTERISTICS", path: "Name", offset: offset_of!(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, Name), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).Name }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_DRIVER_CHARACTERISTICS", path: "SetOptionsHandler", offset: offset_of!(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, SetOptionsHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).SetOptionsHandler }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_DRIVER_CHARACTERISTICS", path: "BindAdapterHandlerEx", offset: offset_of!(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, BindAdapterHandlerEx), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).BindAdapterHandlerEx }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_DRIVER_CHARACTERISTICS", path: "UnbindAdapterHandlerEx", offset: offset_of!(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, UnbindAdapterHandlerEx), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).UnbindAdapterHandlerEx }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_DRIVER_CHARACTERISTICS", path: "OpenAdapterCompleteHandlerEx", offset: offset_of!(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, OpenAdapterCompleteHandlerEx), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).OpenAdapterCompleteHandlerEx }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_DRIVER_CHARACTERISTICS", path: "CloseAdapterCompleteHandlerEx", offset: offset_of!(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, CloseAdapterCompleteHandlerEx), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).CloseAdapterCompleteHandlerEx }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_DRIVER_CHARACTERISTICS", path: "NetPnPEventHandler", offset: offset_of!(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, NetPnPEventHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).NetPnPEventHandler }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_DRIVER_CHARACTERISTICS", path: "UninstallHandler", offset: offset_of!(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, UninstallHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).UninstallHandler }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_DRIVER_CHARACTERISTICS", path: "OidRequestCompleteHandler", offset: offset_of!(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, OidRequestCompleteHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).OidRequestCompleteHandler }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_DRIVER_CHARACTERISTICS", path: "StatusHandlerEx", offset: offset_of!(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, StatusHandlerEx), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).StatusHandlerEx }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_DRIVER_CHARACTERISTICS", path: "ReceiveNetBufferListsHandler", offset: offset_of!(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, ReceiveNetBufferListsHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).ReceiveNetBufferListsHandler }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_DRIVER_CHARACTERISTICS", path: "SendNetBufferListsCompleteHandler", offset: offset_of!(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, SendNetBufferListsCompleteHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).SendNetBufferListsCompleteHandler }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_DRIVER_CHARACTERISTICS", path: "DirectOidRequestCompleteHandler", offset: offset_of!(NDIS_PROTOCOL_DRIVER_CHARACTERISTICS, DirectOidRequestCompleteHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_DRIVER_CHARACTERISTICS| unsafe { &raw const (*it).DirectOidRequestCompleteHandler }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST", path: "", offset: 0, size: size_of::<NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST>(), align: align_of::<NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST>() },
        Layout { owner: "NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST", path: "Header", offset: offset_of!(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST", path: "NextBlock", offset: offset_of!(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST, NextBlock), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).NextBlock }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST", path: "DependentBlockList", offset: offset_of!(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST, DependentBlockList), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).DependentBlockList }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST", path: "Status", offset: offset_of!(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST, Status), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).Status }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST", path: "NdisReserved", offset: offset_of!(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST, NdisReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).NdisReserved }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST", path: "OffloadHandle", offset: offset_of!(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST, OffloadHandle), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).OffloadHandle }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST", path: "ProtocolReserved", offset: offset_of!(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST, ProtocolReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).ProtocolReserved }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST", path: "MiniportReserved", offset: offset_of!(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST, MiniportReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).MiniportReserved }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST", path: "ImReserved", offset: offset_of!(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST, ImReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).ImReserved }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST", path: "Scratch", offset: offset_of!(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST, Scratch), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).Scratch }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST", path: "SourceHandle", offset: offset_of!(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST, SourceHandle), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).SourceHandle }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST", path: "PortNumber", offset: offset_of!(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST, PortNumber), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).PortNumber }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST", path: "NetBufferListChain", offset: offset_of!(NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST, NetBufferListChain), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST| unsafe { &raw const (*it).NetBufferListChain }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_PAUSE_PARAMETERS", path: "", offset: 0, size: size_of::<NDIS_PROTOCOL_PAUSE_PARAMETERS>(), align: align_of::<NDIS_PROTOCOL_PAUSE_PARAMETERS>() },
        Layout { owner: "NDIS_PROTOCOL_PAUSE_PARAMETERS", path: "Header", offset: offset_of!(NDIS_PROTOCOL_PAUSE_PARAMETERS, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_PAUSE_PARAMETERS| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_PAUSE_PARAMETERS", path: "Flags", offset: offset_of!(NDIS_PROTOCOL_PAUSE_PARAMETERS, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_PAUSE_PARAMETERS| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_PAUSE_PARAMETERS", path: "PauseReason", offset: offset_of!(NDIS_PROTOCOL_PAUSE_PARAMETERS, PauseReason), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_PAUSE_PARAMETERS| unsafe { &raw const (*it).PauseReason }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_RESTART_PARAMETERS", path: "", offset: 0, size: size_of::<NDIS_PROTOCOL_RESTART_PARAMETERS>(), align: align_of::<NDIS_PROTOCOL_RESTART_PARAMETERS>() },
        Layout { owner: "NDIS_PROTOCOL_RESTART_PARAMETERS", path: "Header", offset: offset_of!(NDIS_PROTOCOL_RESTART_PARAMETERS, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_RESTART_PARAMETERS| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_RESTART_PARAMETERS", path: "FilterModuleNameBuffer", offset: offset_of!(NDIS_PROTOCOL_RESTART_PARAMETERS, FilterModuleNameBuffer), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_RESTART_PARAMETERS| unsafe { &raw const (*it).FilterModuleNameBuffer }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_RESTART_PARAMETERS", path: "FilterModuleNameBufferLength", offset: offset_of!(NDIS_PROTOCOL_RESTART_PARAMETERS, FilterModuleNameBufferLength), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_RESTART_PARAMETERS| unsafe { &raw const (*it).FilterModuleNameBufferLength }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_RESTART_PARAMETERS", path: "RestartAttributes", offset: offset_of!(NDIS_PROTOCOL_RESTART_PARAMETERS, RestartAttributes), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_RESTART_PARAMETERS| unsafe { &raw const (*it).RestartAttributes }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_RESTART_PARAMETERS", path: "BoundIfIndex", offset: offset_of!(NDIS_PROTOCOL_RESTART_PARAMETERS, BoundIfIndex), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_RESTART_PARAMETERS| unsafe { &raw const (*it).BoundIfIndex }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_RESTART_PARAMETERS", path: "BoundIfNetluid", offset: offset_of!(NDIS_PROTOCOL_RESTART_PARAMETERS, BoundIfNetluid), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_RESTART_PARAMETERS| unsafe { &raw const (*it).BoundIfNetluid }), align: 0 },
        Layout { owner: "NDIS_PROTOCOL_RESTART_PARAMETERS", path: "Flags", offset: offset_of!(NDIS_PROTOCOL_RESTART_PARAMETERS, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROTOCOL_RESTART_PARAMETERS| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS", path: "", offset: 0, size: size_of::<NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS>(), align: align_of::<NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS>() },
        Layout { owner: "NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS", path: "Header", offset: offset_of!(NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS", path: "Flags", offset: offset_of!(NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS", path: "InitiateOffloadHandler", offset: offset_of!(NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS, InitiateOffloadHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS| unsafe { &raw const (*it).InitiateOffloadHandler }), align: 0 },
        Layout { owner: "NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS", path: "TerminateOffloadHandler", offset: offset_of!(NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS, TerminateOffloadHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS| unsafe { &raw const (*it).TerminateOffloadHandler }), align: 0 },
        Layout { owner: "NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS", path: "UpdateOffloadHandler", offset: offset_of!(NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS, UpdateOffloadHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS| unsafe { &raw const (*it).UpdateOffloadHandler }), align: 0 },
        Layout { owner: "NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS", path: "InvalidateOffloadHandler", offset: offset_of!(NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS, InvalidateOffloadHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS| unsafe { &raw const (*it).InvalidateOffloadHandler }), align: 0 },
        Layout { owner: "NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS", path: "QueryOffloadHandler", offset: offset_of!(NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS, QueryOffloadHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS| unsafe { &raw const (*it).QueryOffloadHandler }), align: 0 },
        Layout { owner: "NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS", path: "", offset: 0, size: size_of::<NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS>(), align: align_of::<NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS>() },
        Layout { owner: "NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS", path: "Header", offset: offset_of!(NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS", path: "Flags", offset: offset_of!(NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS", path: "OffloadType", offset: offset_of!(NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS, OffloadType), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS| unsafe { &raw const (*it).OffloadType }), align: 0 },
        Layout { owner: "NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS", path: "TcpOffloadSendHandler", offset: offset_of!(NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS, TcpOffloadSendHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS| unsafe { &raw const (*it).TcpOffloadSendHandler }), align: 0 },
        Layout { owner: "NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS", path: "TcpOffloadReceiveHandler", offset: offset_of!(NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS, TcpOffloadReceiveHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS| unsafe { &raw const (*it).TcpOffloadReceiveHandler }), align: 0 },
        Layout { owner: "NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS", path: "TcpOffloadDisconnectHandler", offset: offset_of!(NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS, TcpOffloadDisconnectHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS| unsafe { &raw const (*it).TcpOffloadDisconnectHandler }), align: 0 },
        Layout { owner: "NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS", path: "TcpOffloadForwardHandler", offset: offset_of!(NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS, TcpOffloadForwardHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS| unsafe { &raw const (*it).TcpOffloadForwardHandler }), align: 0 },
        Layout { owner: "NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS", path: "TcpOffloadReceiveReturnHandler", offset: offset_of!(NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS, TcpOffloadReceiveReturnHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_PROVIDER_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS| unsafe { &raw const (*it).TcpOffloadReceiveReturnHandler }), align: 0 },
        Layout { owner: "NDIS_RESTART_ATTRIBUTES", path: "", offset: 0, size: size_of::<NDIS_RESTART_ATTRIBUTES>(), align: align_of::<NDIS_RESTART_ATTRIBUTES>() },
        Layout { owner: "NDIS_RESTART_ATTRIBUTES", path: "Next", offset: offset_of!(NDIS_RESTART_ATTRIBUTES, Next), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_RESTART_ATTRIBUTES| unsafe { &raw const (*it).Next }), align: 0 },
        Layout { owner: "NDIS_RESTART_ATTRIBUTES", path: "Oid", offset: offset_of!(NDIS_RESTART_ATTRIBUTES, Oid), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_RESTART_ATTRIBUTES| unsafe { &raw const (*it).Oid }), align: 0 },
        Layout { owner: "NDIS_RESTART_ATTRIBUTES", path: "DataLength", offset: offset_of!(NDIS_RESTART_ATTRIBUTES, DataLength), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_RESTART_ATTRIBUTES| unsafe { &raw const (*it).DataLength }), align: 0 },
        Layout { owner: "NDIS_RESTART_ATTRIBUTES", path: "Data", offset: offset_of!(NDIS_RESTART_ATTRIBUTES, Data), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_RESTART_ATTRIBUTES| unsafe { &raw const (*it).Data }), align: 0 },
        Layout { owner: "NDIS_RESTART_GENERAL_ATTRIBUTES", path: "", offset: 0, size: size_of::<NDIS_RESTART_GENERAL_ATTRIBUTES>(), align: align_of::<NDIS_RESTART_GENERAL_ATTRIBUTES>() },
        Layout { owner: "NDIS_RESTART_GENERAL_ATTRIBUTES", path: "Header", offset: offset_of!(NDIS_RESTART_GENERAL_ATTRIBUTES, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_RESTART_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_RESTART_GENERAL_ATTRIBUTES", path: "MtuSize", offset: offset_of!(NDIS_RESTART_GENERAL_ATTRIBUTES, MtuSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_RESTART_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).MtuSize }), align: 0 },
        Layout { owner: "NDIS_RESTART_GENERAL_ATTRIBUTES", path: "MaxXmitLinkSpeed", offset: offset_of!(NDIS_RESTART_GENERAL_ATTRIBUTES, MaxXmitLinkSpeed), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_RESTART_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).MaxXmitLinkSpeed }), align: 0 },
        Layout { owner: "NDIS_RESTART_GENERAL_ATTRIBUTES", path: "MaxRcvLinkSpeed", offset: offset_of!(NDIS_RESTART_GENERAL_ATTRIBUTES, MaxRcvLinkSpeed), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_RESTART_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).MaxRcvLinkSpeed }), align: 0 },
        Layout { owner: "NDIS_RESTART_GENERAL_ATTRIBUTES", path: "LookaheadSize", offset: offset_of!(NDIS_RESTART_GENERAL_ATTRIBUTES, LookaheadSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_RESTART_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).LookaheadSize }), align: 0 },
        Layout { owner: "NDIS_RESTART_GENERAL_ATTRIBUTES", path: "MacOptions", offset: offset_of!(NDIS_RESTART_GENERAL_ATTRIBUTES, MacOptions), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_RESTART_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).MacOptions }), align: 0 },
        Layout { owner: "NDIS_RESTART_GENERAL_ATTRIBUTES", path: "SupportedPacketFilters", offset: offset_of!(NDIS_RESTART_GENERAL_ATTRIBUTES, SupportedPacketFilters), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_RESTART_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).SupportedPacketFilters }), align: 0 },
        Layout { owner: "NDIS_RESTART_GENERAL_ATTRIBUTES", path: "MaxMulticastListSize", offset: offset_of!(NDIS_RESTART_GENERAL_ATTRIBUTES, MaxMulticastListSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_RESTART_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).MaxMulticastListSize }), align: 0 },
        Layout { owner: "NDIS_RESTART_GENERAL_ATTRIBUTES", path: "RecvScaleCapabilities", offset: offset_of!(NDIS_RESTART_GENERAL_ATTRIBUTES, RecvScaleCapabilities), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_RESTART_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).RecvScaleCapabilities }), align: 0 },
        Layout { owner: "NDIS_RESTART_GENERAL_ATTRIBUTES", path: "AccessType", offset: offset_of!(NDIS_RESTART_GENERAL_ATTRIBUTES, AccessType), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_RESTART_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).AccessType }), align: 0 },
        Layout { owner: "NDIS_RESTART_GENERAL_ATTRIBUTES", path: "Flags", offset: offset_of!(NDIS_RESTART_GENERAL_ATTRIBUTES, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_RESTART_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_RESTART_GENERAL_ATTRIBUTES", path: "ConnectionType", offset: offset_of!(NDIS_RESTART_GENERAL_ATTRIBUTES, ConnectionType), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_RESTART_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).ConnectionType }), align: 0 },
        Layout { owner: "NDIS_RESTART_GENERAL_ATTRIBUTES", path: "SupportedStatistics", offset: offset_of!(NDIS_RESTART_GENERAL_ATTRIBUTES, SupportedStatistics), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_RESTART_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).SupportedStatistics }), align: 0 },
        Layout { owner: "NDIS_RESTART_GENERAL_ATTRIBUTES", path: "DataBackFillSize", offset: offset_of!(NDIS_RESTART_GENERAL_ATTRIBUTES, DataBackFillSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_RESTART_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).DataBackFillSize }), align: 0 },
        Layout { owner: "NDIS_RESTART_GENERAL_ATTRIBUTES", path: "ContextBackFillSize", offset: offset_of!(NDIS_RESTART_GENERAL_ATTRIBUTES, ContextBackFillSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_RESTART_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).ContextBackFillSize }), align: 0 },
        Layout { owner: "NDIS_RESTART_GENERAL_ATTRIBUTES", path: "SupportedOidList", offset: offset_of!(NDIS_RESTART_GENERAL_ATTRIBUTES, SupportedOidList), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_RESTART_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).SupportedOidList }), align: 0 },
        Layout { owner: "NDIS_RESTART_GENERAL_ATTRIBUTES", path: "SupportedOidListLength", offset: offset_of!(NDIS_RESTART_GENERAL_ATTRIBUTES, SupportedOidListLength), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_RESTART_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).SupportedOidListLength }), align: 0 },
        Layout { owner: "NDIS_RESTART_GENERAL_ATTRIBUTES", path: "MaxLookaheadSizeAccessed", offset: offset_of!(NDIS_RESTART_GENERAL_ATTRIBUTES, MaxLookaheadSizeAccessed), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_RESTART_GENERAL_ATTRIBUTES| unsafe { &raw const (*it).MaxLookaheadSizeAccessed }), align: 0 },
        Layout { owner: "NDIS_STATISTICS_INFO", path: "", offset: 0, size: size_of::<NDIS_STATISTICS_INFO>(), align: align_of::<NDIS_STATISTICS_INFO>() },
        Layout { owner: "NDIS_STATISTICS_INFO", path: "Header", offset: offset_of!(NDIS_STATISTICS_INFO, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATISTICS_INFO| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_STATISTICS_INFO", path: "SupportedStatistics", offset: offset_of!(NDIS_STATISTICS_INFO, SupportedStatistics), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATISTICS_INFO| unsafe { &raw const (*it).SupportedStatistics }), align: 0 },
        Layout { owner: "NDIS_STATISTICS_INFO", path: "ifInDiscards", offset: offset_of!(NDIS_STATISTICS_INFO, ifInDiscards), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATISTICS_INFO| unsafe { &raw const (*it).ifInDiscards }), align: 0 },
        Layout { owner: "NDIS_STATISTICS_INFO", path: "ifInErrors", offset: offset_of!(NDIS_STATISTICS_INFO, ifInErrors), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATISTICS_INFO| unsafe { &raw const (*it).ifInErrors }), align: 0 },
        Layout { owner: "NDIS_STATISTICS_INFO", path: "ifHCInOctets", offset: offset_of!(NDIS_STATISTICS_INFO, ifHCInOctets), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATISTICS_INFO| unsafe { &raw const (*it).ifHCInOctets }), align: 0 },
        Layout { owner: "NDIS_STATISTICS_INFO", path: "ifHCInUcastPkts", offset: offset_of!(NDIS_STATISTICS_INFO, ifHCInUcastPkts), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATISTICS_INFO| unsafe { &raw const (*it).ifHCInUcastPkts }), align: 0 },
        Layout { owner: "NDIS_STATISTICS_INFO", path: "ifHCInMulticastPkts", offset: offset_of!(NDIS_STATISTICS_INFO, ifHCInMulticastPkts), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATISTICS_INFO| unsafe { &raw const (*it).ifHCInMulticastPkts }), align: 0 },
        Layout { owner: "NDIS_STATISTICS_INFO", path: "ifHCInBroadcastPkts", offset: offset_of!(NDIS_STATISTICS_INFO, ifHCInBroadcastPkts), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATISTICS_INFO| unsafe { &raw const (*it).ifHCInBroadcastPkts }), align: 0 },
        Layout { owner: "NDIS_STATISTICS_INFO", path: "ifHCOutOctets", offset: offset_of!(NDIS_STATISTICS_INFO, ifHCOutOctets), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATISTICS_INFO| unsafe { &raw const (*it).ifHCOutOctets }), align: 0 },
        Layout { owner: "NDIS_STATISTICS_INFO", path: "ifHCOutUcastPkts", offset: offset_of!(NDIS_STATISTICS_INFO, ifHCOutUcastPkts), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATISTICS_INFO| unsafe { &raw const (*it).ifHCOutUcastPkts }), align: 0 },
        Layout { owner: "NDIS_STATISTICS_INFO", path: "ifHCOutMulticastPkts", offset: offset_of!(NDIS_STATISTICS_INFO, ifHCOutMulticastPkts), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATISTICS_INFO| unsafe { &raw const (*it).ifHCOutMulticastPkts }), align: 0 },
        Layout { owner: "NDIS_STATISTICS_INFO", path: "ifHCOutBroadcastPkts", offset: offset_of!(NDIS_STATISTICS_INFO, ifHCOutBroadcastPkts), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATISTICS_INFO| unsafe { &raw const (*it).ifHCOutBroadcastPkts }), align: 0 },
        Layout { owner: "NDIS_STATISTICS_INFO", path: "ifOutErrors", offset: offset_of!(NDIS_STATISTICS_INFO, ifOutErrors), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATISTICS_INFO| unsafe { &raw const (*it).ifOutErrors }), align: 0 },
        Layout { owner: "NDIS_STATISTICS_INFO", path: "ifOutDiscards", offset: offset_of!(NDIS_STATISTICS_INFO, ifOutDiscards), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATISTICS_INFO| unsafe { &raw const (*it).ifOutDiscards }), align: 0 },
        Layout { owner: "NDIS_STATISTICS_INFO", path: "ifHCInUcastOctets", offset: offset_of!(NDIS_STATISTICS_INFO, ifHCInUcastOctets), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATISTICS_INFO| unsafe { &raw const (*it).ifHCInUcastOctets }), align: 0 },
        Layout { owner: "NDIS_STATISTICS_INFO", path: "ifHCInMulticastOctets", offset: offset_of!(NDIS_STATISTICS_INFO, ifHCInMulticastOctets), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATISTICS_INFO| unsafe { &raw const (*it).ifHCInMulticastOctets }), align: 0 },
        Layout { owner: "NDIS_STATISTICS_INFO", path: "ifHCInBroadcastOctets", offset: offset_of!(NDIS_STATISTICS_INFO, ifHCInBroadcastOctets), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATISTICS_INFO| unsafe { &raw const (*it).ifHCInBroadcastOctets }), align: 0 },
        Layout { owner: "NDIS_STATISTICS_INFO", path: "ifHCOutUcastOctets", offset: offset_of!(NDIS_STATISTICS_INFO, ifHCOutUcastOctets), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATISTICS_INFO| unsafe { &raw const (*it).ifHCOutUcastOctets }), align: 0 },
        Layout { owner: "NDIS_STATISTICS_INFO", path: "ifHCOutMulticastOctets", offset: offset_of!(NDIS_STATISTICS_INFO, ifHCOutMulticastOctets), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATISTICS_INFO| unsafe { &raw const (*it).ifHCOutMulticastOctets }), align: 0 },
        Layout { owner: "NDIS_STATISTICS_INFO", path: "ifHCOutBroadcastOctets", offset: offset_of!(NDIS_STATISTICS_INFO, ifHCOutBroadcastOctets), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATISTICS_INFO| unsafe { &raw const (*it).ifHCOutBroadcastOctets }), align: 0 },
        Layout { owner: "NDIS_STATUS_INDICATION", path: "", offset: 0, size: size_of::<NDIS_STATUS_INDICATION>(), align: align_of::<NDIS_STATUS_INDICATION>() },
        Layout { owner: "NDIS_STATUS_INDICATION", path: "Header", offset: offset_of!(NDIS_STATUS_INDICATION, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATUS_INDICATION| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_STATUS_INDICATION", path: "SourceHandle", offset: offset_of!(NDIS_STATUS_INDICATION, SourceHandle), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATUS_INDICATION| unsafe { &raw const (*it).SourceHandle }), align: 0 },
        Layout { owner: "NDIS_STATUS_INDICATION", path: "PortNumber", offset: offset_of!(NDIS_STATUS_INDICATION, PortNumber), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATUS_INDICATION| unsafe { &raw const (*it).PortNumber }), align: 0 },
        Layout { owner: "NDIS_STATUS_INDICATION", path: "StatusCode", offset: offset_of!(NDIS_STATUS_INDICATION, StatusCode), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATUS_INDICATION| unsafe { &raw const (*it).StatusCode }), align: 0 },
        Layout { owner: "NDIS_STATUS_INDICATION", path: "Flags", offset: offset_of!(NDIS_STATUS_INDICATION, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATUS_INDICATION| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_STATUS_INDICATION", path: "DestinationHandle", offset: offset_of!(NDIS_STATUS_INDICATION, DestinationHandle), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATUS_INDICATION| unsafe { &raw const (*it).DestinationHandle }), align: 0 },
        Layout { owner: "NDIS_STATUS_INDICATION", path: "RequestId", offset: offset_of!(NDIS_STATUS_INDICATION, RequestId), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATUS_INDICATION| unsafe { &raw const (*it).RequestId }), align: 0 },
        Layout { owner: "NDIS_STATUS_INDICATION", path: "StatusBuffer", offset: offset_of!(NDIS_STATUS_INDICATION, StatusBuffer), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATUS_INDICATION| unsafe { &raw const (*it).StatusBuffer }), align: 0 },
        Layout { owner: "NDIS_STATUS_INDICATION", path: "StatusBufferSize", offset: offset_of!(NDIS_STATUS_INDICATION, StatusBufferSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATUS_INDICATION| unsafe { &raw const (*it).StatusBufferSize }), align: 0 },
        Layout { owner: "NDIS_STATUS_INDICATION", path: "Guid", offset: offset_of!(NDIS_STATUS_INDICATION, Guid), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATUS_INDICATION| unsafe { &raw const (*it).Guid }), align: 0 },
        Layout { owner: "NDIS_STATUS_INDICATION", path: "NdisReserved", offset: offset_of!(NDIS_STATUS_INDICATION, NdisReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_STATUS_INDICATION| unsafe { &raw const (*it).NdisReserved }), align: 0 },
        Layout { owner: "NDIS_TCP_CONNECTION_OFFLOAD", path: "", offset: 0, size: size_of::<NDIS_TCP_CONNECTION_OFFLOAD>(), align: align_of::<NDIS_TCP_CONNECTION_OFFLOAD>() },
        Layout { owner: "NDIS_TCP_CONNECTION_OFFLOAD", path: "Header", offset: offset_of!(NDIS_TCP_CONNECTION_OFFLOAD, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_TCP_CONNECTION_OFFLOAD| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_TCP_CONNECTION_OFFLOAD", path: "Encapsulation", offset: offset_of!(NDIS_TCP_CONNECTION_OFFLOAD, Encapsulation), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_TCP_CONNECTION_OFFLOAD| unsafe { &raw const (*it).Encapsulation }), align: 0 },
        Layout { owner: "NDIS_TCP_CONNECTION_OFFLOAD", path: "__reserved_bits", offset: offset_of!(NDIS_TCP_CONNECTION_OFFLOAD, __reserved_bits), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_TCP_CONNECTION_OFFLOAD| unsafe { &raw const (*it).__reserved_bits }), align: 0 },
        Layout { owner: "NDIS_TCP_CONNECTION_OFFLOAD", path: "TcpConnectionOffloadCapacity", offset: offset_of!(NDIS_TCP_CONNECTION_OFFLOAD, TcpConnectionOffloadCapacity), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_TCP_CONNECTION_OFFLOAD| unsafe { &raw const (*it).TcpConnectionOffloadCapacity }), align: 0 },
        Layout { owner: "NDIS_TCP_CONNECTION_OFFLOAD", path: "Flags", offset: offset_of!(NDIS_TCP_CONNECTION_OFFLOAD, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_TCP_CONNECTION_OFFLOAD| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NDIS_TCP_IP_CHECKSUM_OFFLOAD", path: "", offset: 0, size: size_of::<NDIS_TCP_IP_CHECKSUM_OFFLOAD>(), align: align_of::<NDIS_TCP_IP_CHECKSUM_OFFLOAD>() },
        Layout { owner: "NDIS_TCP_IP_CHECKSUM_OFFLOAD", path: "IPv4Transmit", offset: offset_of!(NDIS_TCP_IP_CHECKSUM_OFFLOAD, IPv4Transmit), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_TCP_IP_CHECKSUM_OFFLOAD| unsafe { &raw const (*it).IPv4Transmit }), align: 0 },
        Layout { owner: "NDIS_TCP_IP_CHECKSUM_OFFLOAD", path: "IPv4Receive", offset: offset_of!(NDIS_TCP_IP_CHECKSUM_OFFLOAD, IPv4Receive), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_TCP_IP_CHECKSUM_OFFLOAD| unsafe { &raw const (*it).IPv4Receive }), align: 0 },
        Layout { owner: "NDIS_TCP_IP_CHECKSUM_OFFLOAD", path: "IPv6Transmit", offset: offset_of!(NDIS_TCP_IP_CHECKSUM_OFFLOAD, IPv6Transmit), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_TCP_IP_CHECKSUM_OFFLOAD| unsafe { &raw const (*it).IPv6Transmit }), align: 0 },
        Layout { owner: "NDIS_TCP_IP_CHECKSUM_OFFLOAD", path: "IPv6Receive", offset: offset_of!(NDIS_TCP_IP_CHECKSUM_OFFLOAD, IPv6Receive), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_TCP_IP_CHECKSUM_OFFLOAD| unsafe { &raw const (*it).IPv6Receive }), align: 0 },
        Layout { owner: "NDIS_TCP_LARGE_SEND_OFFLOAD_V2", path: "", offset: 0, size: size_of::<NDIS_TCP_LARGE_SEND_OFFLOAD_V2>(), align: align_of::<NDIS_TCP_LARGE_SEND_OFFLOAD_V2>() },
        Layout { owner: "NDIS_TCP_LARGE_SEND_OFFLOAD_V2", path: "IPv4", offset: offset_of!(NDIS_TCP_LARGE_SEND_OFFLOAD_V2, IPv4), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_TCP_LARGE_SEND_OFFLOAD_V2| unsafe { &raw const (*it).IPv4 }), align: 0 },
        Layout { owner: "NDIS_TCP_LARGE_SEND_OFFLOAD_V2", path: "IPv6", offset: offset_of!(NDIS_TCP_LARGE_SEND_OFFLOAD_V2, IPv6), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_TCP_LARGE_SEND_OFFLOAD_V2| unsafe { &raw const (*it).IPv6 }), align: 0 },
        Layout { owner: "NDIS_TCP_OFFLOAD_EVENT_HANDLERS", path: "", offset: 0, size: size_of::<NDIS_TCP_OFFLOAD_EVENT_HANDLERS>(), align: align_of::<NDIS_TCP_OFFLOAD_EVENT_HANDLERS>() },
        Layout { owner: "NDIS_TCP_OFFLOAD_EVENT_HANDLERS", path: "Header", offset: offset_of!(NDIS_TCP_OFFLOAD_EVENT_HANDLERS, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_TCP_OFFLOAD_EVENT_HANDLERS| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDIS_TCP_OFFLOAD_EVENT_HANDLERS", path: "NdisTcpOffloadEventHandler", offset: offset_of!(NDIS_TCP_OFFLOAD_EVENT_HANDLERS, NdisTcpOffloadEventHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_TCP_OFFLOAD_EVENT_HANDLERS| unsafe { &raw const (*it).NdisTcpOffloadEventHandler }), align: 0 },
        Layout { owner: "NDIS_TCP_OFFLOAD_EVENT_HANDLERS", path: "NdisTcpOffloadReceiveHandler", offset: offset_of!(NDIS_TCP_OFFLOAD_EVENT_HANDLERS, NdisTcpOffloadReceiveHandler), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_TCP_OFFLOAD_EVENT_HANDLERS| unsafe { &raw const (*it).NdisTcpOffloadReceiveHandler }), align: 0 },
        Layout { owner: "NDIS_TCP_OFFLOAD_EVENT_HANDLERS", path: "NdisTcpOffloadSendComplete", offset: offset_of!(NDIS_TCP_OFFLOAD_EVENT_HANDLERS, NdisTcpOffloadSendComplete), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_TCP_OFFLOAD_EVENT_HANDLERS| unsafe { &raw const (*it).NdisTcpOffloadSendComplete }), align: 0 },
        Layout { owner: "NDIS_TCP_OFFLOAD_EVENT_HANDLERS", path: "NdisTcpOffloadReceiveComplete", offset: offset_of!(NDIS_TCP_OFFLOAD_EVENT_HANDLERS, NdisTcpOffloadReceiveComplete), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_TCP_OFFLOAD_EVENT_HANDLERS| unsafe { &raw const (*it).NdisTcpOffloadReceiveComplete }), align: 0 },
        Layout { owner: "NDIS_TCP_OFFLOAD_EVENT_HANDLERS", path: "NdisTcpOffloadDisconnectComplete", offset: offset_of!(NDIS_TCP_OFFLOAD_EVENT_HANDLERS, NdisTcpOffloadDisconnectComplete), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_TCP_OFFLOAD_EVENT_HANDLERS| unsafe { &raw const (*it).NdisTcpOffloadDisconnectComplete }), align: 0 },
        Layout { owner: "NDIS_TCP_OFFLOAD_EVENT_HANDLERS", path: "NdisTcpOffloadForwardComplete", offset: offset_of!(NDIS_TCP_OFFLOAD_EVENT_HANDLERS, NdisTcpOffloadForwardComplete), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_TCP_OFFLOAD_EVENT_HANDLERS| unsafe { &raw const (*it).NdisTcpOffloadForwardComplete }), align: 0 },
        Layout { owner: "NDIS_TCP_RECV_SEG_COALESCE_OFFLOAD", path: "", offset: 0, size: size_of::<NDIS_TCP_RECV_SEG_COALESCE_OFFLOAD>(), align: align_of::<NDIS_TCP_RECV_SEG_COALESCE_OFFLOAD>() },
        Layout { owner: "NDIS_TCP_RECV_SEG_COALESCE_OFFLOAD", path: "IPv4", offset: offset_of!(NDIS_TCP_RECV_SEG_COALESCE_OFFLOAD, IPv4), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_TCP_RECV_SEG_COALESCE_OFFLOAD| unsafe { &raw const (*it).IPv4 }), align: 0 },
        Layout { owner: "NDIS_TCP_RECV_SEG_COALESCE_OFFLOAD", path: "IPv6", offset: offset_of!(NDIS_TCP_RECV_SEG_COALESCE_OFFLOAD, IPv6), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDIS_TCP_RECV_SEG_COALESCE_OFFLOAD| unsafe { &raw const (*it).IPv6 }), align: 0 },
        Layout { owner: "NDK_ADAPTER", path: "", offset: 0, size: size_of::<NDK_ADAPTER>(), align: align_of::<NDK_ADAPTER>() },
        Layout { owner: "NDK_ADAPTER", path: "Header", offset: offset_of!(NDK_ADAPTER, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDK_ADAPTER", path: "Dispatch", offset: offset_of!(NDK_ADAPTER, Dispatch), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER| unsafe { &raw const (*it).Dispatch }), align: 0 },
        Layout { owner: "NDK_ADAPTER_DISPATCH", path: "", offset: 0, size: size_of::<NDK_ADAPTER_DISPATCH>(), align: align_of::<NDK_ADAPTER_DISPATCH>() },
        Layout { owner: "NDK_ADAPTER_DISPATCH", path: "NdkQueryExtension", offset: offset_of!(NDK_ADAPTER_DISPATCH, NdkQueryExtension), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_DISPATCH| unsafe { &raw const (*it).NdkQueryExtension }), align: 0 },
        Layout { owner: "NDK_ADAPTER_DISPATCH", path: "NdkQueryAdapterInfo", offset: offset_of!(NDK_ADAPTER_DISPATCH, NdkQueryAdapterInfo), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_DISPATCH| unsafe { &raw const (*it).NdkQueryAdapterInfo }), align: 0 },
        Layout { owner: "NDK_ADAPTER_DISPATCH", path: "NdkCreateCq", offset: offset_of!(NDK_ADAPTER_DISPATCH, NdkCreateCq), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_DISPATCH| unsafe { &raw const (*it).NdkCreateCq }), align: 0 },
        Layout { owner: "NDK_ADAPTER_DISPATCH", path: "NdkCreatePd", offset: offset_of!(NDK_ADAPTER_DISPATCH, NdkCreatePd), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_DISPATCH| unsafe { &raw const (*it).NdkCreatePd }), align: 0 },
        Layout { owner: "NDK_ADAPTER_DISPATCH", path: "NdkCreateSharedEndpoint", offset: offset_of!(NDK_ADAPTER_DISPATCH, NdkCreateSharedEndpoint), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_DISPATCH| unsafe { &raw const (*it).NdkCreateSharedEndpoint }), align: 0 },
        Layout { owner: "NDK_ADAPTER_DISPATCH", path: "NdkCreateConnector", offset: offset_of!(NDK_ADAPTER_DISPATCH, NdkCreateConnector), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_DISPATCH| unsafe { &raw const (*it).NdkCreateConnector }), align: 0 },
        Layout { owner: "NDK_ADAPTER_DISPATCH", path: "NdkCreateListener", offset: offset_of!(NDK_ADAPTER_DISPATCH, NdkCreateListener), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_DISPATCH| unsafe { &raw const (*it).NdkCreateListener }), align: 0 },
        Layout { owner: "NDK_ADAPTER_DISPATCH", path: "NdkBuildLAM", offset: offset_of!(NDK_ADAPTER_DISPATCH, NdkBuildLAM), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_DISPATCH| unsafe { &raw const (*it).NdkBuildLAM }), align: 0 },
        Layout { owner: "NDK_ADAPTER_DISPATCH", path: "NdkReleaseLAM", offset: offset_of!(NDK_ADAPTER_DISPATCH, NdkReleaseLAM), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_DISPATCH| unsafe { &raw const (*it).NdkReleaseLAM }), align: 0 },
        Layout { owner: "NDK_ADAPTER_INFO", path: "", offset: 0, size: size_of::<NDK_ADAPTER_INFO>(), align: align_of::<NDK_ADAPTER_INFO>() },
        Layout { owner: "NDK_ADAPTER_INFO", path: "Version", offset: offset_of!(NDK_ADAPTER_INFO, Version), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_INFO| unsafe { &raw const (*it).Version }), align: 0 },
        Layout { owner: "NDK_ADAPTER_INFO", path: "VendorId", offset: offset_of!(NDK_ADAPTER_INFO, VendorId), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_INFO| unsafe { &raw const (*it).VendorId }), align: 0 },
        Layout { owner: "NDK_ADAPTER_INFO", path: "DeviceId", offset: offset_of!(NDK_ADAPTER_INFO, DeviceId), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_INFO| unsafe { &raw const (*it).DeviceId }), align: 0 },
        Layout { owner: "NDK_ADAPTER_INFO", path: "MaxRegistrationSize", offset: offset_of!(NDK_ADAPTER_INFO, MaxRegistrationSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_INFO| unsafe { &raw const (*it).MaxRegistrationSize }), align: 0 },
        Layout { owner: "NDK_ADAPTER_INFO", path: "MaxWindowSize", offset: offset_of!(NDK_ADAPTER_INFO, MaxWindowSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_INFO| unsafe { &raw const (*it).MaxWindowSize }), align: 0 },
        Layout { owner: "NDK_ADAPTER_INFO", path: "FRMRPageCount", offset: offset_of!(NDK_ADAPTER_INFO, FRMRPageCount), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_INFO| unsafe { &raw const (*it).FRMRPageCount }), align: 0 },
        Layout { owner: "NDK_ADAPTER_INFO", path: "MaxInitiatorRequestSge", offset: offset_of!(NDK_ADAPTER_INFO, MaxInitiatorRequestSge), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_INFO| unsafe { &raw const (*it).MaxInitiatorRequestSge }), align: 0 },
        Layout { owner: "NDK_ADAPTER_INFO", path: "MaxReceiveRequestSge", offset: offset_of!(NDK_ADAPTER_INFO, MaxReceiveRequestSge), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_INFO| unsafe { &raw const (*it).MaxReceiveRequestSge }), align: 0 },
        Layout { owner: "NDK_ADAPTER_INFO", path: "MaxReadRequestSge", offset: offset_of!(NDK_ADAPTER_INFO, MaxReadRequestSge), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_INFO| unsafe { &raw const (*it).MaxReadRequestSge }), align: 0 },
        Layout { owner: "NDK_ADAPTER_INFO", path: "MaxTransferLength", offset: offset_of!(NDK_ADAPTER_INFO, MaxTransferLength), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_INFO| unsafe { &raw const (*it).MaxTransferLength }), align: 0 },
        Layout { owner: "NDK_ADAPTER_INFO", path: "MaxInlineDataSize", offset: offset_of!(NDK_ADAPTER_INFO, MaxInlineDataSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_INFO| unsafe { &raw const (*it).MaxInlineDataSize }), align: 0 },
        Layout { owner: "NDK_ADAPTER_INFO", path: "MaxInboundReadLimit", offset: offset_of!(NDK_ADAPTER_INFO, MaxInboundReadLimit), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_INFO| unsafe { &raw const (*it).MaxInboundReadLimit }), align: 0 },
        Layout { owner: "NDK_ADAPTER_INFO", path: "MaxOutboundReadLimit", offset: offset_of!(NDK_ADAPTER_INFO, MaxOutboundReadLimit), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_INFO| unsafe { &raw const (*it).MaxOutboundReadLimit }), align: 0 },
        Layout { owner: "NDK_ADAPTER_INFO", path: "MaxReceiveQueueDepth", offset: offset_of!(NDK_ADAPTER_INFO, MaxReceiveQueueDepth), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_INFO| unsafe { &raw const (*it).MaxReceiveQueueDepth }), align: 0 },
        Layout { owner: "NDK_ADAPTER_INFO", path: "MaxInitiatorQueueDepth", offset: offset_of!(NDK_ADAPTER_INFO, MaxInitiatorQueueDepth), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_INFO| unsafe { &raw const (*it).MaxInitiatorQueueDepth }), align: 0 },
        Layout { owner: "NDK_ADAPTER_INFO", path: "MaxSrqDepth", offset: offset_of!(NDK_ADAPTER_INFO, MaxSrqDepth), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_INFO| unsafe { &raw const (*it).MaxSrqDepth }), align: 0 },
        Layout { owner: "NDK_ADAPTER_INFO", path: "MaxCqDepth", offset: offset_of!(NDK_ADAPTER_INFO, MaxCqDepth), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_INFO| unsafe { &raw const (*it).MaxCqDepth }), align: 0 },
        Layout { owner: "NDK_ADAPTER_INFO", path: "LargeRequestThreshold", offset: offset_of!(NDK_ADAPTER_INFO, LargeRequestThreshold), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_INFO| unsafe { &raw const (*it).LargeRequestThreshold }), align: 0 },
        Layout { owner: "NDK_ADAPTER_INFO", path: "MaxCallerData", offset: offset_of!(NDK_ADAPTER_INFO, MaxCallerData), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_INFO| unsafe { &raw const (*it).MaxCallerData }), align: 0 },
        Layout { owner: "NDK_ADAPTER_INFO", path: "MaxCalleeData", offset: offset_of!(NDK_ADAPTER_INFO, MaxCalleeData), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_INFO| unsafe { &raw const (*it).MaxCalleeData }), align: 0 },
        Layout { owner: "NDK_ADAPTER_INFO", path: "AdapterFlags", offset: offset_of!(NDK_ADAPTER_INFO, AdapterFlags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_INFO| unsafe { &raw const (*it).AdapterFlags }), align: 0 },
        Layout { owner: "NDK_ADAPTER_INFO", path: "RdmaTechnology", offset: offset_of!(NDK_ADAPTER_INFO, RdmaTechnology), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_ADAPTER_INFO| unsafe { &raw const (*it).RdmaTechnology }), align: 0 },
        Layout { owner: "NDK_CONNECTOR", path: "", offset: 0, size: size_of::<NDK_CONNECTOR>(), align: align_of::<NDK_CONNECTOR>() },
        Layout { owner: "NDK_CONNECTOR", path: "Header", offset: offset_of!(NDK_CONNECTOR, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CONNECTOR| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDK_CONNECTOR", path: "Dispatch", offset: offset_of!(NDK_CONNECTOR, Dispatch), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CONNECTOR| unsafe { &raw const (*it).Dispatch }), align: 0 },
        Layout { owner: "NDK_CONNECTOR_DISPATCH", path: "", offset: 0, size: size_of::<NDK_CONNECTOR_DISPATCH>(), align: align_of::<NDK_CONNECTOR_DISPATCH>() },
        Layout { owner: "NDK_CONNECTOR_DISPATCH", path: "NdkCloseConnector", offset: offset_of!(NDK_CONNECTOR_DISPATCH, NdkCloseConnector), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CONNECTOR_DISPATCH| unsafe { &raw const (*it).NdkCloseConnector }), align: 0 },
        Layout { owner: "NDK_CONNECTOR_DISPATCH", path: "NdkQueryExtension", offset: offset_of!(NDK_CONNECTOR_DISPATCH, NdkQueryExtension), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CONNECTOR_DISPATCH| unsafe { &raw const (*it).NdkQueryExtension }), align: 0 },
        Layout { owner: "NDK_CONNECTOR_DISPATCH", path: "NdkConnect", offset: offset_of!(NDK_CONNECTOR_DISPATCH, NdkConnect), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CONNECTOR_DISPATCH| unsafe { &raw const (*it).NdkConnect }), align: 0 },
        Layout { owner: "NDK_CONNECTOR_DISPATCH", path: "NdkConnectWithSharedEndpoint", offset: offset_of!(NDK_CONNECTOR_DISPATCH, NdkConnectWithSharedEndpoint), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CONNECTOR_DISPATCH| unsafe { &raw const (*it).NdkConnectWithSharedEndpoint }), align: 0 },
        Layout { owner: "NDK_CONNECTOR_DISPATCH", path: "NdkCompleteConnect", offset: offset_of!(NDK_CONNECTOR_DISPATCH, NdkCompleteConnect), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CONNECTOR_DISPATCH| unsafe { &raw const (*it).NdkCompleteConnect }), align: 0 },
        Layout { owner: "NDK_CONNECTOR_DISPATCH", path: "NdkAccept", offset: offset_of!(NDK_CONNECTOR_DISPATCH, NdkAccept), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CONNECTOR_DISPATCH| unsafe { &raw const (*it).NdkAccept }), align: 0 },
        Layout { owner: "NDK_CONNECTOR_DISPATCH", path: "NdkReject", offset: offset_of!(NDK_CONNECTOR_DISPATCH, NdkReject), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CONNECTOR_DISPATCH| unsafe { &raw const (*it).NdkReject }), align: 0 },
        Layout { owner: "NDK_CONNECTOR_DISPATCH", path: "NdkGetConnectionData", offset: offset_of!(NDK_CONNECTOR_DISPATCH, NdkGetConnectionData), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CONNECTOR_DISPATCH| unsafe { &raw const (*it).NdkGetConnectionData }), align: 0 },
        Layout { owner: "NDK_CONNECTOR_DISPATCH", path: "NdkGetLocalAddress", offset: offset_of!(NDK_CONNECTOR_DISPATCH, NdkGetLocalAddress), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CONNECTOR_DISPATCH| unsafe { &raw const (*it).NdkGetLocalAddress }), align: 0 },
        Layout { owner: "NDK_CONNECTOR_DISPATCH", path: "NdkGetPeerAddress", offset: offset_of!(NDK_CONNECTOR_DISPATCH, NdkGetPeerAddress), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CONNECTOR_DISPATCH| unsafe { &raw const (*it).NdkGetPeerAddress }), align: 0 },
        Layout { owner: "NDK_CONNECTOR_DISPATCH", path: "NdkDisconnect", offset: offset_of!(NDK_CONNECTOR_DISPATCH, NdkDisconnect), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CONNECTOR_DISPATCH| unsafe { &raw const (*it).NdkDisconnect }), align: 0 },
        Layout { owner: "NDK_CONNECTOR_DISPATCH", path: "NdkCompleteConnectEx", offset: offset_of!(NDK_CONNECTOR_DISPATCH, NdkCompleteConnectEx), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CONNECTOR_DISPATCH| unsafe { &raw const (*it).NdkCompleteConnectEx }), align: 0 },
        Layout { owner: "NDK_CONNECTOR_DISPATCH", path: "NdkAcceptEx", offset: offset_of!(NDK_CONNECTOR_DISPATCH, NdkAcceptEx), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CONNECTOR_DISPATCH| unsafe { &raw const (*it).NdkAcceptEx }), align: 0 },
        Layout { owner: "NDK_CQ", path: "", offset: 0, size: size_of::<NDK_CQ>(), align: align_of::<NDK_CQ>() },
        Layout { owner: "NDK_CQ", path: "Header", offset: offset_of!(NDK_CQ, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CQ| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDK_CQ", path: "Dispatch", offset: offset_of!(NDK_CQ, Dispatch), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CQ| unsafe { &raw const (*it).Dispatch }), align: 0 },
        Layout { owner: "NDK_CQ_DISPATCH", path: "", offset: 0, size: size_of::<NDK_CQ_DISPATCH>(), align: align_of::<NDK_CQ_DISPATCH>() },
        Layout { owner: "NDK_CQ_DISPATCH", path: "NdkCloseCq", offset: offset_of!(NDK_CQ_DISPATCH, NdkCloseCq), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CQ_DISPATCH| unsafe { &raw const (*it).NdkCloseCq }), align: 0 },
        Layout { owner: "NDK_CQ_DISPATCH", path: "NdkQueryExtension", offset: offset_of!(NDK_CQ_DISPATCH, NdkQueryExtension), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CQ_DISPATCH| unsafe { &raw const (*it).NdkQueryExtension }), align: 0 },
        Layout { owner: "NDK_CQ_DISPATCH", path: "NdkResizeCq", offset: offset_of!(NDK_CQ_DISPATCH, NdkResizeCq), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CQ_DISPATCH| unsafe { &raw const (*it).NdkResizeCq }), align: 0 },
        Layout { owner: "NDK_CQ_DISPATCH", path: "NdkArmCq", offset: offset_of!(NDK_CQ_DISPATCH, NdkArmCq), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CQ_DISPATCH| unsafe { &raw const (*it).NdkArmCq }), align: 0 },
        Layout { owner: "NDK_CQ_DISPATCH", path: "NdkGetCqResults", offset: offset_of!(NDK_CQ_DISPATCH, NdkGetCqResults), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CQ_DISPATCH| unsafe { &raw const (*it).NdkGetCqResults }), align: 0 },
        Layout { owner: "NDK_CQ_DISPATCH", path: "NdkControlCqInterruptModeration", offset: offset_of!(NDK_CQ_DISPATCH, NdkControlCqInterruptModeration), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CQ_DISPATCH| unsafe { &raw const (*it).NdkControlCqInterruptModeration }), align: 0 },
        Layout { owner: "NDK_CQ_DISPATCH", path: "NdkGetCqResultsEx", offset: offset_of!(NDK_CQ_DISPATCH, NdkGetCqResultsEx), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_CQ_DISPATCH| unsafe { &raw const (*it).NdkGetCqResultsEx }), align: 0 },
        Layout { owner: "NDK_EXTENSION_ADAPTER_RSS_DISPATCH", path: "", offset: 0, size: size_of::<NDK_EXTENSION_ADAPTER_RSS_DISPATCH>(), align: align_of::<NDK_EXTENSION_ADAPTER_RSS_DISPATCH>() },
        Layout { owner: "NDK_EXTENSION_ADAPTER_RSS_DISPATCH", path: "NdkGetRssProcessorInfo", offset: offset_of!(NDK_EXTENSION_ADAPTER_RSS_DISPATCH, NdkGetRssProcessorInfo), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_EXTENSION_ADAPTER_RSS_DISPATCH| unsafe { &raw const (*it).NdkGetRssProcessorInfo }), align: 0 },
        Layout { owner: "NDK_EXTENSION_INTERFACE", path: "", offset: 0, size: size_of::<NDK_EXTENSION_INTERFACE>(), align: align_of::<NDK_EXTENSION_INTERFACE>() },
        Layout { owner: "NDK_EXTENSION_INTERFACE", path: "Dispatch", offset: offset_of!(NDK_EXTENSION_INTERFACE, Dispatch), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_EXTENSION_INTERFACE| unsafe { &raw const (*it).Dispatch }), align: 0 },
        Layout { owner: "NDK_LISTENER", path: "", offset: 0, size: size_of::<NDK_LISTENER>(), align: align_of::<NDK_LISTENER>() },
        Layout { owner: "NDK_LISTENER", path: "Header", offset: offset_of!(NDK_LISTENER, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_LISTENER| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDK_LISTENER", path: "Dispatch", offset: offset_of!(NDK_LISTENER, Dispatch), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_LISTENER| unsafe { &raw const (*it).Dispatch }), align: 0 },
        Layout { owner: "NDK_LISTENER_DISPATCH", path: "", offset: 0, size: size_of::<NDK_LISTENER_DISPATCH>(), align: align_of::<NDK_LISTENER_DISPATCH>() },
        Layout { owner: "NDK_LISTENER_DISPATCH", path: "NdkCloseListener", offset: offset_of!(NDK_LISTENER_DISPATCH, NdkCloseListener), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_LISTENER_DISPATCH| unsafe { &raw const (*it).NdkCloseListener }), align: 0 },
        Layout { owner: "NDK_LISTENER_DISPATCH", path: "NdkQueryExtension", offset: offset_of!(NDK_LISTENER_DISPATCH, NdkQueryExtension), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_LISTENER_DISPATCH| unsafe { &raw const (*it).NdkQueryExtension }), align: 0 },
        Layout { owner: "NDK_LISTENER_DISPATCH", path: "NdkListen", offset: offset_of!(NDK_LISTENER_DISPATCH, NdkListen), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_LISTENER_DISPATCH| unsafe { &raw const (*it).NdkListen }), align: 0 },
        Layout { owner: "NDK_LISTENER_DISPATCH", path: "NdkGetLocalAddress", offset: offset_of!(NDK_LISTENER_DISPATCH, NdkGetLocalAddress), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_LISTENER_DISPATCH| unsafe { &raw const (*it).NdkGetLocalAddress }), align: 0 },
        Layout { owner: "NDK_LISTENER_DISPATCH", path: "NdkControlConnectEvents", offset: offset_of!(NDK_LISTENER_DISPATCH, NdkControlConnectEvents), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_LISTENER_DISPATCH| unsafe { &raw const (*it).NdkControlConnectEvents }), align: 0 },
        Layout { owner: "NDK_LOGICAL_ADDRESS_MAPPING", path: "", offset: 0, size: size_of::<NDK_LOGICAL_ADDRESS_MAPPING>(), align: align_of::<NDK_LOGICAL_ADDRESS_MAPPING>() },
        Layout { owner: "NDK_LOGICAL_ADDRESS_MAPPING", path: "AdapterContext", offset: offset_of!(NDK_LOGICAL_ADDRESS_MAPPING, AdapterContext), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_LOGICAL_ADDRESS_MAPPING| unsafe { &raw const (*it).AdapterContext }), align: 0 },
        Layout { owner: "NDK_LOGICAL_ADDRESS_MAPPING", path: "AdapterPageCount", offset: offset_of!(NDK_LOGICAL_ADDRESS_MAPPING, AdapterPageCount), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_LOGICAL_ADDRESS_MAPPING| unsafe { &raw const (*it).AdapterPageCount }), align: 0 },
        Layout { owner: "NDK_LOGICAL_ADDRESS_MAPPING", path: "AdapterPageArray", offset: offset_of!(NDK_LOGICAL_ADDRESS_MAPPING, AdapterPageArray), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_LOGICAL_ADDRESS_MAPPING| unsafe { &raw const (*it).AdapterPageArray }), align: 0 },
        Layout { owner: "NDK_MR", path: "", offset: 0, size: size_of::<NDK_MR>(), align: align_of::<NDK_MR>() },
        Layout { owner: "NDK_MR", path: "Header", offset: offset_of!(NDK_MR, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_MR| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDK_MR", path: "Dispatch", offset: offset_of!(NDK_MR, Dispatch), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_MR| unsafe { &raw const (*it).Dispatch }), align: 0 },
        Layout { owner: "NDK_MR_DISPATCH", path: "", offset: 0, size: size_of::<NDK_MR_DISPATCH>(), align: align_of::<NDK_MR_DISPATCH>() },
        Layout { owner: "NDK_MR_DISPATCH", path: "NdkCloseMr", offset: offset_of!(NDK_MR_DISPATCH, NdkCloseMr), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_MR_DISPATCH| unsafe { &raw const (*it).NdkCloseMr }), align: 0 },
        Layout { owner: "NDK_MR_DISPATCH", path: "NdkQueryExtension", offset: offset_of!(NDK_MR_DISPATCH, NdkQueryExtension), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_MR_DISPATCH| unsafe { &raw const (*it).NdkQueryExtension }), align: 0 },
        Layout { owner: "NDK_MR_DISPATCH", path: "NdkRegisterMr", offset: offset_of!(NDK_MR_DISPATCH, NdkRegisterMr), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_MR_DISPATCH| unsafe { &raw const (*it).NdkRegisterMr }), align: 0 },
        Layout { owner: "NDK_MR_DISPATCH", path: "NdkDeregisterMr", offset: offset_of!(NDK_MR_DISPATCH, NdkDeregisterMr), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_MR_DISPATCH| unsafe { &raw const (*it).NdkDeregisterMr }), align: 0 },
        Layout { owner: "NDK_MR_DISPATCH", path: "NdkInitializeFastRegisterMr", offset: offset_of!(NDK_MR_DISPATCH, NdkInitializeFastRegisterMr), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_MR_DISPATCH| unsafe { &raw const (*it).NdkInitializeFastRegisterMr }), align: 0 },
        Layout { owner: "NDK_MR_DISPATCH", path: "NdkGetRemoteTokenFromMr", offset: offset_of!(NDK_MR_DISPATCH, NdkGetRemoteTokenFromMr), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_MR_DISPATCH| unsafe { &raw const (*it).NdkGetRemoteTokenFromMr }), align: 0 },
        Layout { owner: "NDK_MR_DISPATCH", path: "NdkGetLocalTokenFromMr", offset: offset_of!(NDK_MR_DISPATCH, NdkGetLocalTokenFromMr), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_MR_DISPATCH| unsafe { &raw const (*it).NdkGetLocalTokenFromMr }), align: 0 },
        Layout { owner: "NDK_MW", path: "", offset: 0, size: size_of::<NDK_MW>(), align: align_of::<NDK_MW>() },
        Layout { owner: "NDK_MW", path: "Header", offset: offset_of!(NDK_MW, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_MW| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDK_MW", path: "Dispatch", offset: offset_of!(NDK_MW, Dispatch), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_MW| unsafe { &raw const (*it).Dispatch }), align: 0 },
        Layout { owner: "NDK_MW_DISPATCH", path: "", offset: 0, size: size_of::<NDK_MW_DISPATCH>(), align: align_of::<NDK_MW_DISPATCH>() },
        Layout { owner: "NDK_MW_DISPATCH", path: "NdkCloseMw", offset: offset_of!(NDK_MW_DISPATCH, NdkCloseMw), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_MW_DISPATCH| unsafe { &raw const (*it).NdkCloseMw }), align: 0 },
        Layout { owner: "NDK_MW_DISPATCH", path: "NdkQueryExtension", offset: offset_of!(NDK_MW_DISPATCH, NdkQueryExtension), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_MW_DISPATCH| unsafe { &raw const (*it).NdkQueryExtension }), align: 0 },
        Layout { owner: "NDK_MW_DISPATCH", path: "NdkGetRemoteTokenFromMw", offset: offset_of!(NDK_MW_DISPATCH, NdkGetRemoteTokenFromMw), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_MW_DISPATCH| unsafe { &raw const (*it).NdkGetRemoteTokenFromMw }), align: 0 },
        Layout { owner: "NDK_OBJECT_HEADER", path: "", offset: 0, size: size_of::<NDK_OBJECT_HEADER>(), align: align_of::<NDK_OBJECT_HEADER>() },
        Layout { owner: "NDK_OBJECT_HEADER", path: "Version", offset: offset_of!(NDK_OBJECT_HEADER, Version), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_OBJECT_HEADER| unsafe { &raw const (*it).Version }), align: 0 },
        Layout { owner: "NDK_OBJECT_HEADER", path: "ObjectType", offset: offset_of!(NDK_OBJECT_HEADER, ObjectType), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_OBJECT_HEADER| unsafe { &raw const (*it).ObjectType }), align: 0 },
        Layout { owner: "NDK_OBJECT_HEADER", path: "NdkReserved", offset: offset_of!(NDK_OBJECT_HEADER, NdkReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_OBJECT_HEADER| unsafe { &raw const (*it).NdkReserved }), align: 0 },
        Layout { owner: "NDK_OBJECT_HEADER_RESERVED_BLOCK", path: "", offset: 0, size: size_of::<NDK_OBJECT_HEADER_RESERVED_BLOCK>(), align: align_of::<NDK_OBJECT_HEADER_RESERVED_BLOCK>() },
        Layout { owner: "NDK_OBJECT_HEADER_RESERVED_BLOCK", path: "rf", offset: offset_of!(NDK_OBJECT_HEADER_RESERVED_BLOCK, rf), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_OBJECT_HEADER_RESERVED_BLOCK| unsafe { &raw const (*it).rf }), align: 0 },
        Layout { owner: "NDK_PD", path: "", offset: 0, size: size_of::<NDK_PD>(), align: align_of::<NDK_PD>() },
        Layout { owner: "NDK_PD", path: "Header", offset: offset_of!(NDK_PD, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_PD| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDK_PD", path: "Dispatch", offset: offset_of!(NDK_PD, Dispatch), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_PD| unsafe { &raw const (*it).Dispatch }), align: 0 },
        Layout { owner: "NDK_PD_DISPATCH", path: "", offset: 0, size: size_of::<NDK_PD_DISPATCH>(), align: align_of::<NDK_PD_DISPATCH>() },
        Layout { owner: "NDK_PD_DISPATCH", path: "NdkClosePd", offset: offset_of!(NDK_PD_DISPATCH, NdkClosePd), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_PD_DISPATCH| unsafe { &raw const (*it).NdkClosePd }), align: 0 },
        Layout { owner: "NDK_PD_DISPATCH", path: "NdkQueryExtension", offset: offset_of!(NDK_PD_DISPATCH, NdkQueryExtension), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_PD_DISPATCH| unsafe { &raw const (*it).NdkQueryExtension }), align: 0 },
        Layout { owner: "NDK_PD_DISPATCH", path: "NdkCreateMr", offset: offset_of!(NDK_PD_DISPATCH, NdkCreateMr), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_PD_DISPATCH| unsafe { &raw const (*it).NdkCreateMr }), align: 0 },
        Layout { owner: "NDK_PD_DISPATCH", path: "NdkCreateMw", offset: offset_of!(NDK_PD_DISPATCH, NdkCreateMw), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_PD_DISPATCH| unsafe { &raw const (*it).NdkCreateMw }), align: 0 },
        Layout { owner: "NDK_PD_DISPATCH", path: "NdkCreateSrq", offset: offset_of!(NDK_PD_DISPATCH, NdkCreateSrq), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_PD_DISPATCH| unsafe { &raw const (*it).NdkCreateSrq }), align: 0 },
        Layout { owner: "NDK_PD_DISPATCH", path: "NdkCreateQp", offset: offset_of!(NDK_PD_DISPATCH, NdkCreateQp), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_PD_DISPATCH| unsafe { &raw const (*it).NdkCreateQp }), align: 0 },
        Layout { owner: "NDK_PD_DISPATCH", path: "NdkCreateQpWithSrq", offset: offset_of!(NDK_PD_DISPATCH, NdkCreateQpWithSrq), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_PD_DISPATCH| unsafe { &raw const (*it).NdkCreateQpWithSrq }), align: 0 },
        Layout { owner: "NDK_PD_DISPATCH", path: "NdkGetPrivilegedMemoryRegionToken", offset: offset_of!(NDK_PD_DISPATCH, NdkGetPrivilegedMemoryRegionToken), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_PD_DISPATCH| unsafe { &raw const (*it).NdkGetPrivilegedMemoryRegionToken }), align: 0 },
        Layout { owner: "NDK_QP", path: "", offset: 0, size: size_of::<NDK_QP>(), align: align_of::<NDK_QP>() },
        Layout { owner: "NDK_QP", path: "Header", offset: offset_of!(NDK_QP, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_QP| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDK_QP", path: "Dispatch", offset: offset_of!(NDK_QP, Dispatch), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_QP| unsafe { &raw const (*it).Dispatch }), align: 0 },
        Layout { owner: "NDK_QP_DISPATCH", path: "", offset: 0, size: size_of::<NDK_QP_DISPATCH>(), align: align_of::<NDK_QP_DISPATCH>() },
        Layout { owner: "NDK_QP_DISPATCH", path: "NdkCloseQp", offset: offset_of!(NDK_QP_DISPATCH, NdkCloseQp), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_QP_DISPATCH| unsafe { &raw const (*it).NdkCloseQp }), align: 0 },
        Layout { owner: "NDK_QP_DISPATCH", path: "NdkQueryExtension", offset: offset_of!(NDK_QP_DISPATCH, NdkQueryExtension), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_QP_DISPATCH| unsafe { &raw const (*it).NdkQueryExtension }), align: 0 },
        Layout { owner: "NDK_QP_DISPATCH", path: "NdkFlush", offset: offset_of!(NDK_QP_DISPATCH, NdkFlush), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_QP_DISPATCH| unsafe { &raw const (*it).NdkFlush }), align: 0 },
        Layout { owner: "NDK_QP_DISPATCH", path: "NdkSend", offset: offset_of!(NDK_QP_DISPATCH, NdkSend), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_QP_DISPATCH| unsafe { &raw const (*it).NdkSend }), align: 0 },
        Layout { owner: "NDK_QP_DISPATCH", path: "NdkReceive", offset: offset_of!(NDK_QP_DISPATCH, NdkReceive), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_QP_DISPATCH| unsafe { &raw const (*it).NdkReceive }), align: 0 },
        Layout { owner: "NDK_QP_DISPATCH", path: "NdkBind", offset: offset_of!(NDK_QP_DISPATCH, NdkBind), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_QP_DISPATCH| unsafe { &raw const (*it).NdkBind }), align: 0 },
        Layout { owner: "NDK_QP_DISPATCH", path: "NdkFastRegister", offset: offset_of!(NDK_QP_DISPATCH, NdkFastRegister), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_QP_DISPATCH| unsafe { &raw const (*it).NdkFastRegister }), align: 0 },
        Layout { owner: "NDK_QP_DISPATCH", path: "NdkInvalidate", offset: offset_of!(NDK_QP_DISPATCH, NdkInvalidate), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_QP_DISPATCH| unsafe { &raw const (*it).NdkInvalidate }), align: 0 },
        Layout { owner: "NDK_QP_DISPATCH", path: "NdkRead", offset: offset_of!(NDK_QP_DISPATCH, NdkRead), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_QP_DISPATCH| unsafe { &raw const (*it).NdkRead }), align: 0 },
        Layout { owner: "NDK_QP_DISPATCH", path: "NdkWrite", offset: offset_of!(NDK_QP_DISPATCH, NdkWrite), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_QP_DISPATCH| unsafe { &raw const (*it).NdkWrite }), align: 0 },
        Layout { owner: "NDK_QP_DISPATCH", path: "NdkSendAndInvalidate", offset: offset_of!(NDK_QP_DISPATCH, NdkSendAndInvalidate), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_QP_DISPATCH| unsafe { &raw const (*it).NdkSendAndInvalidate }), align: 0 },
        Layout { owner: "NDK_RESULT", path: "", offset: 0, size: size_of::<NDK_RESULT>(), align: align_of::<NDK_RESULT>() },
        Layout { owner: "NDK_RESULT", path: "Status", offset: offset_of!(NDK_RESULT, Status), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_RESULT| unsafe { &raw const (*it).Status }), align: 0 },
        Layout { owner: "NDK_RESULT", path: "BytesTransferred", offset: offset_of!(NDK_RESULT, BytesTransferred), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_RESULT| unsafe { &raw const (*it).BytesTransferred }), align: 0 },
        Layout { owner: "NDK_RESULT", path: "QPContext", offset: offset_of!(NDK_RESULT, QPContext), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_RESULT| unsafe { &raw const (*it).QPContext }), align: 0 },
        Layout { owner: "NDK_RESULT", path: "RequestContext", offset: offset_of!(NDK_RESULT, RequestContext), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_RESULT| unsafe { &raw const (*it).RequestContext }), align: 0 },
        Layout { owner: "NDK_RESULT_EX", path: "", offset: 0, size: size_of::<NDK_RESULT_EX>(), align: align_of::<NDK_RESULT_EX>() },
        Layout { owner: "NDK_RESULT_EX", path: "Status", offset: offset_of!(NDK_RESULT_EX, Status), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_RESULT_EX| unsafe { &raw const (*it).Status }), align: 0 },
        Layout { owner: "NDK_RESULT_EX", path: "BytesTransferred", offset: offset_of!(NDK_RESULT_EX, BytesTransferred), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_RESULT_EX| unsafe { &raw const (*it).BytesTransferred }), align: 0 },
        Layout { owner: "NDK_RESULT_EX", path: "QPContext", offset: offset_of!(NDK_RESULT_EX, QPContext), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_RESULT_EX| unsafe { &raw const (*it).QPContext }), align: 0 },
        Layout { owner: "NDK_RESULT_EX", path: "RequestContext", offset: offset_of!(NDK_RESULT_EX, RequestContext), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_RESULT_EX| unsafe { &raw const (*it).RequestContext }), align: 0 },
        Layout { owner: "NDK_RESULT_EX", path: "Type", offset: offset_of!(NDK_RESULT_EX, Type), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_RESULT_EX| unsafe { &raw const (*it).Type }), align: 0 },
        Layout { owner: "NDK_RESULT_EX", path: "ProviderErrorCode", offset: offset_of!(NDK_RESULT_EX, ProviderErrorCode), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_RESULT_EX| unsafe { &raw const (*it).ProviderErrorCode }), align: 0 },
        Layout { owner: "NDK_RESULT_EX", path: "TypeSpecificCompletionOutput", offset: offset_of!(NDK_RESULT_EX, TypeSpecificCompletionOutput), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_RESULT_EX| unsafe { &raw const (*it).TypeSpecificCompletionOutput }), align: 0 },
        Layout { owner: "NDK_SGE", path: "", offset: 0, size: size_of::<NDK_SGE>(), align: align_of::<NDK_SGE>() },
        Layout { owner: "NDK_SGE", path: "VirtualAddress", offset: offset_of!(NDK_SGE, Address.VirtualAddress), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_SGE| unsafe { &raw const (*it).Address.VirtualAddress }), align: 0 },
        Layout { owner: "NDK_SGE", path: "LogicalAddress", offset: offset_of!(NDK_SGE, Address.LogicalAddress), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_SGE| unsafe { &raw const (*it).Address.LogicalAddress }), align: 0 },
        Layout { owner: "NDK_SGE", path: "Length", offset: offset_of!(NDK_SGE, Length), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_SGE| unsafe { &raw const (*it).Length }), align: 0 },
        Layout { owner: "NDK_SGE", path: "MemoryRegionToken", offset: offset_of!(NDK_SGE, MemoryRegionToken), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_SGE| unsafe { &raw const (*it).MemoryRegionToken }), align: 0 },
        Layout { owner: "NDK_SHARED_ENDPOINT", path: "", offset: 0, size: size_of::<NDK_SHARED_ENDPOINT>(), align: align_of::<NDK_SHARED_ENDPOINT>() },
        Layout { owner: "NDK_SHARED_ENDPOINT", path: "Header", offset: offset_of!(NDK_SHARED_ENDPOINT, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_SHARED_ENDPOINT| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDK_SHARED_ENDPOINT", path: "Dispatch", offset: offset_of!(NDK_SHARED_ENDPOINT, Dispatch), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_SHARED_ENDPOINT| unsafe { &raw const (*it).Dispatch }), align: 0 },
        Layout { owner: "NDK_SHARED_ENDPOINT_DISPATCH", path: "", offset: 0, size: size_of::<NDK_SHARED_ENDPOINT_DISPATCH>(), align: align_of::<NDK_SHARED_ENDPOINT_DISPATCH>() },
        Layout { owner: "NDK_SHARED_ENDPOINT_DISPATCH", path: "NdkCloseSharedEndpoint", offset: offset_of!(NDK_SHARED_ENDPOINT_DISPATCH, NdkCloseSharedEndpoint), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_SHARED_ENDPOINT_DISPATCH| unsafe { &raw const (*it).NdkCloseSharedEndpoint }), align: 0 },
        Layout { owner: "NDK_SHARED_ENDPOINT_DISPATCH", path: "NdkQueryExtension", offset: offset_of!(NDK_SHARED_ENDPOINT_DISPATCH, NdkQueryExtension), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_SHARED_ENDPOINT_DISPATCH| unsafe { &raw const (*it).NdkQueryExtension }), align: 0 },
        Layout { owner: "NDK_SHARED_ENDPOINT_DISPATCH", path: "NdkGetLocalAddress", offset: offset_of!(NDK_SHARED_ENDPOINT_DISPATCH, NdkGetLocalAddress), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_SHARED_ENDPOINT_DISPATCH| unsafe { &raw const (*it).NdkGetLocalAddress }), align: 0 },
        Layout { owner: "NDK_SRQ", path: "", offset: 0, size: size_of::<NDK_SRQ>(), align: align_of::<NDK_SRQ>() },
        Layout { owner: "NDK_SRQ", path: "Header", offset: offset_of!(NDK_SRQ, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_SRQ| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NDK_SRQ", path: "Dispatch", offset: offset_of!(NDK_SRQ, Dispatch), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_SRQ| unsafe { &raw const (*it).Dispatch }), align: 0 },
        Layout { owner: "NDK_SRQ_DISPATCH", path: "", offset: 0, size: size_of::<NDK_SRQ_DISPATCH>(), align: align_of::<NDK_SRQ_DISPATCH>() },
        Layout { owner: "NDK_SRQ_DISPATCH", path: "NdkCloseSrq", offset: offset_of!(NDK_SRQ_DISPATCH, NdkCloseSrq), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_SRQ_DISPATCH| unsafe { &raw const (*it).NdkCloseSrq }), align: 0 },
        Layout { owner: "NDK_SRQ_DISPATCH", path: "NdkQueryExtension", offset: offset_of!(NDK_SRQ_DISPATCH, NdkQueryExtension), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_SRQ_DISPATCH| unsafe { &raw const (*it).NdkQueryExtension }), align: 0 },
        Layout { owner: "NDK_SRQ_DISPATCH", path: "NdkModifySrq", offset: offset_of!(NDK_SRQ_DISPATCH, NdkModifySrq), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_SRQ_DISPATCH| unsafe { &raw const (*it).NdkModifySrq }), align: 0 },
        Layout { owner: "NDK_SRQ_DISPATCH", path: "NdkSrqReceive", offset: offset_of!(NDK_SRQ_DISPATCH, NdkSrqReceive), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_SRQ_DISPATCH| unsafe { &raw const (*it).NdkSrqReceive }), align: 0 },
        Layout { owner: "NDK_VERSION", path: "", offset: 0, size: size_of::<NDK_VERSION>(), align: align_of::<NDK_VERSION>() },
        Layout { owner: "NDK_VERSION", path: "Major", offset: offset_of!(NDK_VERSION, Major), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_VERSION| unsafe { &raw const (*it).Major }), align: 0 },
        Layout { owner: "NDK_VERSION", path: "Minor", offset: offset_of!(NDK_VERSION, Minor), // SAFETY: only the type of the place is used.
            size: field(|it: *const NDK_VERSION| unsafe { &raw const (*it).Minor }), align: 0 },
        Layout { owner: "NEIGHBOR_OFFLOAD_STATE_CACHED", path: "", offset: 0, size: size_of::<NEIGHBOR_OFFLOAD_STATE_CACHED>(), align: align_of::<NEIGHBOR_OFFLOAD_STATE_CACHED>() },
        Layout { owner: "NEIGHBOR_OFFLOAD_STATE_CACHED", path: "Header", offset: offset_of!(NEIGHBOR_OFFLOAD_STATE_CACHED, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NEIGHBOR_OFFLOAD_STATE_CACHED| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NEIGHBOR_OFFLOAD_STATE_CACHED", path: "DlDestinationAddress", offset: offset_of!(NEIGHBOR_OFFLOAD_STATE_CACHED, DlDestinationAddress), // SAFETY: only the type of the place is used.
            size: field(|it: *const NEIGHBOR_OFFLOAD_STATE_CACHED| unsafe { &raw const (*it).DlDestinationAddress }), align: 0 },
        Layout { owner: "NEIGHBOR_OFFLOAD_STATE_CACHED", path: "HostReachabilityDelta", offset: offset_of!(NEIGHBOR_OFFLOAD_STATE_CACHED, HostReachabilityDelta), // SAFETY: only the type of the place is used.
            size: field(|it: *const NEIGHBOR_OFFLOAD_STATE_CACHED| unsafe { &raw const (*it).HostReachabilityDelta }), align: 0 },
        Layout { owner: "NEIGHBOR_OFFLOAD_STATE_CONST", path: "", offset: 0, size: size_of::<NEIGHBOR_OFFLOAD_STATE_CONST>(), align: align_of::<NEIGHBOR_OFFLOAD_STATE_CONST>() },
        Layout { owner: "NEIGHBOR_OFFLOAD_STATE_CONST", path: "Header", offset: offset_of!(NEIGHBOR_OFFLOAD_STATE_CONST, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NEIGHBOR_OFFLOAD_STATE_CONST| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NEIGHBOR_OFFLOAD_STATE_CONST", path: "DlSourceAddress", offset: offset_of!(NEIGHBOR_OFFLOAD_STATE_CONST, DlSourceAddress), // SAFETY: only the type of the place is used.
            size: field(|it: *const NEIGHBOR_OFFLOAD_STATE_CONST| unsafe { &raw const (*it).DlSourceAddress }), align: 0 },
        Layout { owner: "NEIGHBOR_OFFLOAD_STATE_CONST", path: "__reserved_bits", offset: offset_of!(NEIGHBOR_OFFLOAD_STATE_CONST, __reserved_bits), // SAFETY: only the type of the place is used.
            size: field(|it: *const NEIGHBOR_OFFLOAD_STATE_CONST| unsafe { &raw const (*it).__reserved_bits }), align: 0 },
        Layout { owner: "NEIGHBOR_OFFLOAD_STATE_DELEGATED", path: "", offset: 0, size: size_of::<NEIGHBOR_OFFLOAD_STATE_DELEGATED>(), align: align_of::<NEIGHBOR_OFFLOAD_STATE_DELEGATED>() },
        Layout { owner: "NEIGHBOR_OFFLOAD_STATE_DELEGATED", path: "Header", offset: offset_of!(NEIGHBOR_OFFLOAD_STATE_DELEGATED, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NEIGHBOR_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NEIGHBOR_OFFLOAD_STATE_DELEGATED", path: "NicReachabilityDelta", offset: offset_of!(NEIGHBOR_OFFLOAD_STATE_DELEGATED, NicReachabilityDelta), // SAFETY: only the type of the place is used.
            size: field(|it: *const NEIGHBOR_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).NicReachabilityDelta }), align: 0 },
        Layout { owner: "NET_BUFFER", path: "", offset: 0, size: size_of::<NET_BUFFER>(), align: align_of::<NET_BUFFER>() },
        Layout { owner: "NET_BUFFER", path: "Next", offset: offset_of!(NET_BUFFER, Next), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER| unsafe { &raw const (*it).Next }), align: 0 },
        Layout { owner: "NET_BUFFER", path: "CurrentMdl", offset: offset_of!(NET_BUFFER, CurrentMdl), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER| unsafe { &raw const (*it).CurrentMdl }), align: 0 },
        Layout { owner: "NET_BUFFER", path: "CurrentMdlOffset", offset: offset_of!(NET_BUFFER, CurrentMdlOffset), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER| unsafe { &raw const (*it).CurrentMdlOffset }), align: 0 },
        Layout { owner: "NET_BUFFER", path: "stDataLength", offset: offset_of!(NET_BUFFER, stDataLength), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER| unsafe { &raw const (*it).stDataLength }), align: 0 },
        Layout { owner: "NET_BUFFER", path: "MdlChain", offset: offset_of!(NET_BUFFER, MdlChain), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER| unsafe { &raw const (*it).MdlChain }), align: 0 },
        Layout { owner: "NET_BUFFER", path: "DataOffset", offset: offset_of!(NET_BUFFER, DataOffset), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER| unsafe { &raw const (*it).DataOffset }), align: 0 },
        Layout { owner: "NET_BUFFER", path: "__padding", offset: offset_of!(NET_BUFFER, __padding), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER| unsafe { &raw const (*it).__padding }), align: 0 },
        Layout { owner: "NET_BUFFER", path: "ChecksumBias", offset: offset_of!(NET_BUFFER, ChecksumBias), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER| unsafe { &raw const (*it).ChecksumBias }), align: 0 },
        Layout { owner: "NET_BUFFER", path: "Reserved", offset: offset_of!(NET_BUFFER, Reserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER| unsafe { &raw const (*it).Reserved }), align: 0 },
        Layout { owner: "NET_BUFFER", path: "NdisPoolHandle", offset: offset_of!(NET_BUFFER, NdisPoolHandle), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER| unsafe { &raw const (*it).NdisPoolHandle }), align: 0 },
        Layout { owner: "NET_BUFFER", path: "NdisReserved", offset: offset_of!(NET_BUFFER, NdisReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER| unsafe { &raw const (*it).NdisReserved }), align: 0 },
        Layout { owner: "NET_BUFFER", path: "ProtocolReserved", offset: offset_of!(NET_BUFFER, ProtocolReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER| unsafe { &raw const (*it).ProtocolReserved }), align: 0 },
        Layout { owner: "NET_BUFFER", path: "MiniportReserved", offset: offset_of!(NET_BUFFER, MiniportReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER| unsafe { &raw const (*it).MiniportReserved }), align: 0 },
        Layout { owner: "NET_BUFFER", path: "DataPhysicalAddress", offset: offset_of!(NET_BUFFER, DataPhysicalAddress), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER| unsafe { &raw const (*it).DataPhysicalAddress }), align: 0 },
        Layout { owner: "NET_BUFFER", path: "ScatterGatherList", offset: offset_of!(NET_BUFFER, ScatterGatherList), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER| unsafe { &raw const (*it).ScatterGatherList }), align: 0 },
        Layout { owner: "NET_BUFFER_LIST", path: "", offset: 0, size: size_of::<NET_BUFFER_LIST>(), align: align_of::<NET_BUFFER_LIST>() },
        Layout { owner: "NET_BUFFER_LIST", path: "Next", offset: offset_of!(NET_BUFFER_LIST, Next), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER_LIST| unsafe { &raw const (*it).Next }), align: 0 },
        Layout { owner: "NET_BUFFER_LIST", path: "FirstNetBuffer", offset: offset_of!(NET_BUFFER_LIST, FirstNetBuffer), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER_LIST| unsafe { &raw const (*it).FirstNetBuffer }), align: 0 },
        Layout { owner: "NET_BUFFER_LIST", path: "Context", offset: offset_of!(NET_BUFFER_LIST, Context), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER_LIST| unsafe { &raw const (*it).Context }), align: 0 },
        Layout { owner: "NET_BUFFER_LIST", path: "ParentNetBufferList", offset: offset_of!(NET_BUFFER_LIST, ParentNetBufferList), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER_LIST| unsafe { &raw const (*it).ParentNetBufferList }), align: 0 },
        Layout { owner: "NET_BUFFER_LIST", path: "NdisPoolHandle", offset: offset_of!(NET_BUFFER_LIST, NdisPoolHandle), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER_LIST| unsafe { &raw const (*it).NdisPoolHandle }), align: 0 },
        Layout { owner: "NET_BUFFER_LIST", path: "__padding", offset: offset_of!(NET_BUFFER_LIST, __padding), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER_LIST| unsafe { &raw const (*it).__padding }), align: 0 },
        Layout { owner: "NET_BUFFER_LIST", path: "NdisReserved", offset: offset_of!(NET_BUFFER_LIST, NdisReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER_LIST| unsafe { &raw const (*it).NdisReserved }), align: 0 },
        Layout { owner: "NET_BUFFER_LIST", path: "ProtocolReserved", offset: offset_of!(NET_BUFFER_LIST, ProtocolReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER_LIST| unsafe { &raw const (*it).ProtocolReserved }), align: 0 },
        Layout { owner: "NET_BUFFER_LIST", path: "MiniportReserved", offset: offset_of!(NET_BUFFER_LIST, MiniportReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER_LIST| unsafe { &raw const (*it).MiniportReserved }), align: 0 },
        Layout { owner: "NET_BUFFER_LIST", path: "Scratch", offset: offset_of!(NET_BUFFER_LIST, Scratch), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER_LIST| unsafe { &raw const (*it).Scratch }), align: 0 },
        Layout { owner: "NET_BUFFER_LIST", path: "SourceHandle", offset: offset_of!(NET_BUFFER_LIST, SourceHandle), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER_LIST| unsafe { &raw const (*it).SourceHandle }), align: 0 },
        Layout { owner: "NET_BUFFER_LIST", path: "NblFlags", offset: offset_of!(NET_BUFFER_LIST, NblFlags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER_LIST| unsafe { &raw const (*it).NblFlags }), align: 0 },
        Layout { owner: "NET_BUFFER_LIST", path: "ChildRefCount", offset: offset_of!(NET_BUFFER_LIST, ChildRefCount), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER_LIST| unsafe { &raw const (*it).ChildRefCount }), align: 0 },
        Layout { owner: "NET_BUFFER_LIST", path: "Flags", offset: offset_of!(NET_BUFFER_LIST, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER_LIST| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NET_BUFFER_LIST", path: "Status", offset: offset_of!(NET_BUFFER_LIST, Status), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER_LIST| unsafe { &raw const (*it).Status }), align: 0 },
        Layout { owner: "NET_BUFFER_LIST", path: "NetBufferListInfo", offset: offset_of!(NET_BUFFER_LIST, NetBufferListInfo), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER_LIST| unsafe { &raw const (*it).NetBufferListInfo }), align: 0 },
        Layout { owner: "NET_BUFFER_LIST_POOL_PARAMETERS", path: "", offset: 0, size: size_of::<NET_BUFFER_LIST_POOL_PARAMETERS>(), align: align_of::<NET_BUFFER_LIST_POOL_PARAMETERS>() },
        Layout { owner: "NET_BUFFER_LIST_POOL_PARAMETERS", path: "Header", offset: offset_of!(NET_BUFFER_LIST_POOL_PARAMETERS, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER_LIST_POOL_PARAMETERS| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NET_BUFFER_LIST_POOL_PARAMETERS", path: "ProtocolId", offset: offset_of!(NET_BUFFER_LIST_POOL_PARAMETERS, ProtocolId), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER_LIST_POOL_PARAMETERS| unsafe { &raw const (*it).ProtocolId }), align: 0 },
        Layout { owner: "NET_BUFFER_LIST_POOL_PARAMETERS", path: "fAllocateNetBuffer", offset: offset_of!(NET_BUFFER_LIST_POOL_PARAMETERS, fAllocateNetBuffer), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER_LIST_POOL_PARAMETERS| unsafe { &raw const (*it).fAllocateNetBuffer }), align: 0 },
        Layout { owner: "NET_BUFFER_LIST_POOL_PARAMETERS", path: "ContextSize", offset: offset_of!(NET_BUFFER_LIST_POOL_PARAMETERS, ContextSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER_LIST_POOL_PARAMETERS| unsafe { &raw const (*it).ContextSize }), align: 0 },
        Layout { owner: "NET_BUFFER_LIST_POOL_PARAMETERS", path: "PoolTag", offset: offset_of!(NET_BUFFER_LIST_POOL_PARAMETERS, PoolTag), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER_LIST_POOL_PARAMETERS| unsafe { &raw const (*it).PoolTag }), align: 0 },
        Layout { owner: "NET_BUFFER_LIST_POOL_PARAMETERS", path: "DataSize", offset: offset_of!(NET_BUFFER_LIST_POOL_PARAMETERS, DataSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_BUFFER_LIST_POOL_PARAMETERS| unsafe { &raw const (*it).DataSize }), align: 0 },
        Layout { owner: "NET_DEVICE_PNP_EVENT", path: "", offset: 0, size: size_of::<NET_DEVICE_PNP_EVENT>(), align: align_of::<NET_DEVICE_PNP_EVENT>() },
        Layout { owner: "NET_DEVICE_PNP_EVENT", path: "Header", offset: offset_of!(NET_DEVICE_PNP_EVENT, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_DEVICE_PNP_EVENT| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NET_DEVICE_PNP_EVENT", path: "PortNumber", offset: offset_of!(NET_DEVICE_PNP_EVENT, PortNumber), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_DEVICE_PNP_EVENT| unsafe { &raw const (*it).PortNumber }), align: 0 },
        Layout { owner: "NET_DEVICE_PNP_EVENT", path: "DevicePnPEvent", offset: offset_of!(NET_DEVICE_PNP_EVENT, DevicePnPEvent), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_DEVICE_PNP_EVENT| unsafe { &raw const (*it).DevicePnPEvent }), align: 0 },
        Layout { owner: "NET_DEVICE_PNP_EVENT", path: "InformationBuffer", offset: offset_of!(NET_DEVICE_PNP_EVENT, InformationBuffer), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_DEVICE_PNP_EVENT| unsafe { &raw const (*it).InformationBuffer }), align: 0 },
        Layout { owner: "NET_DEVICE_PNP_EVENT", path: "InformationBufferLength", offset: offset_of!(NET_DEVICE_PNP_EVENT, InformationBufferLength), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_DEVICE_PNP_EVENT| unsafe { &raw const (*it).InformationBufferLength }), align: 0 },
        Layout { owner: "NET_DEVICE_PNP_EVENT", path: "NdisReserved", offset: offset_of!(NET_DEVICE_PNP_EVENT, NdisReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_DEVICE_PNP_EVENT| unsafe { &raw const (*it).NdisReserved }), align: 0 },
        Layout { owner: "NET_LUID", path: "", offset: 0, size: size_of::<NET_LUID>(), align: align_of::<NET_LUID>() },
        Layout { owner: "NET_LUID", path: "Value", offset: offset_of!(NET_LUID, Value), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_LUID| unsafe { &raw const (*it).Value }), align: 0 },
        Layout { owner: "NET_LUID", path: "Info", offset: offset_of!(NET_LUID, Info), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_LUID| unsafe { &raw const (*it).Info }), align: 0 },
        Layout { owner: "NET_PNP_EVENT", path: "", offset: 0, size: size_of::<NET_PNP_EVENT>(), align: align_of::<NET_PNP_EVENT>() },
        Layout { owner: "NET_PNP_EVENT", path: "NetEvent", offset: offset_of!(NET_PNP_EVENT, NetEvent), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_PNP_EVENT| unsafe { &raw const (*it).NetEvent }), align: 0 },
        Layout { owner: "NET_PNP_EVENT", path: "Buffer", offset: offset_of!(NET_PNP_EVENT, Buffer), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_PNP_EVENT| unsafe { &raw const (*it).Buffer }), align: 0 },
        Layout { owner: "NET_PNP_EVENT", path: "BufferLength", offset: offset_of!(NET_PNP_EVENT, BufferLength), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_PNP_EVENT| unsafe { &raw const (*it).BufferLength }), align: 0 },
        Layout { owner: "NET_PNP_EVENT", path: "NdisReserved", offset: offset_of!(NET_PNP_EVENT, NdisReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_PNP_EVENT| unsafe { &raw const (*it).NdisReserved }), align: 0 },
        Layout { owner: "NET_PNP_EVENT", path: "TransportReserved", offset: offset_of!(NET_PNP_EVENT, TransportReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_PNP_EVENT| unsafe { &raw const (*it).TransportReserved }), align: 0 },
        Layout { owner: "NET_PNP_EVENT", path: "TdiReserved", offset: offset_of!(NET_PNP_EVENT, TdiReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_PNP_EVENT| unsafe { &raw const (*it).TdiReserved }), align: 0 },
        Layout { owner: "NET_PNP_EVENT", path: "TdiClientReserved", offset: offset_of!(NET_PNP_EVENT, TdiClientReserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_PNP_EVENT| unsafe { &raw const (*it).TdiClientReserved }), align: 0 },
        Layout { owner: "NET_PNP_EVENT_NOTIFICATION", path: "", offset: 0, size: size_of::<NET_PNP_EVENT_NOTIFICATION>(), align: align_of::<NET_PNP_EVENT_NOTIFICATION>() },
        Layout { owner: "NET_PNP_EVENT_NOTIFICATION", path: "Header", offset: offset_of!(NET_PNP_EVENT_NOTIFICATION, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_PNP_EVENT_NOTIFICATION| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "NET_PNP_EVENT_NOTIFICATION", path: "PortNumber", offset: offset_of!(NET_PNP_EVENT_NOTIFICATION, PortNumber), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_PNP_EVENT_NOTIFICATION| unsafe { &raw const (*it).PortNumber }), align: 0 },
        Layout { owner: "NET_PNP_EVENT_NOTIFICATION", path: "NetPnPEvent", offset: offset_of!(NET_PNP_EVENT_NOTIFICATION, NetPnPEvent), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_PNP_EVENT_NOTIFICATION| unsafe { &raw const (*it).NetPnPEvent }), align: 0 },
        Layout { owner: "NET_PNP_EVENT_NOTIFICATION", path: "Flags", offset: offset_of!(NET_PNP_EVENT_NOTIFICATION, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_PNP_EVENT_NOTIFICATION| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "NET_PNP_EVENT_NOTIFICATION", path: "SwitchId", offset: offset_of!(NET_PNP_EVENT_NOTIFICATION, SwitchId), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_PNP_EVENT_NOTIFICATION| unsafe { &raw const (*it).SwitchId }), align: 0 },
        Layout { owner: "NET_PNP_EVENT_NOTIFICATION", path: "VPortId", offset: offset_of!(NET_PNP_EVENT_NOTIFICATION, VPortId), // SAFETY: only the type of the place is used.
            size: field(|it: *const NET_PNP_EVENT_NOTIFICATION| unsafe { &raw const (*it).VPortId }), align: 0 },
        Layout { owner: "OFFLOAD_STATE_HEADER", path: "", offset: 0, size: size_of::<OFFLOAD_STATE_HEADER>(), align: align_of::<OFFLOAD_STATE_HEADER>() },
        Layout { owner: "OFFLOAD_STATE_HEADER", path: "Length", offset: offset_of!(OFFLOAD_STATE_HEADER, Length), // SAFETY: only the type of the place is used.
            size: field(|it: *const OFFLOAD_STATE_HEADER| unsafe { &raw const (*it).Length }), align: 0 },
        Layout { owner: "OFFLOAD_STATE_HEADER", path: "RecognizedOptions", offset: offset_of!(OFFLOAD_STATE_HEADER, RecognizedOptions), // SAFETY: only the type of the place is used.
            size: field(|it: *const OFFLOAD_STATE_HEADER| unsafe { &raw const (*it).RecognizedOptions }), align: 0 },
        Layout { owner: "PATH_OFFLOAD_STATE_CACHED", path: "", offset: 0, size: size_of::<PATH_OFFLOAD_STATE_CACHED>(), align: align_of::<PATH_OFFLOAD_STATE_CACHED>() },
        Layout { owner: "PATH_OFFLOAD_STATE_CACHED", path: "Header", offset: offset_of!(PATH_OFFLOAD_STATE_CACHED, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const PATH_OFFLOAD_STATE_CACHED| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "PATH_OFFLOAD_STATE_CACHED", path: "PathMtu", offset: offset_of!(PATH_OFFLOAD_STATE_CACHED, PathMtu), // SAFETY: only the type of the place is used.
            size: field(|it: *const PATH_OFFLOAD_STATE_CACHED| unsafe { &raw const (*it).PathMtu }), align: 0 },
        Layout { owner: "PATH_OFFLOAD_STATE_CONST", path: "", offset: 0, size: size_of::<PATH_OFFLOAD_STATE_CONST>(), align: align_of::<PATH_OFFLOAD_STATE_CONST>() },
        Layout { owner: "PATH_OFFLOAD_STATE_CONST", path: "Header", offset: offset_of!(PATH_OFFLOAD_STATE_CONST, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const PATH_OFFLOAD_STATE_CONST| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "PATH_OFFLOAD_STATE_CONST", path: "SourceAddress", offset: offset_of!(PATH_OFFLOAD_STATE_CONST, SourceAddress), // SAFETY: only the type of the place is used.
            size: field(|it: *const PATH_OFFLOAD_STATE_CONST| unsafe { &raw const (*it).SourceAddress }), align: 0 },
        Layout { owner: "PATH_OFFLOAD_STATE_CONST", path: "DestinationAddress", offset: offset_of!(PATH_OFFLOAD_STATE_CONST, DestinationAddress), // SAFETY: only the type of the place is used.
            size: field(|it: *const PATH_OFFLOAD_STATE_CONST| unsafe { &raw const (*it).DestinationAddress }), align: 0 },
        Layout { owner: "PATH_OFFLOAD_STATE_DELEGATED", path: "", offset: 0, size: size_of::<PATH_OFFLOAD_STATE_DELEGATED>(), align: align_of::<PATH_OFFLOAD_STATE_DELEGATED>() },
        Layout { owner: "PATH_OFFLOAD_STATE_DELEGATED", path: "Header", offset: offset_of!(PATH_OFFLOAD_STATE_DELEGATED, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const PATH_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "SCOPE_ID", path: "", offset: 0, size: size_of::<SCOPE_ID>(), align: align_of::<SCOPE_ID>() },
        Layout { owner: "SCOPE_ID", path: "Value", offset: offset_of!(SCOPE_ID, Value), // SAFETY: only the type of the place is used.
            size: field(|it: *const SCOPE_ID| unsafe { &raw const (*it).Value }), align: 0 },
        Layout { owner: "SOCKADDR", path: "", offset: 0, size: size_of::<SOCKADDR>(), align: align_of::<SOCKADDR>() },
        Layout { owner: "SOCKADDR", path: "sa_family", offset: offset_of!(SOCKADDR, sa_family), // SAFETY: only the type of the place is used.
            size: field(|it: *const SOCKADDR| unsafe { &raw const (*it).sa_family }), align: 0 },
        Layout { owner: "SOCKADDR", path: "sa_data", offset: offset_of!(SOCKADDR, sa_data), // SAFETY: only the type of the place is used.
            size: field(|it: *const SOCKADDR| unsafe { &raw const (*it).sa_data }), align: 0 },
        Layout { owner: "SOCKADDR_IN", path: "", offset: 0, size: size_of::<SOCKADDR_IN>(), align: align_of::<SOCKADDR_IN>() },
        Layout { owner: "SOCKADDR_IN", path: "sin_family", offset: offset_of!(SOCKADDR_IN, sin_family), // SAFETY: only the type of the place is used.
            size: field(|it: *const SOCKADDR_IN| unsafe { &raw const (*it).sin_family }), align: 0 },
        Layout { owner: "SOCKADDR_IN", path: "sin_port", offset: offset_of!(SOCKADDR_IN, sin_port), // SAFETY: only the type of the place is used.
            size: field(|it: *const SOCKADDR_IN| unsafe { &raw const (*it).sin_port }), align: 0 },
        Layout { owner: "SOCKADDR_IN", path: "sin_addr", offset: offset_of!(SOCKADDR_IN, sin_addr), // SAFETY: only the type of the place is used.
            size: field(|it: *const SOCKADDR_IN| unsafe { &raw const (*it).sin_addr }), align: 0 },
        Layout { owner: "SOCKADDR_IN", path: "sin_zero", offset: offset_of!(SOCKADDR_IN, sin_zero), // SAFETY: only the type of the place is used.
            size: field(|it: *const SOCKADDR_IN| unsafe { &raw const (*it).sin_zero }), align: 0 },
        Layout { owner: "SOCKADDR_IN6", path: "", offset: 0, size: size_of::<SOCKADDR_IN6>(), align: align_of::<SOCKADDR_IN6>() },
        Layout { owner: "SOCKADDR_IN6", path: "sin6_family", offset: offset_of!(SOCKADDR_IN6, sin6_family), // SAFETY: only the type of the place is used.
            size: field(|it: *const SOCKADDR_IN6| unsafe { &raw const (*it).sin6_family }), align: 0 },
        Layout { owner: "SOCKADDR_IN6", path: "sin6_port", offset: offset_of!(SOCKADDR_IN6, sin6_port), // SAFETY: only the type of the place is used.
            size: field(|it: *const SOCKADDR_IN6| unsafe { &raw const (*it).sin6_port }), align: 0 },
        Layout { owner: "SOCKADDR_IN6", path: "sin6_flowinfo", offset: offset_of!(SOCKADDR_IN6, sin6_flowinfo), // SAFETY: only the type of the place is used.
            size: field(|it: *const SOCKADDR_IN6| unsafe { &raw const (*it).sin6_flowinfo }), align: 0 },
        Layout { owner: "SOCKADDR_IN6", path: "sin6_addr", offset: offset_of!(SOCKADDR_IN6, sin6_addr), // SAFETY: only the type of the place is used.
            size: field(|it: *const SOCKADDR_IN6| unsafe { &raw const (*it).sin6_addr }), align: 0 },
        Layout { owner: "SOCKADDR_IN6", path: "sin6_scope_id", offset: offset_of!(SOCKADDR_IN6, sin6_scope_id), // SAFETY: only the type of the place is used.
            size: field(|it: *const SOCKADDR_IN6| unsafe { &raw const (*it).sin6_scope_id }), align: 0 },
        Layout { owner: "SOCKADDR_INET", path: "", offset: 0, size: size_of::<SOCKADDR_INET>(), align: align_of::<SOCKADDR_INET>() },
        Layout { owner: "SOCKADDR_INET", path: "Ipv4", offset: offset_of!(SOCKADDR_INET, Ipv4), // SAFETY: only the type of the place is used.
            size: field(|it: *const SOCKADDR_INET| unsafe { &raw const (*it).Ipv4 }), align: 0 },
        Layout { owner: "SOCKADDR_INET", path: "Ipv6", offset: offset_of!(SOCKADDR_INET, Ipv6), // SAFETY: only the type of the place is used.
            size: field(|it: *const SOCKADDR_INET| unsafe { &raw const (*it).Ipv6 }), align: 0 },
        Layout { owner: "SOCKADDR_INET", path: "si_family", offset: offset_of!(SOCKADDR_INET, si_family), // SAFETY: only the type of the place is used.
            size: field(|it: *const SOCKADDR_INET| unsafe { &raw const (*it).si_family }), align: 0 },
        Layout { owner: "SOCKADDR_STORAGE", path: "", offset: 0, size: size_of::<SOCKADDR_STORAGE>(), align: align_of::<SOCKADDR_STORAGE>() },
        Layout { owner: "SOCKADDR_STORAGE", path: "ss_family", offset: offset_of!(SOCKADDR_STORAGE, ss_family), // SAFETY: only the type of the place is used.
            size: field(|it: *const SOCKADDR_STORAGE| unsafe { &raw const (*it).ss_family }), align: 0 },
        Layout { owner: "SOCKADDR_STORAGE", path: "__ss_pad1", offset: offset_of!(SOCKADDR_STORAGE, __ss_pad1), // SAFETY: only the type of the place is used.
            size: field(|it: *const SOCKADDR_STORAGE| unsafe { &raw const (*it).__ss_pad1 }), align: 0 },
        Layout { owner: "SOCKADDR_STORAGE", path: "__ss_align", offset: offset_of!(SOCKADDR_STORAGE, __ss_align), // SAFETY: only the type of the place is used.
            size: field(|it: *const SOCKADDR_STORAGE| unsafe { &raw const (*it).__ss_align }), align: 0 },
        Layout { owner: "SOCKADDR_STORAGE", path: "__ss_pad2", offset: offset_of!(SOCKADDR_STORAGE, __ss_pad2), // SAFETY: only the type of the place is used.
            size: field(|it: *const SOCKADDR_STORAGE| unsafe { &raw const (*it).__ss_pad2 }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_CACHED", path: "", offset: 0, size: size_of::<TCP_OFFLOAD_STATE_CACHED>(), align: align_of::<TCP_OFFLOAD_STATE_CACHED>() },
        Layout { owner: "TCP_OFFLOAD_STATE_CACHED", path: "Header", offset: offset_of!(TCP_OFFLOAD_STATE_CACHED, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_CACHED| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_CACHED", path: "Flags", offset: offset_of!(TCP_OFFLOAD_STATE_CACHED, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_CACHED| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_CACHED", path: "InitialRcvWnd", offset: offset_of!(TCP_OFFLOAD_STATE_CACHED, InitialRcvWnd), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_CACHED| unsafe { &raw const (*it).InitialRcvWnd }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_CACHED", path: "RcvIndicationSize", offset: offset_of!(TCP_OFFLOAD_STATE_CACHED, RcvIndicationSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_CACHED| unsafe { &raw const (*it).RcvIndicationSize }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_CACHED", path: "KaProbeCount", offset: offset_of!(TCP_OFFLOAD_STATE_CACHED, KaProbeCount), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_CACHED| unsafe { &raw const (*it).KaProbeCount }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_CACHED", path: "KaTimeout", offset: offset_of!(TCP_OFFLOAD_STATE_CACHED, KaTimeout), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_CACHED| unsafe { &raw const (*it).KaTimeout }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_CACHED", path: "KaInterval", offset: offset_of!(TCP_OFFLOAD_STATE_CACHED, KaInterval), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_CACHED| unsafe { &raw const (*it).KaInterval }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_CACHED", path: "MaxRT", offset: offset_of!(TCP_OFFLOAD_STATE_CACHED, MaxRT), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_CACHED| unsafe { &raw const (*it).MaxRT }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_CACHED", path: "__reserved_label", offset: offset_of!(TCP_OFFLOAD_STATE_CACHED, __reserved_label), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_CACHED| unsafe { &raw const (*it).__reserved_label }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_CACHED", path: "TtlOrHopLimit", offset: offset_of!(TCP_OFFLOAD_STATE_CACHED, TtlOrHopLimit), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_CACHED| unsafe { &raw const (*it).TtlOrHopLimit }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_CACHED", path: "TosOrTrafficClass", offset: offset_of!(TCP_OFFLOAD_STATE_CACHED, TosOrTrafficClass), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_CACHED| unsafe { &raw const (*it).TosOrTrafficClass }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_CACHED", path: "__reserved_priority", offset: offset_of!(TCP_OFFLOAD_STATE_CACHED, __reserved_priority), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_CACHED| unsafe { &raw const (*it).__reserved_priority }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_CONST", path: "", offset: 0, size: size_of::<TCP_OFFLOAD_STATE_CONST>(), align: align_of::<TCP_OFFLOAD_STATE_CONST>() },
        Layout { owner: "TCP_OFFLOAD_STATE_CONST", path: "Header", offset: offset_of!(TCP_OFFLOAD_STATE_CONST, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_CONST| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_CONST", path: "Flags", offset: offset_of!(TCP_OFFLOAD_STATE_CONST, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_CONST| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_CONST", path: "RemotePort", offset: offset_of!(TCP_OFFLOAD_STATE_CONST, RemotePort), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_CONST| unsafe { &raw const (*it).RemotePort }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_CONST", path: "LocalPort", offset: offset_of!(TCP_OFFLOAD_STATE_CONST, LocalPort), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_CONST| unsafe { &raw const (*it).LocalPort }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_CONST", path: "__reserved_bits", offset: offset_of!(TCP_OFFLOAD_STATE_CONST, __reserved_bits), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_CONST| unsafe { &raw const (*it).__reserved_bits }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_CONST", path: "RemoteMss", offset: offset_of!(TCP_OFFLOAD_STATE_CONST, RemoteMss), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_CONST| unsafe { &raw const (*it).RemoteMss }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_CONST", path: "HashValue", offset: offset_of!(TCP_OFFLOAD_STATE_CONST, HashValue), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_CONST| unsafe { &raw const (*it).HashValue }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "", offset: 0, size: size_of::<TCP_OFFLOAD_STATE_DELEGATED>(), align: align_of::<TCP_OFFLOAD_STATE_DELEGATED>() },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "Header", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "State", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, State), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).State }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "Flags", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "RcvNxt", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, RcvNxt), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).RcvNxt }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "RcvWnd", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, RcvWnd), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).RcvWnd }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "SndUna", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, SndUna), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).SndUna }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "SndNxt", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, SndNxt), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).SndNxt }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "SndMax", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, SndMax), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).SndMax }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "SndWnd", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, SndWnd), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).SndWnd }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "MaxSndWnd", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, MaxSndWnd), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).MaxSndWnd }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "SendWL1", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, SendWL1), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).SendWL1 }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "CWnd", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, CWnd), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).CWnd }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "SsThresh", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, SsThresh), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).SsThresh }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "SRtt", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, SRtt), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).SRtt }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "RttVar", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, RttVar), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).RttVar }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "TsRecent", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, TsRecent), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).TsRecent }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "TsRecentAge", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, TsRecentAge), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).TsRecentAge }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "TsTime", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, TsTime), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).TsTime }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "TotalRT", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, TotalRT), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).TotalRT }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "DupAckCount", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, DupAckCount), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).DupAckCount }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "SndWndProbeCount", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, SndWndProbeCount), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).SndWndProbeCount }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "KeepAlive", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, KeepAlive), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).KeepAlive }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "Retransmit", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, Retransmit), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).Retransmit }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "SendDataHead", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, SendDataHead), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).SendDataHead }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "SendDataTail", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, SendDataTail), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).SendDataTail }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "BufferedData", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, BufferedData), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).BufferedData }), align: 0 },
        Layout { owner: "TCP_OFFLOAD_STATE_DELEGATED", path: "DWnd", offset: offset_of!(TCP_OFFLOAD_STATE_DELEGATED, DWnd), // SAFETY: only the type of the place is used.
            size: field(|it: *const TCP_OFFLOAD_STATE_DELEGATED| unsafe { &raw const (*it).DWnd }), align: 0 },
        Layout { owner: "UNICODE_STRING", path: "", offset: 0, size: size_of::<UNICODE_STRING>(), align: align_of::<UNICODE_STRING>() },
        Layout { owner: "UNICODE_STRING", path: "Length", offset: offset_of!(UNICODE_STRING, Length), // SAFETY: only the type of the place is used.
            size: field(|it: *const UNICODE_STRING| unsafe { &raw const (*it).Length }), align: 0 },
        Layout { owner: "UNICODE_STRING", path: "MaximumLength", offset: offset_of!(UNICODE_STRING, MaximumLength), // SAFETY: only the type of the place is used.
            size: field(|it: *const UNICODE_STRING| unsafe { &raw const (*it).MaximumLength }), align: 0 },
        Layout { owner: "UNICODE_STRING", path: "Buffer", offset: offset_of!(UNICODE_STRING, Buffer), // SAFETY: only the type of the place is used.
            size: field(|it: *const UNICODE_STRING| unsafe { &raw const (*it).Buffer }), align: 0 },
        Layout { owner: "WSK_BUF", path: "", offset: 0, size: size_of::<WSK_BUF>(), align: align_of::<WSK_BUF>() },
        Layout { owner: "WSK_BUF", path: "Mdl", offset: offset_of!(WSK_BUF, Mdl), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_BUF| unsafe { &raw const (*it).Mdl }), align: 0 },
        Layout { owner: "WSK_BUF", path: "Offset", offset: offset_of!(WSK_BUF, Offset), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_BUF| unsafe { &raw const (*it).Offset }), align: 0 },
        Layout { owner: "WSK_BUF", path: "Length", offset: offset_of!(WSK_BUF, Length), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_BUF| unsafe { &raw const (*it).Length }), align: 0 },
        Layout { owner: "WSK_BUF_LIST", path: "", offset: 0, size: size_of::<WSK_BUF_LIST>(), align: align_of::<WSK_BUF_LIST>() },
        Layout { owner: "WSK_BUF_LIST", path: "Next", offset: offset_of!(WSK_BUF_LIST, Next), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_BUF_LIST| unsafe { &raw const (*it).Next }), align: 0 },
        Layout { owner: "WSK_BUF_LIST", path: "Buffer", offset: offset_of!(WSK_BUF_LIST, Buffer), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_BUF_LIST| unsafe { &raw const (*it).Buffer }), align: 0 },
        Layout { owner: "WSK_CLIENT_CONNECTION_DISPATCH", path: "", offset: 0, size: size_of::<WSK_CLIENT_CONNECTION_DISPATCH>(), align: align_of::<WSK_CLIENT_CONNECTION_DISPATCH>() },
        Layout { owner: "WSK_CLIENT_CONNECTION_DISPATCH", path: "WskReceiveEvent", offset: offset_of!(WSK_CLIENT_CONNECTION_DISPATCH, WskReceiveEvent), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_CLIENT_CONNECTION_DISPATCH| unsafe { &raw const (*it).WskReceiveEvent }), align: 0 },
        Layout { owner: "WSK_CLIENT_CONNECTION_DISPATCH", path: "WskDisconnectEvent", offset: offset_of!(WSK_CLIENT_CONNECTION_DISPATCH, WskDisconnectEvent), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_CLIENT_CONNECTION_DISPATCH| unsafe { &raw const (*it).WskDisconnectEvent }), align: 0 },
        Layout { owner: "WSK_CLIENT_CONNECTION_DISPATCH", path: "WskSendBacklogEvent", offset: offset_of!(WSK_CLIENT_CONNECTION_DISPATCH, WskSendBacklogEvent), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_CLIENT_CONNECTION_DISPATCH| unsafe { &raw const (*it).WskSendBacklogEvent }), align: 0 },
        Layout { owner: "WSK_CLIENT_DISPATCH", path: "", offset: 0, size: size_of::<WSK_CLIENT_DISPATCH>(), align: align_of::<WSK_CLIENT_DISPATCH>() },
        Layout { owner: "WSK_CLIENT_DISPATCH", path: "Version", offset: offset_of!(WSK_CLIENT_DISPATCH, Version), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_CLIENT_DISPATCH| unsafe { &raw const (*it).Version }), align: 0 },
        Layout { owner: "WSK_CLIENT_DISPATCH", path: "Reserved", offset: offset_of!(WSK_CLIENT_DISPATCH, Reserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_CLIENT_DISPATCH| unsafe { &raw const (*it).Reserved }), align: 0 },
        Layout { owner: "WSK_CLIENT_DISPATCH", path: "WskClientEvent", offset: offset_of!(WSK_CLIENT_DISPATCH, WskClientEvent), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_CLIENT_DISPATCH| unsafe { &raw const (*it).WskClientEvent }), align: 0 },
        Layout { owner: "WSK_CLIENT_LISTEN_DISPATCH", path: "", offset: 0, size: size_of::<WSK_CLIENT_LISTEN_DISPATCH>(), align: align_of::<WSK_CLIENT_LISTEN_DISPATCH>() },
        Layout { owner: "WSK_CLIENT_LISTEN_DISPATCH", path: "WskAcceptEvent", offset: offset_of!(WSK_CLIENT_LISTEN_DISPATCH, WskAcceptEvent), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_CLIENT_LISTEN_DISPATCH| unsafe { &raw const (*it).WskAcceptEvent }), align: 0 },
        Layout { owner: "WSK_CLIENT_LISTEN_DISPATCH", path: "WskInspectEvent", offset: offset_of!(WSK_CLIENT_LISTEN_DISPATCH, WskInspectEvent), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_CLIENT_LISTEN_DISPATCH| unsafe { &raw const (*it).WskInspectEvent }), align: 0 },
        Layout { owner: "WSK_CLIENT_LISTEN_DISPATCH", path: "WskAbortEvent", offset: offset_of!(WSK_CLIENT_LISTEN_DISPATCH, WskAbortEvent), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_CLIENT_LISTEN_DISPATCH| unsafe { &raw const (*it).WskAbortEvent }), align: 0 },
        Layout { owner: "WSK_CLIENT_NPI", path: "", offset: 0, size: size_of::<WSK_CLIENT_NPI>(), align: align_of::<WSK_CLIENT_NPI>() },
        Layout { owner: "WSK_CLIENT_NPI", path: "ClientContext", offset: offset_of!(WSK_CLIENT_NPI, ClientContext), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_CLIENT_NPI| unsafe { &raw const (*it).ClientContext }), align: 0 },
        Layout { owner: "WSK_CLIENT_NPI", path: "Dispatch", offset: offset_of!(WSK_CLIENT_NPI, Dispatch), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_CLIENT_NPI| unsafe { &raw const (*it).Dispatch }), align: 0 },
        Layout { owner: "WSK_CLIENT_STREAM_DISPATCH", path: "", offset: 0, size: size_of::<WSK_CLIENT_STREAM_DISPATCH>(), align: align_of::<WSK_CLIENT_STREAM_DISPATCH>() },
        Layout { owner: "WSK_CLIENT_STREAM_DISPATCH", path: "Listen", offset: offset_of!(WSK_CLIENT_STREAM_DISPATCH, Listen), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_CLIENT_STREAM_DISPATCH| unsafe { &raw const (*it).Listen }), align: 0 },
        Layout { owner: "WSK_CLIENT_STREAM_DISPATCH", path: "Connect", offset: offset_of!(WSK_CLIENT_STREAM_DISPATCH, Connect), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_CLIENT_STREAM_DISPATCH| unsafe { &raw const (*it).Connect }), align: 0 },
        Layout { owner: "WSK_DATA_INDICATION", path: "", offset: 0, size: size_of::<WSK_DATA_INDICATION>(), align: align_of::<WSK_DATA_INDICATION>() },
        Layout { owner: "WSK_DATA_INDICATION", path: "Next", offset: offset_of!(WSK_DATA_INDICATION, Next), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_DATA_INDICATION| unsafe { &raw const (*it).Next }), align: 0 },
        Layout { owner: "WSK_DATA_INDICATION", path: "Buffer", offset: offset_of!(WSK_DATA_INDICATION, Buffer), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_DATA_INDICATION| unsafe { &raw const (*it).Buffer }), align: 0 },
        Layout { owner: "WSK_EVENT_CALLBACK_CONTROL", path: "", offset: 0, size: size_of::<WSK_EVENT_CALLBACK_CONTROL>(), align: align_of::<WSK_EVENT_CALLBACK_CONTROL>() },
        Layout { owner: "WSK_EVENT_CALLBACK_CONTROL", path: "NpiId", offset: offset_of!(WSK_EVENT_CALLBACK_CONTROL, NpiId), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_EVENT_CALLBACK_CONTROL| unsafe { &raw const (*it).NpiId }), align: 0 },
        Layout { owner: "WSK_EVENT_CALLBACK_CONTROL", path: "EventMask", offset: offset_of!(WSK_EVENT_CALLBACK_CONTROL, EventMask), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_EVENT_CALLBACK_CONTROL| unsafe { &raw const (*it).EventMask }), align: 0 },
        Layout { owner: "WSK_EXTENSION_CONTROL_IN", path: "", offset: 0, size: size_of::<WSK_EXTENSION_CONTROL_IN>(), align: align_of::<WSK_EXTENSION_CONTROL_IN>() },
        Layout { owner: "WSK_EXTENSION_CONTROL_IN", path: "NpiId", offset: offset_of!(WSK_EXTENSION_CONTROL_IN, NpiId), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_EXTENSION_CONTROL_IN| unsafe { &raw const (*it).NpiId }), align: 0 },
        Layout { owner: "WSK_EXTENSION_CONTROL_IN", path: "ClientContext", offset: offset_of!(WSK_EXTENSION_CONTROL_IN, ClientContext), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_EXTENSION_CONTROL_IN| unsafe { &raw const (*it).ClientContext }), align: 0 },
        Layout { owner: "WSK_EXTENSION_CONTROL_IN", path: "ClientDispatch", offset: offset_of!(WSK_EXTENSION_CONTROL_IN, ClientDispatch), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_EXTENSION_CONTROL_IN| unsafe { &raw const (*it).ClientDispatch }), align: 0 },
        Layout { owner: "WSK_EXTENSION_CONTROL_OUT", path: "", offset: 0, size: size_of::<WSK_EXTENSION_CONTROL_OUT>(), align: align_of::<WSK_EXTENSION_CONTROL_OUT>() },
        Layout { owner: "WSK_EXTENSION_CONTROL_OUT", path: "ProviderContext", offset: offset_of!(WSK_EXTENSION_CONTROL_OUT, ProviderContext), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_EXTENSION_CONTROL_OUT| unsafe { &raw const (*it).ProviderContext }), align: 0 },
        Layout { owner: "WSK_EXTENSION_CONTROL_OUT", path: "ProviderDispatch", offset: offset_of!(WSK_EXTENSION_CONTROL_OUT, ProviderDispatch), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_EXTENSION_CONTROL_OUT| unsafe { &raw const (*it).ProviderDispatch }), align: 0 },
        Layout { owner: "WSK_INSPECT_ID", path: "", offset: 0, size: size_of::<WSK_INSPECT_ID>(), align: align_of::<WSK_INSPECT_ID>() },
        Layout { owner: "WSK_INSPECT_ID", path: "Key", offset: offset_of!(WSK_INSPECT_ID, Key), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_INSPECT_ID| unsafe { &raw const (*it).Key }), align: 0 },
        Layout { owner: "WSK_INSPECT_ID", path: "SerialNumber", offset: offset_of!(WSK_INSPECT_ID, SerialNumber), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_INSPECT_ID| unsafe { &raw const (*it).SerialNumber }), align: 0 },
        Layout { owner: "WSK_PROVIDER_BASIC_DISPATCH", path: "", offset: 0, size: size_of::<WSK_PROVIDER_BASIC_DISPATCH>(), align: align_of::<WSK_PROVIDER_BASIC_DISPATCH>() },
        Layout { owner: "WSK_PROVIDER_BASIC_DISPATCH", path: "WskControlSocket", offset: offset_of!(WSK_PROVIDER_BASIC_DISPATCH, WskControlSocket), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_BASIC_DISPATCH| unsafe { &raw const (*it).WskControlSocket }), align: 0 },
        Layout { owner: "WSK_PROVIDER_BASIC_DISPATCH", path: "WskCloseSocket", offset: offset_of!(WSK_PROVIDER_BASIC_DISPATCH, WskCloseSocket), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_BASIC_DISPATCH| unsafe { &raw const (*it).WskCloseSocket }), align: 0 },
        Layout { owner: "WSK_PROVIDER_CHARACTERISTICS", path: "", offset: 0, size: size_of::<WSK_PROVIDER_CHARACTERISTICS>(), align: align_of::<WSK_PROVIDER_CHARACTERISTICS>() },
        Layout { owner: "WSK_PROVIDER_CHARACTERISTICS", path: "HighestVersion", offset: offset_of!(WSK_PROVIDER_CHARACTERISTICS, HighestVersion), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_CHARACTERISTICS| unsafe { &raw const (*it).HighestVersion }), align: 0 },
        Layout { owner: "WSK_PROVIDER_CHARACTERISTICS", path: "LowestVersion", offset: offset_of!(WSK_PROVIDER_CHARACTERISTICS, LowestVersion), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_CHARACTERISTICS| unsafe { &raw const (*it).LowestVersion }), align: 0 },
        Layout { owner: "WSK_PROVIDER_CONNECTION_DISPATCH", path: "", offset: 0, size: size_of::<WSK_PROVIDER_CONNECTION_DISPATCH>(), align: align_of::<WSK_PROVIDER_CONNECTION_DISPATCH>() },
        Layout { owner: "WSK_PROVIDER_CONNECTION_DISPATCH", path: "WskControlSocket", offset: offset_of!(WSK_PROVIDER_CONNECTION_DISPATCH, WskControlSocket), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_CONNECTION_DISPATCH| unsafe { &raw const (*it).WskControlSocket }), align: 0 },
        Layout { owner: "WSK_PROVIDER_CONNECTION_DISPATCH", path: "WskCloseSocket", offset: offset_of!(WSK_PROVIDER_CONNECTION_DISPATCH, WskCloseSocket), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_CONNECTION_DISPATCH| unsafe { &raw const (*it).WskCloseSocket }), align: 0 },
        Layout { owner: "WSK_PROVIDER_CONNECTION_DISPATCH", path: "WskBind", offset: offset_of!(WSK_PROVIDER_CONNECTION_DISPATCH, WskBind), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_CONNECTION_DISPATCH| unsafe { &raw const (*it).WskBind }), align: 0 },
        Layout { owner: "WSK_PROVIDER_CONNECTION_DISPATCH", path: "WskConnect", offset: offset_of!(WSK_PROVIDER_CONNECTION_DISPATCH, WskConnect), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_CONNECTION_DISPATCH| unsafe { &raw const (*it).WskConnect }), align: 0 },
        Layout { owner: "WSK_PROVIDER_CONNECTION_DISPATCH", path: "WskGetLocalAddress", offset: offset_of!(WSK_PROVIDER_CONNECTION_DISPATCH, WskGetLocalAddress), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_CONNECTION_DISPATCH| unsafe { &raw const (*it).WskGetLocalAddress }), align: 0 },
        Layout { owner: "WSK_PROVIDER_CONNECTION_DISPATCH", path: "WskGetRemoteAddress", offset: offset_of!(WSK_PROVIDER_CONNECTION_DISPATCH, WskGetRemoteAddress), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_CONNECTION_DISPATCH| unsafe { &raw const (*it).WskGetRemoteAddress }), align: 0 },
        Layout { owner: "WSK_PROVIDER_CONNECTION_DISPATCH", path: "WskSend", offset: offset_of!(WSK_PROVIDER_CONNECTION_DISPATCH, WskSend), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_CONNECTION_DISPATCH| unsafe { &raw const (*it).WskSend }), align: 0 },
        Layout { owner: "WSK_PROVIDER_CONNECTION_DISPATCH", path: "WskReceive", offset: offset_of!(WSK_PROVIDER_CONNECTION_DISPATCH, WskReceive), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_CONNECTION_DISPATCH| unsafe { &raw const (*it).WskReceive }), align: 0 },
        Layout { owner: "WSK_PROVIDER_CONNECTION_DISPATCH", path: "WskDisconnect", offset: offset_of!(WSK_PROVIDER_CONNECTION_DISPATCH, WskDisconnect), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_CONNECTION_DISPATCH| unsafe { &raw const (*it).WskDisconnect }), align: 0 },
        Layout { owner: "WSK_PROVIDER_CONNECTION_DISPATCH", path: "WskRelease", offset: offset_of!(WSK_PROVIDER_CONNECTION_DISPATCH, WskRelease), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_CONNECTION_DISPATCH| unsafe { &raw const (*it).WskRelease }), align: 0 },
        Layout { owner: "WSK_PROVIDER_CONNECTION_DISPATCH", path: "WskConnectEx", offset: offset_of!(WSK_PROVIDER_CONNECTION_DISPATCH, WskConnectEx), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_CONNECTION_DISPATCH| unsafe { &raw const (*it).WskConnectEx }), align: 0 },
        Layout { owner: "WSK_PROVIDER_CONNECTION_DISPATCH", path: "WskSendEx", offset: offset_of!(WSK_PROVIDER_CONNECTION_DISPATCH, WskSendEx), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_CONNECTION_DISPATCH| unsafe { &raw const (*it).WskSendEx }), align: 0 },
        Layout { owner: "WSK_PROVIDER_CONNECTION_DISPATCH", path: "WskReceiveEx", offset: offset_of!(WSK_PROVIDER_CONNECTION_DISPATCH, WskReceiveEx), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_CONNECTION_DISPATCH| unsafe { &raw const (*it).WskReceiveEx }), align: 0 },
        Layout { owner: "WSK_PROVIDER_DISPATCH", path: "", offset: 0, size: size_of::<WSK_PROVIDER_DISPATCH>(), align: align_of::<WSK_PROVIDER_DISPATCH>() },
        Layout { owner: "WSK_PROVIDER_DISPATCH", path: "Version", offset: offset_of!(WSK_PROVIDER_DISPATCH, Version), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_DISPATCH| unsafe { &raw const (*it).Version }), align: 0 },
        Layout { owner: "WSK_PROVIDER_DISPATCH", path: "Reserved", offset: offset_of!(WSK_PROVIDER_DISPATCH, Reserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_DISPATCH| unsafe { &raw const (*it).Reserved }), align: 0 },
        Layout { owner: "WSK_PROVIDER_DISPATCH", path: "WskSocket", offset: offset_of!(WSK_PROVIDER_DISPATCH, WskSocket), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_DISPATCH| unsafe { &raw const (*it).WskSocket }), align: 0 },
        Layout { owner: "WSK_PROVIDER_DISPATCH", path: "WskSocketConnect", offset: offset_of!(WSK_PROVIDER_DISPATCH, WskSocketConnect), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_DISPATCH| unsafe { &raw const (*it).WskSocketConnect }), align: 0 },
        Layout { owner: "WSK_PROVIDER_DISPATCH", path: "WskControlClient", offset: offset_of!(WSK_PROVIDER_DISPATCH, WskControlClient), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_DISPATCH| unsafe { &raw const (*it).WskControlClient }), align: 0 },
        Layout { owner: "WSK_PROVIDER_DISPATCH", path: "WskGetAddressInfo", offset: offset_of!(WSK_PROVIDER_DISPATCH, WskGetAddressInfo), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_DISPATCH| unsafe { &raw const (*it).WskGetAddressInfo }), align: 0 },
        Layout { owner: "WSK_PROVIDER_DISPATCH", path: "WskFreeAddressInfo", offset: offset_of!(WSK_PROVIDER_DISPATCH, WskFreeAddressInfo), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_DISPATCH| unsafe { &raw const (*it).WskFreeAddressInfo }), align: 0 },
        Layout { owner: "WSK_PROVIDER_DISPATCH", path: "WskGetNameInfo", offset: offset_of!(WSK_PROVIDER_DISPATCH, WskGetNameInfo), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_DISPATCH| unsafe { &raw const (*it).WskGetNameInfo }), align: 0 },
        Layout { owner: "WSK_PROVIDER_LISTEN_DISPATCH", path: "", offset: 0, size: size_of::<WSK_PROVIDER_LISTEN_DISPATCH>(), align: align_of::<WSK_PROVIDER_LISTEN_DISPATCH>() },
        Layout { owner: "WSK_PROVIDER_LISTEN_DISPATCH", path: "WskControlSocket", offset: offset_of!(WSK_PROVIDER_LISTEN_DISPATCH, WskControlSocket), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_LISTEN_DISPATCH| unsafe { &raw const (*it).WskControlSocket }), align: 0 },
        Layout { owner: "WSK_PROVIDER_LISTEN_DISPATCH", path: "WskCloseSocket", offset: offset_of!(WSK_PROVIDER_LISTEN_DISPATCH, WskCloseSocket), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_LISTEN_DISPATCH| unsafe { &raw const (*it).WskCloseSocket }), align: 0 },
        Layout { owner: "WSK_PROVIDER_LISTEN_DISPATCH", path: "WskBind", offset: offset_of!(WSK_PROVIDER_LISTEN_DISPATCH, WskBind), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_LISTEN_DISPATCH| unsafe { &raw const (*it).WskBind }), align: 0 },
        Layout { owner: "WSK_PROVIDER_LISTEN_DISPATCH", path: "WskAccept", offset: offset_of!(WSK_PROVIDER_LISTEN_DISPATCH, WskAccept), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_LISTEN_DISPATCH| unsafe { &raw const (*it).WskAccept }), align: 0 },
        Layout { owner: "WSK_PROVIDER_LISTEN_DISPATCH", path: "WskInspectComplete", offset: offset_of!(WSK_PROVIDER_LISTEN_DISPATCH, WskInspectComplete), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_LISTEN_DISPATCH| unsafe { &raw const (*it).WskInspectComplete }), align: 0 },
        Layout { owner: "WSK_PROVIDER_LISTEN_DISPATCH", path: "WskGetLocalAddress", offset: offset_of!(WSK_PROVIDER_LISTEN_DISPATCH, WskGetLocalAddress), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_LISTEN_DISPATCH| unsafe { &raw const (*it).WskGetLocalAddress }), align: 0 },
        Layout { owner: "WSK_PROVIDER_NDK_DISPATCH", path: "", offset: 0, size: size_of::<WSK_PROVIDER_NDK_DISPATCH>(), align: align_of::<WSK_PROVIDER_NDK_DISPATCH>() },
        Layout { owner: "WSK_PROVIDER_NDK_DISPATCH", path: "WskOpenNdkAdapter", offset: offset_of!(WSK_PROVIDER_NDK_DISPATCH, WskOpenNdkAdapter), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_NDK_DISPATCH| unsafe { &raw const (*it).WskOpenNdkAdapter }), align: 0 },
        Layout { owner: "WSK_PROVIDER_NDK_DISPATCH", path: "WskCloseNdkAdapter", offset: offset_of!(WSK_PROVIDER_NDK_DISPATCH, WskCloseNdkAdapter), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_NDK_DISPATCH| unsafe { &raw const (*it).WskCloseNdkAdapter }), align: 0 },
        Layout { owner: "WSK_PROVIDER_NPI", path: "", offset: 0, size: size_of::<WSK_PROVIDER_NPI>(), align: align_of::<WSK_PROVIDER_NPI>() },
        Layout { owner: "WSK_PROVIDER_NPI", path: "Client", offset: offset_of!(WSK_PROVIDER_NPI, Client), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_NPI| unsafe { &raw const (*it).Client }), align: 0 },
        Layout { owner: "WSK_PROVIDER_NPI", path: "Dispatch", offset: offset_of!(WSK_PROVIDER_NPI, Dispatch), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_NPI| unsafe { &raw const (*it).Dispatch }), align: 0 },
        Layout { owner: "WSK_PROVIDER_STREAM_DISPATCH", path: "", offset: 0, size: size_of::<WSK_PROVIDER_STREAM_DISPATCH>(), align: align_of::<WSK_PROVIDER_STREAM_DISPATCH>() },
        Layout { owner: "WSK_PROVIDER_STREAM_DISPATCH", path: "WskControlSocket", offset: offset_of!(WSK_PROVIDER_STREAM_DISPATCH, WskControlSocket), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_STREAM_DISPATCH| unsafe { &raw const (*it).WskControlSocket }), align: 0 },
        Layout { owner: "WSK_PROVIDER_STREAM_DISPATCH", path: "WskCloseSocket", offset: offset_of!(WSK_PROVIDER_STREAM_DISPATCH, WskCloseSocket), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_STREAM_DISPATCH| unsafe { &raw const (*it).WskCloseSocket }), align: 0 },
        Layout { owner: "WSK_PROVIDER_STREAM_DISPATCH", path: "WskBind", offset: offset_of!(WSK_PROVIDER_STREAM_DISPATCH, WskBind), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_STREAM_DISPATCH| unsafe { &raw const (*it).WskBind }), align: 0 },
        Layout { owner: "WSK_PROVIDER_STREAM_DISPATCH", path: "WskAccept", offset: offset_of!(WSK_PROVIDER_STREAM_DISPATCH, WskAccept), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_STREAM_DISPATCH| unsafe { &raw const (*it).WskAccept }), align: 0 },
        Layout { owner: "WSK_PROVIDER_STREAM_DISPATCH", path: "WskConnect", offset: offset_of!(WSK_PROVIDER_STREAM_DISPATCH, WskConnect), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_STREAM_DISPATCH| unsafe { &raw const (*it).WskConnect }), align: 0 },
        Layout { owner: "WSK_PROVIDER_STREAM_DISPATCH", path: "WskListen", offset: offset_of!(WSK_PROVIDER_STREAM_DISPATCH, WskListen), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_STREAM_DISPATCH| unsafe { &raw const (*it).WskListen }), align: 0 },
        Layout { owner: "WSK_PROVIDER_STREAM_DISPATCH", path: "WskSend", offset: offset_of!(WSK_PROVIDER_STREAM_DISPATCH, WskSend), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_STREAM_DISPATCH| unsafe { &raw const (*it).WskSend }), align: 0 },
        Layout { owner: "WSK_PROVIDER_STREAM_DISPATCH", path: "WskReceive", offset: offset_of!(WSK_PROVIDER_STREAM_DISPATCH, WskReceive), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_STREAM_DISPATCH| unsafe { &raw const (*it).WskReceive }), align: 0 },
        Layout { owner: "WSK_PROVIDER_STREAM_DISPATCH", path: "WskDisconnect", offset: offset_of!(WSK_PROVIDER_STREAM_DISPATCH, WskDisconnect), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_STREAM_DISPATCH| unsafe { &raw const (*it).WskDisconnect }), align: 0 },
        Layout { owner: "WSK_PROVIDER_STREAM_DISPATCH", path: "WskRelease", offset: offset_of!(WSK_PROVIDER_STREAM_DISPATCH, WskRelease), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_STREAM_DISPATCH| unsafe { &raw const (*it).WskRelease }), align: 0 },
        Layout { owner: "WSK_PROVIDER_STREAM_DISPATCH", path: "WskGetLocalAddress", offset: offset_of!(WSK_PROVIDER_STREAM_DISPATCH, WskGetLocalAddress), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_STREAM_DISPATCH| unsafe { &raw const (*it).WskGetLocalAddress }), align: 0 },
        Layout { owner: "WSK_PROVIDER_STREAM_DISPATCH", path: "WskGetRemoteAddress", offset: offset_of!(WSK_PROVIDER_STREAM_DISPATCH, WskGetRemoteAddress), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_STREAM_DISPATCH| unsafe { &raw const (*it).WskGetRemoteAddress }), align: 0 },
        Layout { owner: "WSK_PROVIDER_STREAM_DISPATCH", path: "WskConnectEx", offset: offset_of!(WSK_PROVIDER_STREAM_DISPATCH, WskConnectEx), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_STREAM_DISPATCH| unsafe { &raw const (*it).WskConnectEx }), align: 0 },
        Layout { owner: "WSK_PROVIDER_STREAM_DISPATCH", path: "WskSendEx", offset: offset_of!(WSK_PROVIDER_STREAM_DISPATCH, WskSendEx), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_STREAM_DISPATCH| unsafe { &raw const (*it).WskSendEx }), align: 0 },
        Layout { owner: "WSK_PROVIDER_STREAM_DISPATCH", path: "WskReceiveEx", offset: offset_of!(WSK_PROVIDER_STREAM_DISPATCH, WskReceiveEx), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_PROVIDER_STREAM_DISPATCH| unsafe { &raw const (*it).WskReceiveEx }), align: 0 },
        Layout { owner: "WSK_REGISTRATION", path: "", offset: 0, size: size_of::<WSK_REGISTRATION>(), align: align_of::<WSK_REGISTRATION>() },
        Layout { owner: "WSK_REGISTRATION", path: "ReservedRegistrationState", offset: offset_of!(WSK_REGISTRATION, ReservedRegistrationState), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_REGISTRATION| unsafe { &raw const (*it).ReservedRegistrationState }), align: 0 },
        Layout { owner: "WSK_REGISTRATION", path: "ReservedRegistrationContext", offset: offset_of!(WSK_REGISTRATION, ReservedRegistrationContext), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_REGISTRATION| unsafe { &raw const (*it).ReservedRegistrationContext }), align: 0 },
        Layout { owner: "WSK_REGISTRATION", path: "ReservedRegistrationLock", offset: offset_of!(WSK_REGISTRATION, ReservedRegistrationLock), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_REGISTRATION| unsafe { &raw const (*it).ReservedRegistrationLock }), align: 0 },
        Layout { owner: "WSK_SOCKET", path: "", offset: 0, size: size_of::<WSK_SOCKET>(), align: align_of::<WSK_SOCKET>() },
        Layout { owner: "WSK_SOCKET", path: "Dispatch", offset: offset_of!(WSK_SOCKET, Dispatch), // SAFETY: only the type of the place is used.
            size: field(|it: *const WSK_SOCKET| unsafe { &raw const (*it).Dispatch }), align: 0 },
    ];

    pub const CONSTANTS: &[Constant] = &[
        Constant { name: "NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS", value: NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS as i128 },
        Constant { name: "NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS", value: NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS as i128 },
        Constant { name: "NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_CHARACTERISTICS", value: NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_CHARACTERISTICS as i128 },
        Constant { name: "NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_CHARACTERISTICS", value: NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_CHARACTERISTICS as i128 },
        Constant { name: "NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS_REVISION_1", value: NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS_REVISION_1 as i128 },
        Constant { name: "NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS_REVISION_1", value: NDIS_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS_REVISION_1 as i128 },
        Constant { name: "NDIS_OBJECT_TCP_OFFLOAD_REVISION_1", value: NDIS_OBJECT_TCP_OFFLOAD_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS_REVISION_1", value: NDIS_SIZEOF_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS_REVISION_1", value: NDIS_SIZEOF_CLIENT_CHIMNEY_OFFLOAD_TCP_CHARACTERISTICS_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_TCP_OFFLOAD_EVENT_HANDLERS_REVISION_1", value: NDIS_SIZEOF_TCP_OFFLOAD_EVENT_HANDLERS_REVISION_1 as i128 },
        Constant { name: "NDIS_TCP_CONNECTION_OFFLOAD_REVISION_2", value: NDIS_TCP_CONNECTION_OFFLOAD_REVISION_2 as i128 },
        Constant { name: "NDIS_SIZEOF_TCP_CONNECTION_OFFLOAD_REVISION_2", value: NDIS_SIZEOF_TCP_CONNECTION_OFFLOAD_REVISION_2 as i128 },
        Constant { name: "NdisTcpChimneyOffload", value: NdisTcpChimneyOffload as i128 },
        Constant { name: "TCP_DISCONNECT_GRACEFUL_CLOSE", value: TCP_DISCONNECT_GRACEFUL_CLOSE as i128 },
        Constant { name: "TCP_DISCONNECT_ABORTIVE_CLOSE", value: TCP_DISCONNECT_ABORTIVE_CLOSE as i128 },
        Constant { name: "TcpIndicateSendBacklogChange", value: TcpIndicateSendBacklogChange as i128 },
        Constant { name: "TcpIndicateDisconnect", value: TcpIndicateDisconnect as i128 },
        Constant { name: "TcpIndicateRetrieve", value: TcpIndicateRetrieve as i128 },
        Constant { name: "TcpIndicateAbort", value: TcpIndicateAbort as i128 },
        Constant { name: "NeighborReachabilityQuery", value: NeighborReachabilityQuery as i128 },
        Constant { name: "UploadRequested", value: UploadRequested as i128 },
        Constant { name: "NDIS_STATUS_OFFLOAD_PAUSE", value: NDIS_STATUS_OFFLOAD_PAUSE as i128 },
        Constant { name: "NDIS_STATUS_UPLOAD_ALL", value: NDIS_STATUS_UPLOAD_ALL as i128 },
        Constant { name: "NDIS_STATUS_OFFLOAD_RESUME", value: NDIS_STATUS_OFFLOAD_RESUME as i128 },
        Constant { name: "NDIS_STATUS_OFFLOAD_PARTIAL_SUCCESS", value: NDIS_STATUS_OFFLOAD_PARTIAL_SUCCESS as i128 },
        Constant { name: "NDIS_STATUS_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES", value: NDIS_STATUS_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES as i128 },
        Constant { name: "NDIS_STATUS_UPLOAD_IN_PROGRESS", value: NDIS_STATUS_UPLOAD_IN_PROGRESS as i128 },
        Constant { name: "NDIS_STATUS_OFFLOAD_DATA_NOT_ACCEPTED", value: NDIS_STATUS_OFFLOAD_DATA_NOT_ACCEPTED as i128 },
        Constant { name: "NDIS_STATUS_OFFLOAD_DATA_PARTIALLY_ACCEPTED", value: NDIS_STATUS_OFFLOAD_DATA_PARTIALLY_ACCEPTED as i128 },
        Constant { name: "OID_TCP_CONNECTION_OFFLOAD_CURRENT_CONFIG", value: OID_TCP_CONNECTION_OFFLOAD_CURRENT_CONFIG as i128 },
        Constant { name: "OID_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES", value: OID_TCP_CONNECTION_OFFLOAD_HARDWARE_CAPABILITIES as i128 },
        Constant { name: "OID_TCP_CONNECTION_OFFLOAD_PARAMETERS", value: OID_TCP_CONNECTION_OFFLOAD_PARAMETERS as i128 },
        Constant { name: "TcpOffloadBytesTransferred", value: TcpOffloadBytesTransferred as i128 },
        Constant { name: "NeighborOffloadState", value: NeighborOffloadState as i128 },
        Constant { name: "Ip4OffloadState", value: Ip4OffloadState as i128 },
        Constant { name: "TcpOffloadCachedState", value: TcpOffloadCachedState as i128 },
        Constant { name: "TcpOffloadDelegatedState", value: TcpOffloadDelegatedState as i128 },
        Constant { name: "TcpOffloadState", value: TcpOffloadState as i128 },
        Constant { name: "TcpConnectionClosed", value: TcpConnectionClosed as i128 },
        Constant { name: "TcpConnectionEstablished", value: TcpConnectionEstablished as i128 },
        Constant { name: "TcpConnectionFinWait1", value: TcpConnectionFinWait1 as i128 },
        Constant { name: "TcpConnectionFinWait2", value: TcpConnectionFinWait2 as i128 },
        Constant { name: "TcpConnectionCloseWait", value: TcpConnectionCloseWait as i128 },
        Constant { name: "TcpConnectionLastAck", value: TcpConnectionLastAck as i128 },
        Constant { name: "TcpConnectionTimeWait", value: TcpConnectionTimeWait as i128 },
        Constant { name: "NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT", value: NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT as i128 },
        Constant { name: "NDIS_OBJECT_TYPE_DEFAULT", value: NDIS_OBJECT_TYPE_DEFAULT as i128 },
        Constant { name: "NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES", value: NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES as i128 },
        Constant { name: "NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES", value: NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES as i128 },
        Constant { name: "NDIS_OBJECT_TYPE_MINIPORT_DEVICE_POWER_NOTIFICATION", value: NDIS_OBJECT_TYPE_MINIPORT_DEVICE_POWER_NOTIFICATION as i128 },
        Constant { name: "NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS", value: NDIS_OBJECT_TYPE_MINIPORT_DRIVER_CHARACTERISTICS as i128 },
        Constant { name: "NDIS_OBJECT_TYPE_MINIPORT_INIT_PARAMETERS", value: NDIS_OBJECT_TYPE_MINIPORT_INIT_PARAMETERS as i128 },
        Constant { name: "NDIS_OBJECT_TYPE_OID_REQUEST", value: NDIS_OBJECT_TYPE_OID_REQUEST as i128 },
        Constant { name: "NDIS_OBJECT_TYPE_RESTART_GENERAL_ATTRIBUTES", value: NDIS_OBJECT_TYPE_RESTART_GENERAL_ATTRIBUTES as i128 },
        Constant { name: "NDIS_OBJECT_TYPE_STATUS_INDICATION", value: NDIS_OBJECT_TYPE_STATUS_INDICATION as i128 },
        Constant { name: "NDIS_CONFIGURATION_OBJECT_REVISION_1", value: NDIS_CONFIGURATION_OBJECT_REVISION_1 as i128 },
        Constant { name: "NDIS_INTERRUPT_MODERATION_PARAMETERS_REVISION_1", value: NDIS_INTERRUPT_MODERATION_PARAMETERS_REVISION_1 as i128 },
        Constant { name: "NDIS_LINK_PARAMETERS_REVISION_1", value: NDIS_LINK_PARAMETERS_REVISION_1 as i128 },
        Constant { name: "NDIS_LINK_STATE_REVISION_1", value: NDIS_LINK_STATE_REVISION_1 as i128 },
        Constant { name: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1", value: NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1 as i128 },
        Constant { name: "NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_2", value: NDIS_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_2 as i128 },
        Constant { name: "NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1", value: NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1 as i128 },
        Constant { name: "NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_2", value: NDIS_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_2 as i128 },
        Constant { name: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1", value: NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1 as i128 },
        Constant { name: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_2", value: NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_2 as i128 },
        Constant { name: "NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_3", value: NDIS_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_3 as i128 },
        Constant { name: "NDIS_MINIPORT_INIT_PARAMETERS_REVISION_1", value: NDIS_MINIPORT_INIT_PARAMETERS_REVISION_1 as i128 },
        Constant { name: "NDIS_MINIPORT_PAUSE_PARAMETERS_REVISION_1", value: NDIS_MINIPORT_PAUSE_PARAMETERS_REVISION_1 as i128 },
        Constant { name: "NDIS_MINIPORT_RESTART_PARAMETERS_REVISION_1", value: NDIS_MINIPORT_RESTART_PARAMETERS_REVISION_1 as i128 },
        Constant { name: "NDIS_OID_REQUEST_REVISION_1", value: NDIS_OID_REQUEST_REVISION_1 as i128 },
        Constant { name: "NDIS_OID_REQUEST_REVISION_2", value: NDIS_OID_REQUEST_REVISION_2 as i128 },
        Constant { name: "NDIS_PM_CAPABILITIES_REVISION_1", value: NDIS_PM_CAPABILITIES_REVISION_1 as i128 },
        Constant { name: "NDIS_PM_CAPABILITIES_REVISION_2", value: NDIS_PM_CAPABILITIES_REVISION_2 as i128 },
        Constant { name: "NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1", value: NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_INTERRUPT_MODERATION_PARAMETERS_REVISION_1", value: NDIS_SIZEOF_INTERRUPT_MODERATION_PARAMETERS_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_LINK_PARAMETERS_REVISION_1", value: NDIS_SIZEOF_LINK_PARAMETERS_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_LINK_STATE_REVISION_1", value: NDIS_SIZEOF_LINK_STATE_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1", value: NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_2", value: NDIS_SIZEOF_MINIPORT_ADAPTER_GENERAL_ATTRIBUTES_REVISION_2 as i128 },
        Constant { name: "NDIS_SIZEOF_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1", value: NDIS_SIZEOF_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_2", value: NDIS_SIZEOF_MINIPORT_ADAPTER_REGISTRATION_ATTRIBUTES_REVISION_2 as i128 },
        Constant { name: "NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1", value: NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_2", value: NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_2 as i128 },
        Constant { name: "NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_3", value: NDIS_SIZEOF_MINIPORT_DRIVER_CHARACTERISTICS_REVISION_3 as i128 },
        Constant { name: "NDIS_SIZEOF_MINIPORT_PAUSE_PARAMETERS_REVISION_1", value: NDIS_SIZEOF_MINIPORT_PAUSE_PARAMETERS_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_MINIPORT_RESTART_PARAMETERS_REVISION_1", value: NDIS_SIZEOF_MINIPORT_RESTART_PARAMETERS_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_NET_DEVICE_PNP_EVENT_REVISION_1", value: NDIS_SIZEOF_NET_DEVICE_PNP_EVENT_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_NET_PNP_EVENT_NOTIFICATION_REVISION_1", value: NDIS_SIZEOF_NET_PNP_EVENT_NOTIFICATION_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_NET_PNP_EVENT_NOTIFICATION_REVISION_2", value: NDIS_SIZEOF_NET_PNP_EVENT_NOTIFICATION_REVISION_2 as i128 },
        Constant { name: "NDIS_SIZEOF_OID_REQUEST_REVISION_1", value: NDIS_SIZEOF_OID_REQUEST_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_OID_REQUEST_REVISION_2", value: NDIS_SIZEOF_OID_REQUEST_REVISION_2 as i128 },
        Constant { name: "NDIS_SIZEOF_STATISTICS_INFO_REVISION_1", value: NDIS_SIZEOF_STATISTICS_INFO_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_STATUS_INDICATION_REVISION_1", value: NDIS_SIZEOF_STATUS_INDICATION_REVISION_1 as i128 },
        Constant { name: "NDIS_STATISTICS_INFO_REVISION_1", value: NDIS_STATISTICS_INFO_REVISION_1 as i128 },
        Constant { name: "NDIS_STATUS_INDICATION_REVISION_1", value: NDIS_STATUS_INDICATION_REVISION_1 as i128 },
        Constant { name: "IF_TYPE_ETHERNET_CSMACD", value: IF_TYPE_ETHERNET_CSMACD as i128 },
        Constant { name: "NDIS_DEFAULT_PORT_NUMBER", value: NDIS_DEFAULT_PORT_NUMBER as i128 },
        Constant { name: "NDIS_LINK_SPEED_UNKNOWN", value: NDIS_LINK_SPEED_UNKNOWN as i128 },
        Constant { name: "NDIS_LINK_STATE_DUPLEX_AUTO_NEGOTIATED", value: NDIS_LINK_STATE_DUPLEX_AUTO_NEGOTIATED as i128 },
        Constant { name: "NDIS_LINK_STATE_PAUSE_FUNCTIONS_AUTO_NEGOTIATED", value: NDIS_LINK_STATE_PAUSE_FUNCTIONS_AUTO_NEGOTIATED as i128 },
        Constant { name: "NDIS_LINK_STATE_RCV_LINK_SPEED_AUTO_NEGOTIATED", value: NDIS_LINK_STATE_RCV_LINK_SPEED_AUTO_NEGOTIATED as i128 },
        Constant { name: "NDIS_LINK_STATE_XMIT_LINK_SPEED_AUTO_NEGOTIATED", value: NDIS_LINK_STATE_XMIT_LINK_SPEED_AUTO_NEGOTIATED as i128 },
        Constant { name: "NDIS_MAC_OPTION_8021P_PRIORITY", value: NDIS_MAC_OPTION_8021P_PRIORITY as i128 },
        Constant { name: "NDIS_MAC_OPTION_8021Q_VLAN", value: NDIS_MAC_OPTION_8021Q_VLAN as i128 },
        Constant { name: "NDIS_MAC_OPTION_COPY_LOOKAHEAD_DATA", value: NDIS_MAC_OPTION_COPY_LOOKAHEAD_DATA as i128 },
        Constant { name: "NDIS_MAC_OPTION_EOTX_INDICATION", value: NDIS_MAC_OPTION_EOTX_INDICATION as i128 },
        Constant { name: "NDIS_MAC_OPTION_FULL_DUPLEX", value: NDIS_MAC_OPTION_FULL_DUPLEX as i128 },
        Constant { name: "NDIS_MAC_OPTION_NO_LOOPBACK", value: NDIS_MAC_OPTION_NO_LOOPBACK as i128 },
        Constant { name: "NDIS_MAC_OPTION_RECEIVE_AT_DPC", value: NDIS_MAC_OPTION_RECEIVE_AT_DPC as i128 },
        Constant { name: "NDIS_MAC_OPTION_RECEIVE_SERIALIZED", value: NDIS_MAC_OPTION_RECEIVE_SERIALIZED as i128 },
        Constant { name: "NDIS_MAC_OPTION_RESERVED", value: NDIS_MAC_OPTION_RESERVED as i128 },
        Constant { name: "NDIS_MAC_OPTION_SUPPORTS_MAC_ADDRESS_OVERWRITE", value: NDIS_MAC_OPTION_SUPPORTS_MAC_ADDRESS_OVERWRITE as i128 },
        Constant { name: "NDIS_MAC_OPTION_TRANSFERS_NOT_PEND", value: NDIS_MAC_OPTION_TRANSFERS_NOT_PEND as i128 },
        Constant { name: "NDIS_MAXIMUM_PORTS", value: NDIS_MAXIMUM_PORTS as i128 },
        Constant { name: "NDIS_MAX_PHYS_ADDRESS_LENGTH", value: NDIS_MAX_PHYS_ADDRESS_LENGTH as i128 },
        Constant { name: "NDIS_MINIPORT_ATTRIBUTES_BUS_MASTER", value: NDIS_MINIPORT_ATTRIBUTES_BUS_MASTER as i128 },
        Constant { name: "NDIS_MINIPORT_ATTRIBUTES_CONTROLS_DEFAULT_PORT", value: NDIS_MINIPORT_ATTRIBUTES_CONTROLS_DEFAULT_PORT as i128 },
        Constant { name: "NDIS_MINIPORT_ATTRIBUTES_DO_NOT_BIND_TO_ALL_CO", value: NDIS_MINIPORT_ATTRIBUTES_DO_NOT_BIND_TO_ALL_CO as i128 },
        Constant { name: "NDIS_MINIPORT_ATTRIBUTES_HARDWARE_DEVICE", value: NDIS_MINIPORT_ATTRIBUTES_HARDWARE_DEVICE as i128 },
        Constant { name: "NDIS_MINIPORT_ATTRIBUTES_NDIS_WDM", value: NDIS_MINIPORT_ATTRIBUTES_NDIS_WDM as i128 },
        Constant { name: "NDIS_MINIPORT_ATTRIBUTES_NOT_CO_NDIS", value: NDIS_MINIPORT_ATTRIBUTES_NOT_CO_NDIS as i128 },
        Constant { name: "NDIS_MINIPORT_ATTRIBUTES_NO_HALT_ON_SUSPEND", value: NDIS_MINIPORT_ATTRIBUTES_NO_HALT_ON_SUSPEND as i128 },
        Constant { name: "NDIS_MINIPORT_ATTRIBUTES_NO_OID_INTERCEPT_ON_NONDEFAULT_PORTS", value: NDIS_MINIPORT_ATTRIBUTES_NO_OID_INTERCEPT_ON_NONDEFAULT_PORTS as i128 },
        Constant { name: "NDIS_MINIPORT_ATTRIBUTES_NO_PAUSE_ON_SUSPEND", value: NDIS_MINIPORT_ATTRIBUTES_NO_PAUSE_ON_SUSPEND as i128 },
        Constant { name: "NDIS_MINIPORT_ATTRIBUTES_REGISTER_BUGCHECK_CALLBACK", value: NDIS_MINIPORT_ATTRIBUTES_REGISTER_BUGCHECK_CALLBACK as i128 },
        Constant { name: "NDIS_MINIPORT_ATTRIBUTES_SURPRISE_REMOVE_OK", value: NDIS_MINIPORT_ATTRIBUTES_SURPRISE_REMOVE_OK as i128 },
        Constant { name: "NDIS_MINIPORT_MAJOR_VERSION", value: NDIS_MINIPORT_MAJOR_VERSION as i128 },
        Constant { name: "NDIS_MINIPORT_MINOR_VERSION", value: NDIS_MINIPORT_MINOR_VERSION as i128 },
        Constant { name: "NDIS_NBL_FLAGS_IS_IPV4", value: NDIS_NBL_FLAGS_IS_IPV4 as i128 },
        Constant { name: "NDIS_NBL_FLAGS_IS_IPV6", value: NDIS_NBL_FLAGS_IS_IPV6 as i128 },
        Constant { name: "NDIS_NBL_FLAGS_IS_TCP", value: NDIS_NBL_FLAGS_IS_TCP as i128 },
        Constant { name: "NDIS_NBL_FLAGS_IS_UDP", value: NDIS_NBL_FLAGS_IS_UDP as i128 },
        Constant { name: "NDIS_NBL_FLAGS_RECV_READ_ONLY", value: NDIS_NBL_FLAGS_RECV_READ_ONLY as i128 },
        Constant { name: "NDIS_NBL_FLAGS_SEND_READ_ONLY", value: NDIS_NBL_FLAGS_SEND_READ_ONLY as i128 },
        Constant { name: "NDIS_PACKET_TYPE_ALL_MULTICAST", value: NDIS_PACKET_TYPE_ALL_MULTICAST as i128 },
        Constant { name: "NDIS_PACKET_TYPE_BROADCAST", value: NDIS_PACKET_TYPE_BROADCAST as i128 },
        Constant { name: "NDIS_PACKET_TYPE_DIRECTED", value: NDIS_PACKET_TYPE_DIRECTED as i128 },
        Constant { name: "NDIS_PACKET_TYPE_MULTICAST", value: NDIS_PACKET_TYPE_MULTICAST as i128 },
        Constant { name: "NDIS_PACKET_TYPE_PROMISCUOUS", value: NDIS_PACKET_TYPE_PROMISCUOUS as i128 },
        Constant { name: "NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL", value: NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL as i128 },
        Constant { name: "NDIS_RECEIVE_FLAGS_RESOURCES", value: NDIS_RECEIVE_FLAGS_RESOURCES as i128 },
        Constant { name: "NDIS_RETURN_FLAGS_DISPATCH_LEVEL", value: NDIS_RETURN_FLAGS_DISPATCH_LEVEL as i128 },
        Constant { name: "NDIS_RETURN_FLAGS_SINGLE_QUEUE", value: NDIS_RETURN_FLAGS_SINGLE_QUEUE as i128 },
        Constant { name: "NDIS_RETURN_FLAGS_SWITCH_SINGLE_SOURCE", value: NDIS_RETURN_FLAGS_SWITCH_SINGLE_SOURCE as i128 },
        Constant { name: "NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL", value: NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL as i128 },
        Constant { name: "NDIS_SEND_COMPLETE_FLAGS_SINGLE_QUEUE", value: NDIS_SEND_COMPLETE_FLAGS_SINGLE_QUEUE as i128 },
        Constant { name: "NDIS_SEND_COMPLETE_FLAGS_SWITCH_SINGLE_SOURCE", value: NDIS_SEND_COMPLETE_FLAGS_SWITCH_SINGLE_SOURCE as i128 },
        Constant { name: "NDIS_SEND_FLAGS_CHECK_FOR_LOOPBACK", value: NDIS_SEND_FLAGS_CHECK_FOR_LOOPBACK as i128 },
        Constant { name: "NDIS_SEND_FLAGS_DISPATCH_LEVEL", value: NDIS_SEND_FLAGS_DISPATCH_LEVEL as i128 },
        Constant { name: "NDIS_SEND_FLAGS_SINGLE_QUEUE", value: NDIS_SEND_FLAGS_SINGLE_QUEUE as i128 },
        Constant { name: "NDIS_SEND_FLAGS_SWITCH_DESTINATION_GROUP", value: NDIS_SEND_FLAGS_SWITCH_DESTINATION_GROUP as i128 },
        Constant { name: "NDIS_SEND_FLAGS_SWITCH_SINGLE_SOURCE", value: NDIS_SEND_FLAGS_SWITCH_SINGLE_SOURCE as i128 },
        Constant { name: "NDIS_STATISTICS_FLAGS_VALID_BROADCAST_BYTES_RCV", value: NDIS_STATISTICS_FLAGS_VALID_BROADCAST_BYTES_RCV as i128 },
        Constant { name: "NDIS_STATISTICS_FLAGS_VALID_BROADCAST_BYTES_XMIT", value: NDIS_STATISTICS_FLAGS_VALID_BROADCAST_BYTES_XMIT as i128 },
        Constant { name: "NDIS_STATISTICS_FLAGS_VALID_BROADCAST_FRAMES_RCV", value: NDIS_STATISTICS_FLAGS_VALID_BROADCAST_FRAMES_RCV as i128 },
        Constant { name: "NDIS_STATISTICS_FLAGS_VALID_BROADCAST_FRAMES_XMIT", value: NDIS_STATISTICS_FLAGS_VALID_BROADCAST_FRAMES_XMIT as i128 },
        Constant { name: "NDIS_STATISTICS_FLAGS_VALID_BYTES_RCV", value: NDIS_STATISTICS_FLAGS_VALID_BYTES_RCV as i128 },
        Constant { name: "NDIS_STATISTICS_FLAGS_VALID_BYTES_XMIT", value: NDIS_STATISTICS_FLAGS_VALID_BYTES_XMIT as i128 },
        Constant { name: "NDIS_STATISTICS_FLAGS_VALID_DIRECTED_BYTES_RCV", value: NDIS_STATISTICS_FLAGS_VALID_DIRECTED_BYTES_RCV as i128 },
        Constant { name: "NDIS_STATISTICS_FLAGS_VALID_DIRECTED_BYTES_XMIT", value: NDIS_STATISTICS_FLAGS_VALID_DIRECTED_BYTES_XMIT as i128 },
        Constant { name: "NDIS_STATISTICS_FLAGS_VALID_DIRECTED_FRAMES_RCV", value: NDIS_STATISTICS_FLAGS_VALID_DIRECTED_FRAMES_RCV as i128 },
        Constant { name: "NDIS_STATISTICS_FLAGS_VALID_DIRECTED_FRAMES_XMIT", value: NDIS_STATISTICS_FLAGS_VALID_DIRECTED_FRAMES_XMIT as i128 },
        Constant { name: "NDIS_STATISTICS_FLAGS_VALID_MULTICAST_BYTES_RCV", value: NDIS_STATISTICS_FLAGS_VALID_MULTICAST_BYTES_RCV as i128 },
        Constant { name: "NDIS_STATISTICS_FLAGS_VALID_MULTICAST_BYTES_XMIT", value: NDIS_STATISTICS_FLAGS_VALID_MULTICAST_BYTES_XMIT as i128 },
        Constant { name: "NDIS_STATISTICS_FLAGS_VALID_MULTICAST_FRAMES_RCV", value: NDIS_STATISTICS_FLAGS_VALID_MULTICAST_FRAMES_RCV as i128 },
        Constant { name: "NDIS_STATISTICS_FLAGS_VALID_MULTICAST_FRAMES_XMIT", value: NDIS_STATISTICS_FLAGS_VALID_MULTICAST_FRAMES_XMIT as i128 },
        Constant { name: "NDIS_STATISTICS_FLAGS_VALID_RCV_DISCARDS", value: NDIS_STATISTICS_FLAGS_VALID_RCV_DISCARDS as i128 },
        Constant { name: "NDIS_STATISTICS_FLAGS_VALID_RCV_ERROR", value: NDIS_STATISTICS_FLAGS_VALID_RCV_ERROR as i128 },
        Constant { name: "NDIS_STATISTICS_FLAGS_VALID_XMIT_DISCARDS", value: NDIS_STATISTICS_FLAGS_VALID_XMIT_DISCARDS as i128 },
        Constant { name: "NDIS_STATISTICS_FLAGS_VALID_XMIT_ERROR", value: NDIS_STATISTICS_FLAGS_VALID_XMIT_ERROR as i128 },
        Constant { name: "NDIS_STATISTICS_RCV_OK_SUPPORTED", value: NDIS_STATISTICS_RCV_OK_SUPPORTED as i128 },
        Constant { name: "NDIS_STATISTICS_XMIT_OK_SUPPORTED", value: NDIS_STATISTICS_XMIT_OK_SUPPORTED as i128 },
        Constant { name: "NDIS_STATUS_INDICATION_FLAGS_MEDIA_CONNECT_TO_CONNECT", value: NDIS_STATUS_INDICATION_FLAGS_MEDIA_CONNECT_TO_CONNECT as i128 },
        Constant { name: "NDIS_STATUS_INDICATION_FLAGS_NDIS_RESERVED", value: NDIS_STATUS_INDICATION_FLAGS_NDIS_RESERVED as i128 },
        Constant { name: "NET_DEVICE_PNP_EVENT_REVISION_1", value: NET_DEVICE_PNP_EVENT_REVISION_1 as i128 },
        Constant { name: "NET_IF_LINK_SPEED_UNKNOWN", value: NET_IF_LINK_SPEED_UNKNOWN as i128 },
        Constant { name: "NET_PNP_EVENT_NOTIFICATION_REVISION_1", value: NET_PNP_EVENT_NOTIFICATION_REVISION_1 as i128 },
        Constant { name: "NET_PNP_EVENT_NOTIFICATION_REVISION_2", value: NET_PNP_EVENT_NOTIFICATION_REVISION_2 as i128 },
        Constant { name: "NdisRequestClose", value: NdisRequestClose as i128 },
        Constant { name: "NdisRequestGeneric1", value: NdisRequestGeneric1 as i128 },
        Constant { name: "NdisRequestGeneric2", value: NdisRequestGeneric2 as i128 },
        Constant { name: "NdisRequestGeneric3", value: NdisRequestGeneric3 as i128 },
        Constant { name: "NdisRequestGeneric4", value: NdisRequestGeneric4 as i128 },
        Constant { name: "NdisRequestMethod", value: NdisRequestMethod as i128 },
        Constant { name: "NdisRequestOpen", value: NdisRequestOpen as i128 },
        Constant { name: "NdisRequestQueryInformation", value: NdisRequestQueryInformation as i128 },
        Constant { name: "NdisRequestQueryStatistics", value: NdisRequestQueryStatistics as i128 },
        Constant { name: "NdisRequestReset", value: NdisRequestReset as i128 },
        Constant { name: "NdisRequestSend", value: NdisRequestSend as i128 },
        Constant { name: "NdisRequestSetInformation", value: NdisRequestSetInformation as i128 },
        Constant { name: "NdisRequestTransferData", value: NdisRequestTransferData as i128 },
        Constant { name: "NdisMedium802_3", value: NdisMedium802_3 as i128 },
        Constant { name: "NdisPhysicalMedium802_3", value: NdisPhysicalMedium802_3 as i128 },
        Constant { name: "NdisPhysicalMediumUnspecified", value: NdisPhysicalMediumUnspecified as i128 },
        Constant { name: "NdisInterfaceInternal", value: NdisInterfaceInternal as i128 },
        Constant { name: "NdisInterfaceProcessorInternal", value: NdisInterfaceProcessorInternal as i128 },
        Constant { name: "NdisHaltDeviceDisabled", value: NdisHaltDeviceDisabled as i128 },
        Constant { name: "NdisHaltDeviceFailed", value: NdisHaltDeviceFailed as i128 },
        Constant { name: "NdisHaltDeviceInitializationFailed", value: NdisHaltDeviceInitializationFailed as i128 },
        Constant { name: "NdisHaltDeviceInstanceDeInitialized", value: NdisHaltDeviceInstanceDeInitialized as i128 },
        Constant { name: "NdisHaltDevicePoweredDown", value: NdisHaltDevicePoweredDown as i128 },
        Constant { name: "NdisHaltDeviceStopped", value: NdisHaltDeviceStopped as i128 },
        Constant { name: "NdisHaltDeviceSurpriseRemoved", value: NdisHaltDeviceSurpriseRemoved as i128 },
        Constant { name: "NdisShutdownBugCheck", value: NdisShutdownBugCheck as i128 },
        Constant { name: "NdisShutdownPowerOff", value: NdisShutdownPowerOff as i128 },
        Constant { name: "NdisDevicePnPEventFilterListChanged", value: NdisDevicePnPEventFilterListChanged as i128 },
        Constant { name: "NdisDevicePnPEventMaximum", value: NdisDevicePnPEventMaximum as i128 },
        Constant { name: "NdisDevicePnPEventPowerProfileChanged", value: NdisDevicePnPEventPowerProfileChanged as i128 },
        Constant { name: "NdisDevicePnPEventQueryRemoved", value: NdisDevicePnPEventQueryRemoved as i128 },
        Constant { name: "NdisDevicePnPEventQueryStopped", value: NdisDevicePnPEventQueryStopped as i128 },
        Constant { name: "NdisDevicePnPEventRemoved", value: NdisDevicePnPEventRemoved as i128 },
        Constant { name: "NdisDevicePnPEventStopped", value: NdisDevicePnPEventStopped as i128 },
        Constant { name: "NdisDevicePnPEventSurpriseRemoved", value: NdisDevicePnPEventSurpriseRemoved as i128 },
        Constant { name: "NetEventAllowBindsAbove", value: NetEventAllowBindsAbove as i128 },
        Constant { name: "NetEventAllowStart", value: NetEventAllowStart as i128 },
        Constant { name: "NetEventBindFailed", value: NetEventBindFailed as i128 },
        Constant { name: "NetEventBindList", value: NetEventBindList as i128 },
        Constant { name: "NetEventBindsComplete", value: NetEventBindsComplete as i128 },
        Constant { name: "NetEventCancelRemoveDevice", value: NetEventCancelRemoveDevice as i128 },
        Constant { name: "NetEventFilterPreDetach", value: NetEventFilterPreDetach as i128 },
        Constant { name: "NetEventIMReEnableDevice", value: NetEventIMReEnableDevice as i128 },
        Constant { name: "NetEventInhibitBindsAbove", value: NetEventInhibitBindsAbove as i128 },
        Constant { name: "NetEventMaximum", value: NetEventMaximum as i128 },
        Constant { name: "NetEventNDKDisable", value: NetEventNDKDisable as i128 },
        Constant { name: "NetEventNDKEnable", value: NetEventNDKEnable as i128 },
        Constant { name: "NetEventPause", value: NetEventPause as i128 },
        Constant { name: "NetEventPnPCapabilities", value: NetEventPnPCapabilities as i128 },
        Constant { name: "NetEventPortActivation", value: NetEventPortActivation as i128 },
        Constant { name: "NetEventPortDeactivation", value: NetEventPortDeactivation as i128 },
        Constant { name: "NetEventQueryPower", value: NetEventQueryPower as i128 },
        Constant { name: "NetEventQueryRemoveDevice", value: NetEventQueryRemoveDevice as i128 },
        Constant { name: "NetEventReconfigure", value: NetEventReconfigure as i128 },
        Constant { name: "NetEventRequirePause", value: NetEventRequirePause as i128 },
        Constant { name: "NetEventRestart", value: NetEventRestart as i128 },
        Constant { name: "NetEventSetPower", value: NetEventSetPower as i128 },
        Constant { name: "NetEventSwitchActivate", value: NetEventSwitchActivate as i128 },
        Constant { name: "NetEventUploadGftFlowEntries", value: NetEventUploadGftFlowEntries as i128 },
        Constant { name: "NdisParameterBinary", value: NdisParameterBinary as i128 },
        Constant { name: "NdisParameterHexInteger", value: NdisParameterHexInteger as i128 },
        Constant { name: "NdisParameterInteger", value: NdisParameterInteger as i128 },
        Constant { name: "NdisParameterMultiString", value: NdisParameterMultiString as i128 },
        Constant { name: "NdisParameterString", value: NdisParameterString as i128 },
        Constant { name: "NdisDeviceStateD0", value: NdisDeviceStateD0 as i128 },
        Constant { name: "NdisDeviceStateD1", value: NdisDeviceStateD1 as i128 },
        Constant { name: "NdisDeviceStateD2", value: NdisDeviceStateD2 as i128 },
        Constant { name: "NdisDeviceStateD3", value: NdisDeviceStateD3 as i128 },
        Constant { name: "NdisDeviceStateMaximum", value: NdisDeviceStateMaximum as i128 },
        Constant { name: "NdisDeviceStateUnspecified", value: NdisDeviceStateUnspecified as i128 },
        Constant { name: "MediaConnectStateConnected", value: MediaConnectStateConnected as i128 },
        Constant { name: "MediaConnectStateDisconnected", value: MediaConnectStateDisconnected as i128 },
        Constant { name: "MediaConnectStateUnknown", value: MediaConnectStateUnknown as i128 },
        Constant { name: "MediaDuplexStateFull", value: MediaDuplexStateFull as i128 },
        Constant { name: "MediaDuplexStateHalf", value: MediaDuplexStateHalf as i128 },
        Constant { name: "MediaDuplexStateUnknown", value: MediaDuplexStateUnknown as i128 },
        Constant { name: "NET_IF_ACCESS_BROADCAST", value: NET_IF_ACCESS_BROADCAST as i128 },
        Constant { name: "NET_IF_ACCESS_LOOPBACK", value: NET_IF_ACCESS_LOOPBACK as i128 },
        Constant { name: "NET_IF_ACCESS_MAXIMUM", value: NET_IF_ACCESS_MAXIMUM as i128 },
        Constant { name: "NET_IF_ACCESS_POINT_TO_MULTI_POINT", value: NET_IF_ACCESS_POINT_TO_MULTI_POINT as i128 },
        Constant { name: "NET_IF_ACCESS_POINT_TO_POINT", value: NET_IF_ACCESS_POINT_TO_POINT as i128 },
        Constant { name: "NET_IF_DIRECTION_MAXIMUM", value: NET_IF_DIRECTION_MAXIMUM as i128 },
        Constant { name: "NET_IF_DIRECTION_RECEIVEONLY", value: NET_IF_DIRECTION_RECEIVEONLY as i128 },
        Constant { name: "NET_IF_DIRECTION_SENDONLY", value: NET_IF_DIRECTION_SENDONLY as i128 },
        Constant { name: "NET_IF_DIRECTION_SENDRECEIVE", value: NET_IF_DIRECTION_SENDRECEIVE as i128 },
        Constant { name: "NET_IF_CONNECTION_DEDICATED", value: NET_IF_CONNECTION_DEDICATED as i128 },
        Constant { name: "NET_IF_CONNECTION_DEMAND", value: NET_IF_CONNECTION_DEMAND as i128 },
        Constant { name: "NET_IF_CONNECTION_MAXIMUM", value: NET_IF_CONNECTION_MAXIMUM as i128 },
        Constant { name: "NET_IF_CONNECTION_PASSIVE", value: NET_IF_CONNECTION_PASSIVE as i128 },
        Constant { name: "NdisPauseFunctionsReceiveOnly", value: NdisPauseFunctionsReceiveOnly as i128 },
        Constant { name: "NdisPauseFunctionsSendAndReceive", value: NdisPauseFunctionsSendAndReceive as i128 },
        Constant { name: "NdisPauseFunctionsSendOnly", value: NdisPauseFunctionsSendOnly as i128 },
        Constant { name: "NdisPauseFunctionsUnknown", value: NdisPauseFunctionsUnknown as i128 },
        Constant { name: "NdisPauseFunctionsUnsupported", value: NdisPauseFunctionsUnsupported as i128 },
        Constant { name: "NdisInterruptModerationDisabled", value: NdisInterruptModerationDisabled as i128 },
        Constant { name: "NdisInterruptModerationEnabled", value: NdisInterruptModerationEnabled as i128 },
        Constant { name: "NdisInterruptModerationNotSupported", value: NdisInterruptModerationNotSupported as i128 },
        Constant { name: "NdisInterruptModerationUnknown", value: NdisInterruptModerationUnknown as i128 },
        Constant { name: "NdkObjectTypeAdapter", value: NdkObjectTypeAdapter as i128 },
        Constant { name: "NdkObjectTypeConnector", value: NdkObjectTypeConnector as i128 },
        Constant { name: "NdkObjectTypeCq", value: NdkObjectTypeCq as i128 },
        Constant { name: "NdkObjectTypeListener", value: NdkObjectTypeListener as i128 },
        Constant { name: "NdkObjectTypeMax", value: NdkObjectTypeMax as i128 },
        Constant { name: "NdkObjectTypeMr", value: NdkObjectTypeMr as i128 },
        Constant { name: "NdkObjectTypeMw", value: NdkObjectTypeMw as i128 },
        Constant { name: "NdkObjectTypePd", value: NdkObjectTypePd as i128 },
        Constant { name: "NdkObjectTypeQp", value: NdkObjectTypeQp as i128 },
        Constant { name: "NdkObjectTypeSharedEndpoint", value: NdkObjectTypeSharedEndpoint as i128 },
        Constant { name: "NdkObjectTypeSrq", value: NdkObjectTypeSrq as i128 },
        Constant { name: "NdkObjectTypeUndefined", value: NdkObjectTypeUndefined as i128 },
        Constant { name: "NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES_REVISION_1", value: NDIS_MINIPORT_ADAPTER_NDK_ATTRIBUTES_REVISION_1 as i128 },
        Constant { name: "NDIS_NDK_CAPABILITIES_REVISION_1", value: NDIS_NDK_CAPABILITIES_REVISION_1 as i128 },
        Constant { name: "NDIS_NDK_CONNECTIONS_REVISION_1", value: NDIS_NDK_CONNECTIONS_REVISION_1 as i128 },
        Constant { name: "NDIS_NDK_LOCAL_ENDPOINTS_REVISION_1", value: NDIS_NDK_LOCAL_ENDPOINTS_REVISION_1 as i128 },
        Constant { name: "NDIS_NDK_PROVIDER_CHARACTERISTICS_REVISION_1", value: NDIS_NDK_PROVIDER_CHARACTERISTICS_REVISION_1 as i128 },
        Constant { name: "NDIS_NDK_STATISTICS_INFO_REVISION_1", value: NDIS_NDK_STATISTICS_INFO_REVISION_1 as i128 },
        Constant { name: "NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_NDK_ATTRIBUTES", value: NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_NDK_ATTRIBUTES as i128 },
        Constant { name: "NDIS_OBJECT_TYPE_NDK_PROVIDER_CHARACTERISTICS", value: NDIS_OBJECT_TYPE_NDK_PROVIDER_CHARACTERISTICS as i128 },
        Constant { name: "NDIS_SIZEOF_MINIPORT_ADAPTER_NDK_ATTRIBUTES_REVISION_1", value: NDIS_SIZEOF_MINIPORT_ADAPTER_NDK_ATTRIBUTES_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_NDK_CAPABILITIES_REVISION_1", value: NDIS_SIZEOF_NDK_CAPABILITIES_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_NDK_PROVIDER_CHARACTERISTICS_REVISION_1", value: NDIS_SIZEOF_NDK_PROVIDER_CHARACTERISTICS_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_NDK_STATISTICS_INFO_REVISION_1", value: NDIS_SIZEOF_NDK_STATISTICS_INFO_REVISION_1 as i128 },
        Constant { name: "OID_NDK_CONNECTIONS", value: OID_NDK_CONNECTIONS as i128 },
        Constant { name: "OID_NDK_LOCAL_ENDPOINTS", value: OID_NDK_LOCAL_ENDPOINTS as i128 },
        Constant { name: "OID_NDK_SET_STATE", value: OID_NDK_SET_STATE as i128 },
        Constant { name: "OID_NDK_STATISTICS", value: OID_NDK_STATISTICS as i128 },
        Constant { name: "NdkOperationTypeBind", value: NdkOperationTypeBind as i128 },
        Constant { name: "NdkOperationTypeFastRegister", value: NdkOperationTypeFastRegister as i128 },
        Constant { name: "NdkOperationTypeInvalidate", value: NdkOperationTypeInvalidate as i128 },
        Constant { name: "NdkOperationTypeRead", value: NdkOperationTypeRead as i128 },
        Constant { name: "NdkOperationTypeReceive", value: NdkOperationTypeReceive as i128 },
        Constant { name: "NdkOperationTypeReceiveAndInvalidate", value: NdkOperationTypeReceiveAndInvalidate as i128 },
        Constant { name: "NdkOperationTypeSend", value: NdkOperationTypeSend as i128 },
        Constant { name: "NdkOperationTypeWrite", value: NdkOperationTypeWrite as i128 },
        Constant { name: "NdkInfiniBand", value: NdkInfiniBand as i128 },
        Constant { name: "NdkMaxTechnology", value: NdkMaxTechnology as i128 },
        Constant { name: "NdkRoCE", value: NdkRoCE as i128 },
        Constant { name: "NdkRoCEv2", value: NdkRoCEv2 as i128 },
        Constant { name: "NdkUndefined", value: NdkUndefined as i128 },
        Constant { name: "NdkiWarp", value: NdkiWarp as i128 },
        Constant { name: "NDK_ADAPTER_FLAG_CQ_INTERRUPT_MODERATION_SUPPORTED", value: NDK_ADAPTER_FLAG_CQ_INTERRUPT_MODERATION_SUPPORTED as i128 },
        Constant { name: "NDK_ADAPTER_FLAG_CQ_RESIZE_SUPPORTED", value: NDK_ADAPTER_FLAG_CQ_RESIZE_SUPPORTED as i128 },
        Constant { name: "NDK_ADAPTER_FLAG_IN_ORDER_DMA_SUPPORTED", value: NDK_ADAPTER_FLAG_IN_ORDER_DMA_SUPPORTED as i128 },
        Constant { name: "NDK_ADAPTER_FLAG_LOOPBACK_CONNECTIONS_SUPPORTED", value: NDK_ADAPTER_FLAG_LOOPBACK_CONNECTIONS_SUPPORTED as i128 },
        Constant { name: "NDK_ADAPTER_FLAG_MULTI_ENGINE_SUPPORTED", value: NDK_ADAPTER_FLAG_MULTI_ENGINE_SUPPORTED as i128 },
        Constant { name: "NDK_ADAPTER_FLAG_RDMA_READ_LOCAL_INVALIDATE_SUPPORTED", value: NDK_ADAPTER_FLAG_RDMA_READ_LOCAL_INVALIDATE_SUPPORTED as i128 },
        Constant { name: "NDK_ADAPTER_FLAG_RDMA_READ_SINK_NOT_REQUIRED", value: NDK_ADAPTER_FLAG_RDMA_READ_SINK_NOT_REQUIRED as i128 },
        Constant { name: "NDK_CQ_NOTIFY_ANY", value: NDK_CQ_NOTIFY_ANY as i128 },
        Constant { name: "NDK_CQ_NOTIFY_ERRORS", value: NDK_CQ_NOTIFY_ERRORS as i128 },
        Constant { name: "NDK_CQ_NOTIFY_SOLICITED", value: NDK_CQ_NOTIFY_SOLICITED as i128 },
        Constant { name: "NDK_MR_FLAG_ALLOW_LOCAL_READ", value: NDK_MR_FLAG_ALLOW_LOCAL_READ as i128 },
        Constant { name: "NDK_MR_FLAG_ALLOW_LOCAL_WRITE", value: NDK_MR_FLAG_ALLOW_LOCAL_WRITE as i128 },
        Constant { name: "NDK_MR_FLAG_ALLOW_REMOTE_READ", value: NDK_MR_FLAG_ALLOW_REMOTE_READ as i128 },
        Constant { name: "NDK_MR_FLAG_ALLOW_REMOTE_WRITE", value: NDK_MR_FLAG_ALLOW_REMOTE_WRITE as i128 },
        Constant { name: "NDK_MR_FLAG_RDMA_READ_SINK", value: NDK_MR_FLAG_RDMA_READ_SINK as i128 },
        Constant { name: "NDK_OP_FLAG_ALLOW_LOCAL_WRITE", value: NDK_OP_FLAG_ALLOW_LOCAL_WRITE as i128 },
        Constant { name: "NDK_OP_FLAG_ALLOW_REMOTE_READ", value: NDK_OP_FLAG_ALLOW_REMOTE_READ as i128 },
        Constant { name: "NDK_OP_FLAG_ALLOW_REMOTE_WRITE", value: NDK_OP_FLAG_ALLOW_REMOTE_WRITE as i128 },
        Constant { name: "NDK_OP_FLAG_DEFER", value: NDK_OP_FLAG_DEFER as i128 },
        Constant { name: "NDK_OP_FLAG_INLINE", value: NDK_OP_FLAG_INLINE as i128 },
        Constant { name: "NDK_OP_FLAG_RDMA_READ_LOCAL_INVALIDATE", value: NDK_OP_FLAG_RDMA_READ_LOCAL_INVALIDATE as i128 },
        Constant { name: "NDK_OP_FLAG_RDMA_READ_SINK", value: NDK_OP_FLAG_RDMA_READ_SINK as i128 },
        Constant { name: "NDK_OP_FLAG_READ_FENCE", value: NDK_OP_FLAG_READ_FENCE as i128 },
        Constant { name: "NDK_OP_FLAG_SEND_AND_SOLICIT_EVENT", value: NDK_OP_FLAG_SEND_AND_SOLICIT_EVENT as i128 },
        Constant { name: "NDK_OP_FLAG_SILENT_SUCCESS", value: NDK_OP_FLAG_SILENT_SUCCESS as i128 },
        Constant { name: "IpPrefixOriginDhcp", value: IpPrefixOriginDhcp as i128 },
        Constant { name: "IpPrefixOriginManual", value: IpPrefixOriginManual as i128 },
        Constant { name: "IpPrefixOriginOther", value: IpPrefixOriginOther as i128 },
        Constant { name: "IpPrefixOriginRouterAdvertisement", value: IpPrefixOriginRouterAdvertisement as i128 },
        Constant { name: "IpPrefixOriginUnchanged", value: IpPrefixOriginUnchanged as i128 },
        Constant { name: "IpPrefixOriginWellKnown", value: IpPrefixOriginWellKnown as i128 },
        Constant { name: "IpSuffixOriginDhcp", value: IpSuffixOriginDhcp as i128 },
        Constant { name: "IpSuffixOriginLinkLayerAddress", value: IpSuffixOriginLinkLayerAddress as i128 },
        Constant { name: "IpSuffixOriginManual", value: IpSuffixOriginManual as i128 },
        Constant { name: "IpSuffixOriginOther", value: IpSuffixOriginOther as i128 },
        Constant { name: "IpSuffixOriginRandom", value: IpSuffixOriginRandom as i128 },
        Constant { name: "IpSuffixOriginUnchanged", value: IpSuffixOriginUnchanged as i128 },
        Constant { name: "IpSuffixOriginWellKnown", value: IpSuffixOriginWellKnown as i128 },
        Constant { name: "IpDadStateDeprecated", value: IpDadStateDeprecated as i128 },
        Constant { name: "IpDadStateDuplicate", value: IpDadStateDuplicate as i128 },
        Constant { name: "IpDadStateInvalid", value: IpDadStateInvalid as i128 },
        Constant { name: "IpDadStatePreferred", value: IpDadStatePreferred as i128 },
        Constant { name: "IpDadStateTentative", value: IpDadStateTentative as i128 },
        Constant { name: "MibAddInstance", value: MibAddInstance as i128 },
        Constant { name: "MibDeleteInstance", value: MibDeleteInstance as i128 },
        Constant { name: "MibInitialNotification", value: MibInitialNotification as i128 },
        Constant { name: "MibParameterNotification", value: MibParameterNotification as i128 },
        Constant { name: "NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES", value: NDIS_OBJECT_TYPE_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES as i128 },
        Constant { name: "NDIS_OBJECT_TYPE_OFFLOAD", value: NDIS_OBJECT_TYPE_OFFLOAD as i128 },
        Constant { name: "NDIS_OBJECT_TYPE_OFFLOAD_ENCAPSULATION", value: NDIS_OBJECT_TYPE_OFFLOAD_ENCAPSULATION as i128 },
        Constant { name: "NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES_REVISION_1", value: NDIS_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES_REVISION_1 as i128 },
        Constant { name: "NDIS_OFFLOAD_ENCAPSULATION_REVISION_1", value: NDIS_OFFLOAD_ENCAPSULATION_REVISION_1 as i128 },
        Constant { name: "NDIS_OFFLOAD_PARAMETERS_REVISION_1", value: NDIS_OFFLOAD_PARAMETERS_REVISION_1 as i128 },
        Constant { name: "NDIS_OFFLOAD_PARAMETERS_REVISION_3", value: NDIS_OFFLOAD_PARAMETERS_REVISION_3 as i128 },
        Constant { name: "NDIS_OFFLOAD_REVISION_1", value: NDIS_OFFLOAD_REVISION_1 as i128 },
        Constant { name: "NDIS_OFFLOAD_REVISION_3", value: NDIS_OFFLOAD_REVISION_3 as i128 },
        Constant { name: "NDIS_OFFLOAD_REVISION_5", value: NDIS_OFFLOAD_REVISION_5 as i128 },
        Constant { name: "NDIS_SIZEOF_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES_REVISION_1", value: NDIS_SIZEOF_MINIPORT_ADAPTER_OFFLOAD_ATTRIBUTES_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_NDIS_OFFLOAD_REVISION_1", value: NDIS_SIZEOF_NDIS_OFFLOAD_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_NDIS_OFFLOAD_REVISION_3", value: NDIS_SIZEOF_NDIS_OFFLOAD_REVISION_3 as i128 },
        Constant { name: "NDIS_SIZEOF_NDIS_OFFLOAD_REVISION_5", value: NDIS_SIZEOF_NDIS_OFFLOAD_REVISION_5 as i128 },
        Constant { name: "NDIS_SIZEOF_OFFLOAD_ENCAPSULATION_REVISION_1", value: NDIS_SIZEOF_OFFLOAD_ENCAPSULATION_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_OFFLOAD_PARAMETERS_REVISION_1", value: NDIS_SIZEOF_OFFLOAD_PARAMETERS_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_OFFLOAD_PARAMETERS_REVISION_3", value: NDIS_SIZEOF_OFFLOAD_PARAMETERS_REVISION_3 as i128 },
        Constant { name: "NDIS_ENCAPSULATION_IEEE_802_3", value: NDIS_ENCAPSULATION_IEEE_802_3 as i128 },
        Constant { name: "NDIS_ENCAPSULATION_IEEE_802_3_P_AND_Q", value: NDIS_ENCAPSULATION_IEEE_802_3_P_AND_Q as i128 },
        Constant { name: "NDIS_ENCAPSULATION_IEEE_802_3_P_AND_Q_IN_OOB", value: NDIS_ENCAPSULATION_IEEE_802_3_P_AND_Q_IN_OOB as i128 },
        Constant { name: "NDIS_OFFLOAD_PARAMETERS_NO_CHANGE", value: NDIS_OFFLOAD_PARAMETERS_NO_CHANGE as i128 },
        Constant { name: "NDIS_OFFLOAD_PARAMETERS_RSC_DISABLED", value: NDIS_OFFLOAD_PARAMETERS_RSC_DISABLED as i128 },
        Constant { name: "NDIS_OFFLOAD_PARAMETERS_RSC_ENABLED", value: NDIS_OFFLOAD_PARAMETERS_RSC_ENABLED as i128 },
        Constant { name: "NDIS_OFFLOAD_PARAMETERS_SKIP_REGISTRY_UPDATE", value: NDIS_OFFLOAD_PARAMETERS_SKIP_REGISTRY_UPDATE as i128 },
        Constant { name: "NDIS_OFFLOAD_SET_ON", value: NDIS_OFFLOAD_SET_ON as i128 },
        Constant { name: "NDIS_OFFLOAD_SET_OFF", value: NDIS_OFFLOAD_SET_OFF as i128 },
        Constant { name: "OID_GEN_VLAN_ID", value: OID_GEN_VLAN_ID as i128 },
        Constant { name: "OID_OFFLOAD_ENCAPSULATION", value: OID_OFFLOAD_ENCAPSULATION as i128 },
        Constant { name: "OID_TCP_OFFLOAD_PARAMETERS", value: OID_TCP_OFFLOAD_PARAMETERS as i128 },
        Constant { name: "NDIS_STATUS_TASK_OFFLOAD_CURRENT_CONFIG", value: NDIS_STATUS_TASK_OFFLOAD_CURRENT_CONFIG as i128 },
        Constant { name: "NDIS_STATUS_TASK_OFFLOAD_HARDWARE_CAPABILITIES", value: NDIS_STATUS_TASK_OFFLOAD_HARDWARE_CAPABILITIES as i128 },
        Constant { name: "TcpRecvSegCoalesceInfo", value: TcpRecvSegCoalesceInfo as i128 },
        Constant { name: "OID_802_3_CURRENT_ADDRESS", value: OID_802_3_CURRENT_ADDRESS as i128 },
        Constant { name: "OID_802_3_MAXIMUM_LIST_SIZE", value: OID_802_3_MAXIMUM_LIST_SIZE as i128 },
        Constant { name: "OID_802_3_MULTICAST_LIST", value: OID_802_3_MULTICAST_LIST as i128 },
        Constant { name: "OID_802_3_PERMANENT_ADDRESS", value: OID_802_3_PERMANENT_ADDRESS as i128 },
        Constant { name: "OID_802_3_RCV_ERROR_ALIGNMENT", value: OID_802_3_RCV_ERROR_ALIGNMENT as i128 },
        Constant { name: "OID_802_3_XMIT_MORE_COLLISIONS", value: OID_802_3_XMIT_MORE_COLLISIONS as i128 },
        Constant { name: "OID_802_3_XMIT_ONE_COLLISION", value: OID_802_3_XMIT_ONE_COLLISION as i128 },
        Constant { name: "OID_GEN_CURRENT_LOOKAHEAD", value: OID_GEN_CURRENT_LOOKAHEAD as i128 },
        Constant { name: "OID_GEN_CURRENT_PACKET_FILTER", value: OID_GEN_CURRENT_PACKET_FILTER as i128 },
        Constant { name: "OID_GEN_DRIVER_VERSION", value: OID_GEN_DRIVER_VERSION as i128 },
        Constant { name: "OID_GEN_ENUMERATE_PORTS", value: OID_GEN_ENUMERATE_PORTS as i128 },
        Constant { name: "OID_GEN_HARDWARE_STATUS", value: OID_GEN_HARDWARE_STATUS as i128 },
        Constant { name: "OID_GEN_INTERRUPT_MODERATION", value: OID_GEN_INTERRUPT_MODERATION as i128 },
        Constant { name: "OID_GEN_LINK_PARAMETERS", value: OID_GEN_LINK_PARAMETERS as i128 },
        Constant { name: "OID_GEN_LINK_SPEED", value: OID_GEN_LINK_SPEED as i128 },
        Constant { name: "OID_GEN_LINK_STATE", value: OID_GEN_LINK_STATE as i128 },
        Constant { name: "OID_GEN_MACHINE_NAME", value: OID_GEN_MACHINE_NAME as i128 },
        Constant { name: "OID_GEN_MAC_OPTIONS", value: OID_GEN_MAC_OPTIONS as i128 },
        Constant { name: "OID_GEN_MAXIMUM_FRAME_SIZE", value: OID_GEN_MAXIMUM_FRAME_SIZE as i128 },
        Constant { name: "OID_GEN_MAXIMUM_LOOKAHEAD", value: OID_GEN_MAXIMUM_LOOKAHEAD as i128 },
        Constant { name: "OID_GEN_MAXIMUM_SEND_PACKETS", value: OID_GEN_MAXIMUM_SEND_PACKETS as i128 },
        Constant { name: "OID_GEN_MAXIMUM_TOTAL_SIZE", value: OID_GEN_MAXIMUM_TOTAL_SIZE as i128 },
        Constant { name: "OID_GEN_MEDIA_CONNECT_STATUS", value: OID_GEN_MEDIA_CONNECT_STATUS as i128 },
        Constant { name: "OID_GEN_MEDIA_IN_USE", value: OID_GEN_MEDIA_IN_USE as i128 },
        Constant { name: "OID_GEN_MEDIA_SUPPORTED", value: OID_GEN_MEDIA_SUPPORTED as i128 },
        Constant { name: "OID_GEN_NETWORK_LAYER_ADDRESSES", value: OID_GEN_NETWORK_LAYER_ADDRESSES as i128 },
        Constant { name: "OID_GEN_PHYSICAL_MEDIUM", value: OID_GEN_PHYSICAL_MEDIUM as i128 },
        Constant { name: "OID_GEN_PROTOCOL_OPTIONS", value: OID_GEN_PROTOCOL_OPTIONS as i128 },
        Constant { name: "OID_GEN_RCV_ERROR", value: OID_GEN_RCV_ERROR as i128 },
        Constant { name: "OID_GEN_RCV_NO_BUFFER", value: OID_GEN_RCV_NO_BUFFER as i128 },
        Constant { name: "OID_GEN_RCV_OK", value: OID_GEN_RCV_OK as i128 },
        Constant { name: "OID_GEN_RECEIVE_BLOCK_SIZE", value: OID_GEN_RECEIVE_BLOCK_SIZE as i128 },
        Constant { name: "OID_GEN_RECEIVE_BUFFER_SPACE", value: OID_GEN_RECEIVE_BUFFER_SPACE as i128 },
        Constant { name: "OID_GEN_STATISTICS", value: OID_GEN_STATISTICS as i128 },
        Constant { name: "OID_GEN_SUPPORTED_LIST", value: OID_GEN_SUPPORTED_LIST as i128 },
        Constant { name: "OID_GEN_TRANSMIT_BLOCK_SIZE", value: OID_GEN_TRANSMIT_BLOCK_SIZE as i128 },
        Constant { name: "OID_GEN_TRANSMIT_BUFFER_SPACE", value: OID_GEN_TRANSMIT_BUFFER_SPACE as i128 },
        Constant { name: "OID_GEN_TRANSMIT_QUEUE_LENGTH", value: OID_GEN_TRANSMIT_QUEUE_LENGTH as i128 },
        Constant { name: "OID_GEN_VENDOR_DESCRIPTION", value: OID_GEN_VENDOR_DESCRIPTION as i128 },
        Constant { name: "OID_GEN_VENDOR_DRIVER_VERSION", value: OID_GEN_VENDOR_DRIVER_VERSION as i128 },
        Constant { name: "OID_GEN_VENDOR_ID", value: OID_GEN_VENDOR_ID as i128 },
        Constant { name: "OID_GEN_XMIT_ERROR", value: OID_GEN_XMIT_ERROR as i128 },
        Constant { name: "OID_GEN_XMIT_OK", value: OID_GEN_XMIT_OK as i128 },
        Constant { name: "OID_PM_PARAMETERS", value: OID_PM_PARAMETERS as i128 },
        Constant { name: "OID_PM_REMOVE_PROTOCOL_OFFLOAD", value: OID_PM_REMOVE_PROTOCOL_OFFLOAD as i128 },
        Constant { name: "OID_PM_REMOVE_WOL_PATTERN", value: OID_PM_REMOVE_WOL_PATTERN as i128 },
        Constant { name: "OID_PNP_ENABLE_WAKE_UP", value: OID_PNP_ENABLE_WAKE_UP as i128 },
        Constant { name: "OID_PNP_REMOVE_WAKE_UP_PATTERN", value: OID_PNP_REMOVE_WAKE_UP_PATTERN as i128 },
        Constant { name: "OID_PNP_CAPABILITIES", value: OID_PNP_CAPABILITIES as i128 },
        Constant { name: "OID_PNP_QUERY_POWER", value: OID_PNP_QUERY_POWER as i128 },
        Constant { name: "OID_PNP_SET_POWER", value: OID_PNP_SET_POWER as i128 },
        Constant { name: "OID_TCP_OFFLOAD_CURRENT_CONFIG", value: OID_TCP_OFFLOAD_CURRENT_CONFIG as i128 },
        Constant { name: "NDIS_OBJECT_TYPE_BIND_PARAMETERS", value: NDIS_OBJECT_TYPE_BIND_PARAMETERS as i128 },
        Constant { name: "NDIS_OBJECT_TYPE_OPEN_PARAMETERS", value: NDIS_OBJECT_TYPE_OPEN_PARAMETERS as i128 },
        Constant { name: "NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS", value: NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS as i128 },
        Constant { name: "NDIS_OBJECT_TYPE_PROTOCOL_RESTART_PARAMETERS", value: NDIS_OBJECT_TYPE_PROTOCOL_RESTART_PARAMETERS as i128 },
        Constant { name: "NDIS_BIND_PARAMETERS_REVISION_4", value: NDIS_BIND_PARAMETERS_REVISION_4 as i128 },
        Constant { name: "NDIS_OPEN_PARAMETERS_REVISION_1", value: NDIS_OPEN_PARAMETERS_REVISION_1 as i128 },
        Constant { name: "NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1", value: NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1 as i128 },
        Constant { name: "NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2", value: NDIS_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2 as i128 },
        Constant { name: "NDIS_PROTOCOL_PAUSE_PARAMETERS_REVISION_1", value: NDIS_PROTOCOL_PAUSE_PARAMETERS_REVISION_1 as i128 },
        Constant { name: "NDIS_PROTOCOL_RESTART_PARAMETERS_REVISION_1", value: NDIS_PROTOCOL_RESTART_PARAMETERS_REVISION_1 as i128 },
        Constant { name: "NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1", value: NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_BIND_PARAMETERS_REVISION_4", value: NDIS_SIZEOF_BIND_PARAMETERS_REVISION_4 as i128 },
        Constant { name: "NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1", value: NDIS_SIZEOF_OPEN_PARAMETERS_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1", value: NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2", value: NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_2 as i128 },
        Constant { name: "NDIS_SIZEOF_PROTOCOL_PAUSE_PARAMETERS_REVISION_1", value: NDIS_SIZEOF_PROTOCOL_PAUSE_PARAMETERS_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_PROTOCOL_RESTART_PARAMETERS_REVISION_1", value: NDIS_SIZEOF_PROTOCOL_RESTART_PARAMETERS_REVISION_1 as i128 },
        Constant { name: "NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1", value: NDIS_SIZEOF_NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1 as i128 },
        Constant { name: "NDIS_RESTART_GENERAL_ATTRIBUTES_REVISION_2", value: NDIS_RESTART_GENERAL_ATTRIBUTES_REVISION_2 as i128 },
        Constant { name: "OID_GEN_MINIPORT_RESTART_ATTRIBUTES", value: OID_GEN_MINIPORT_RESTART_ATTRIBUTES as i128 },
        Constant { name: "NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS", value: NDIS_CLONE_FLAGS_USE_ORIGINAL_MDLS as i128 },
        Constant { name: "NDIS_PACKET_TYPE_NO_LOCAL", value: NDIS_PACKET_TYPE_NO_LOCAL as i128 },
        Constant { name: "NDIS_PROTOCOL_ID_DEFAULT", value: NDIS_PROTOCOL_ID_DEFAULT as i128 },
        Constant { name: "NDIS_RECEIVE_FLAGS_PERFECT_FILTERED", value: NDIS_RECEIVE_FLAGS_PERFECT_FILTERED as i128 },
        Constant { name: "TcpIpChecksumNetBufferListInfo", value: TcpIpChecksumNetBufferListInfo as i128 },
        Constant { name: "TcpLargeSendNetBufferListInfo", value: TcpLargeSendNetBufferListInfo as i128 },
        Constant { name: "Ieee8021QNetBufferListInfo", value: Ieee8021QNetBufferListInfo as i128 },
        Constant { name: "NetBufferListCancelId", value: NetBufferListCancelId as i128 },
        Constant { name: "MediaSpecificInformation", value: MediaSpecificInformation as i128 },
        Constant { name: "NetBufferListProtocolId", value: NetBufferListProtocolId as i128 },
        Constant { name: "NetBufferListHashValue", value: NetBufferListHashValue as i128 },
        Constant { name: "NetBufferListHashInfo", value: NetBufferListHashInfo as i128 },
        Constant { name: "AF_UNSPEC", value: AF_UNSPEC as i128 },
        Constant { name: "AF_INET", value: AF_INET as i128 },
        Constant { name: "AF_INET6", value: AF_INET6 as i128 },
        Constant { name: "STATUS_SUCCESS", value: STATUS_SUCCESS as i128 },
        Constant { name: "STATUS_PENDING", value: STATUS_PENDING as i128 },
        Constant { name: "STATUS_TIMEOUT", value: STATUS_TIMEOUT as i128 },
        Constant { name: "STATUS_BUFFER_OVERFLOW", value: STATUS_BUFFER_OVERFLOW as i128 },
        Constant { name: "STATUS_BUFFER_TOO_SMALL", value: STATUS_BUFFER_TOO_SMALL as i128 },
        Constant { name: "STATUS_INVALID_PARAMETER", value: STATUS_INVALID_PARAMETER as i128 },
        Constant { name: "STATUS_INVALID_PARAMETER_MIX", value: STATUS_INVALID_PARAMETER_MIX as i128 },
        Constant { name: "STATUS_INSUFFICIENT_RESOURCES", value: STATUS_INSUFFICIENT_RESOURCES as i128 },
        Constant { name: "STATUS_NOT_SUPPORTED", value: STATUS_NOT_SUPPORTED as i128 },
        Constant { name: "STATUS_IO_TIMEOUT", value: STATUS_IO_TIMEOUT as i128 },
        Constant { name: "STATUS_SHARING_VIOLATION", value: STATUS_SHARING_VIOLATION as i128 },
        Constant { name: "STATUS_CANCELLED", value: STATUS_CANCELLED as i128 },
        Constant { name: "STATUS_INVALID_ADDRESS", value: STATUS_INVALID_ADDRESS as i128 },
        Constant { name: "STATUS_TOO_MANY_ADDRESSES", value: STATUS_TOO_MANY_ADDRESSES as i128 },
        Constant { name: "STATUS_ADDRESS_ALREADY_EXISTS", value: STATUS_ADDRESS_ALREADY_EXISTS as i128 },
        Constant { name: "STATUS_CONNECTION_REFUSED", value: STATUS_CONNECTION_REFUSED as i128 },
        Constant { name: "STATUS_CONNECTION_INVALID", value: STATUS_CONNECTION_INVALID as i128 },
        Constant { name: "STATUS_NETWORK_UNREACHABLE", value: STATUS_NETWORK_UNREACHABLE as i128 },
        Constant { name: "STATUS_HOST_UNREACHABLE", value: STATUS_HOST_UNREACHABLE as i128 },
        Constant { name: "STATUS_CONNECTION_ABORTED", value: STATUS_CONNECTION_ABORTED as i128 },
        Constant { name: "STATUS_CONNECTION_ACTIVE", value: STATUS_CONNECTION_ACTIVE as i128 },
        Constant { name: "STATUS_CONNECTION_RESET", value: STATUS_CONNECTION_RESET as i128 },
        Constant { name: "STATUS_CONNECTION_DISCONNECTED", value: STATUS_CONNECTION_DISCONNECTED as i128 },
        Constant { name: "STATUS_ACCESS_VIOLATION", value: STATUS_ACCESS_VIOLATION as i128 },
        Constant { name: "STATUS_ACCESS_DENIED", value: STATUS_ACCESS_DENIED as i128 },
        Constant { name: "STATUS_REMOTE_RESOURCES", value: STATUS_REMOTE_RESOURCES as i128 },
        Constant { name: "STATUS_REMOTE_DISCONNECT", value: STATUS_REMOTE_DISCONNECT as i128 },
        Constant { name: "STATUS_INTERNAL_ERROR", value: STATUS_INTERNAL_ERROR as i128 },
        Constant { name: "STATUS_IMPLEMENTATION_LIMIT", value: STATUS_IMPLEMENTATION_LIMIT as i128 },
        Constant { name: "STATUS_DATA_OVERRUN", value: STATUS_DATA_OVERRUN as i128 },
        Constant { name: "STATUS_NO_MORE_ENTRIES", value: STATUS_NO_MORE_ENTRIES as i128 },
        Constant { name: "STATUS_INVALID_BUFFER_SIZE", value: STATUS_INVALID_BUFFER_SIZE as i128 },
        Constant { name: "STATUS_FILE_FORCED_CLOSED", value: STATUS_FILE_FORCED_CLOSED as i128 },
        Constant { name: "STATUS_DATA_NOT_ACCEPTED", value: STATUS_DATA_NOT_ACCEPTED as i128 },
        Constant { name: "STATUS_REQUEST_NOT_ACCEPTED", value: STATUS_REQUEST_NOT_ACCEPTED as i128 },
        Constant { name: "STATUS_EVENT_PENDING", value: STATUS_EVENT_PENDING as i128 },
        Constant { name: "STATUS_MORE_PROCESSING_REQUIRED", value: STATUS_MORE_PROCESSING_REQUIRED as i128 },
        Constant { name: "STATUS_DEVICE_NOT_READY", value: STATUS_DEVICE_NOT_READY as i128 },
        Constant { name: "STATUS_NOINTERFACE", value: STATUS_NOINTERFACE as i128 },
        Constant { name: "STATUS_UNSUCCESSFUL", value: STATUS_UNSUCCESSFUL as i128 },
        Constant { name: "STATUS_NOT_FOUND", value: STATUS_NOT_FOUND as i128 },
        Constant { name: "STATUS_NOT_IMPLEMENTED", value: STATUS_NOT_IMPLEMENTED as i128 },
        Constant { name: "STATUS_INVALID_DEVICE_STATE", value: STATUS_INVALID_DEVICE_STATE as i128 },
        Constant { name: "STATUS_INVALID_DEVICE_REQUEST", value: STATUS_INVALID_DEVICE_REQUEST as i128 },
        Constant { name: "STATUS_OBJECT_NAME_NOT_FOUND", value: STATUS_OBJECT_NAME_NOT_FOUND as i128 },
        Constant { name: "STATUS_LOCAL_DISCONNECT", value: STATUS_LOCAL_DISCONNECT as i128 },
        Constant { name: "STATUS_DELETE_PENDING", value: STATUS_DELETE_PENDING as i128 },
        Constant { name: "STATUS_PORT_UNREACHABLE", value: STATUS_PORT_UNREACHABLE as i128 },
        Constant { name: "STATUS_REQUEST_ABORTED", value: STATUS_REQUEST_ABORTED as i128 },
        Constant { name: "STATUS_NO_MATCH", value: STATUS_NO_MATCH as i128 },
        Constant { name: "STATUS_GRACEFUL_DISCONNECT", value: STATUS_GRACEFUL_DISCONNECT as i128 },
        Constant { name: "STATUS_INVALID_PARAMETER_1", value: STATUS_INVALID_PARAMETER_1 as i128 },
        Constant { name: "STATUS_ADDRESS_ALREADY_ASSOCIATED", value: STATUS_ADDRESS_ALREADY_ASSOCIATED as i128 },
        Constant { name: "STATUS_ADDRESS_CLOSED", value: STATUS_ADDRESS_CLOSED as i128 },
        Constant { name: "NDIS_STATUS_ADAPTER_NOT_FOUND", value: NDIS_STATUS_ADAPTER_NOT_FOUND as i128 },
        Constant { name: "NDIS_STATUS_ADAPTER_NOT_READY", value: NDIS_STATUS_ADAPTER_NOT_READY as i128 },
        Constant { name: "NDIS_STATUS_BAD_CHARACTERISTICS", value: NDIS_STATUS_BAD_CHARACTERISTICS as i128 },
        Constant { name: "NDIS_STATUS_BAD_VERSION", value: NDIS_STATUS_BAD_VERSION as i128 },
        Constant { name: "NDIS_STATUS_BUFFER_OVERFLOW", value: NDIS_STATUS_BUFFER_OVERFLOW as i128 },
        Constant { name: "NDIS_STATUS_BUFFER_TOO_SHORT", value: NDIS_STATUS_BUFFER_TOO_SHORT as i128 },
        Constant { name: "NDIS_STATUS_CLOSING", value: NDIS_STATUS_CLOSING as i128 },
        Constant { name: "NDIS_STATUS_FAILURE", value: NDIS_STATUS_FAILURE as i128 },
        Constant { name: "NDIS_STATUS_FILE_NOT_FOUND", value: NDIS_STATUS_FILE_NOT_FOUND as i128 },
        Constant { name: "NDIS_STATUS_INVALID_DATA", value: NDIS_STATUS_INVALID_DATA as i128 },
        Constant { name: "NDIS_STATUS_INVALID_LENGTH", value: NDIS_STATUS_INVALID_LENGTH as i128 },
        Constant { name: "NDIS_STATUS_INVALID_OID", value: NDIS_STATUS_INVALID_OID as i128 },
        Constant { name: "NDIS_STATUS_INVALID_PARAMETER", value: NDIS_STATUS_INVALID_PARAMETER as i128 },
        Constant { name: "NDIS_STATUS_INVALID_STATE", value: NDIS_STATUS_INVALID_STATE as i128 },
        Constant { name: "NDIS_STATUS_LINK_STATE", value: NDIS_STATUS_LINK_STATE as i128 },
        Constant { name: "NDIS_STATUS_LOW_POWER_STATE", value: NDIS_STATUS_LOW_POWER_STATE as i128 },
        Constant { name: "NDIS_STATUS_MEDIA_CONNECT", value: NDIS_STATUS_MEDIA_CONNECT as i128 },
        Constant { name: "NDIS_STATUS_MEDIA_DISCONNECT", value: NDIS_STATUS_MEDIA_DISCONNECT as i128 },
        Constant { name: "NDIS_STATUS_MEDIA_DISCONNECTED", value: NDIS_STATUS_MEDIA_DISCONNECTED as i128 },
        Constant { name: "NDIS_STATUS_MULTICAST_FULL", value: NDIS_STATUS_MULTICAST_FULL as i128 },
        Constant { name: "NDIS_STATUS_NOT_ACCEPTED", value: NDIS_STATUS_NOT_ACCEPTED as i128 },
        Constant { name: "NDIS_STATUS_NOT_SUPPORTED", value: NDIS_STATUS_NOT_SUPPORTED as i128 },
        Constant { name: "NDIS_STATUS_PAUSED", value: NDIS_STATUS_PAUSED as i128 },
        Constant { name: "NDIS_STATUS_PENDING", value: NDIS_STATUS_PENDING as i128 },
        Constant { name: "NDIS_STATUS_REQUEST_ABORTED", value: NDIS_STATUS_REQUEST_ABORTED as i128 },
        Constant { name: "NDIS_STATUS_L2_MTU_SIZE_CHANGE", value: NDIS_STATUS_L2_MTU_SIZE_CHANGE as i128 },
        Constant { name: "NDIS_STATUS_RESET_END", value: NDIS_STATUS_RESET_END as i128 },
        Constant { name: "NDIS_STATUS_RESET_IN_PROGRESS", value: NDIS_STATUS_RESET_IN_PROGRESS as i128 },
        Constant { name: "NDIS_STATUS_RESET_START", value: NDIS_STATUS_RESET_START as i128 },
        Constant { name: "NDIS_STATUS_RESOURCES", value: NDIS_STATUS_RESOURCES as i128 },
        Constant { name: "NDIS_STATUS_SEND_ABORTED", value: NDIS_STATUS_SEND_ABORTED as i128 },
        Constant { name: "NDIS_STATUS_SUCCESS", value: NDIS_STATUS_SUCCESS as i128 },
        Constant { name: "NDIS_STATUS_UNSUPPORTED_MEDIA", value: NDIS_STATUS_UNSUPPORTED_MEDIA as i128 },
        Constant { name: "NDIS_STATUS_UNSUPPORTED_REVISION", value: NDIS_STATUS_UNSUPPORTED_REVISION as i128 },
        Constant { name: "WskControlMax", value: WskControlMax as i128 },
        Constant { name: "WskGetOption", value: WskGetOption as i128 },
        Constant { name: "WskIoctl", value: WskIoctl as i128 },
        Constant { name: "WskSetOption", value: WskSetOption as i128 },
        Constant { name: "WskInspectAccept", value: WskInspectAccept as i128 },
        Constant { name: "WskInspectMax", value: WskInspectMax as i128 },
        Constant { name: "WskInspectPend", value: WskInspectPend as i128 },
        Constant { name: "WskInspectReject", value: WskInspectReject as i128 },
        Constant { name: "IPPROTO_IPV6", value: IPPROTO_IPV6 as i128 },
        Constant { name: "IPPROTO_TCP", value: IPPROTO_TCP as i128 },
        Constant { name: "IPV6_V6ONLY", value: IPV6_V6ONLY as i128 },
        Constant { name: "SIO_WSK_QUERY_IDEAL_SEND_BACKLOG", value: SIO_WSK_QUERY_IDEAL_SEND_BACKLOG as i128 },
        Constant { name: "SIO_WSK_QUERY_INSPECT_ID", value: SIO_WSK_QUERY_INSPECT_ID as i128 },
        Constant { name: "SIO_WSK_QUERY_RECEIVE_BACKLOG", value: SIO_WSK_QUERY_RECEIVE_BACKLOG as i128 },
        Constant { name: "SIO_WSK_REGISTER_EXTENSION", value: SIO_WSK_REGISTER_EXTENSION as i128 },
        Constant { name: "SIO_WSK_SET_REMOTE_ADDRESS", value: SIO_WSK_SET_REMOTE_ADDRESS as i128 },
        Constant { name: "SIO_WSK_SET_SENDTO_ADDRESS", value: SIO_WSK_SET_SENDTO_ADDRESS as i128 },
        Constant { name: "SIO_WSK_SET_TCP_SILENT_MODE", value: SIO_WSK_SET_TCP_SILENT_MODE as i128 },
        Constant { name: "SOL_SOCKET", value: SOL_SOCKET as i128 },
        Constant { name: "SO_EXCLUSIVEADDRUSE", value: SO_EXCLUSIVEADDRUSE as i128 },
        Constant { name: "SO_KEEPALIVE", value: SO_KEEPALIVE as i128 },
        Constant { name: "SO_RCVBUF", value: SO_RCVBUF as i128 },
        Constant { name: "SO_REUSEADDR", value: SO_REUSEADDR as i128 },
        Constant { name: "SO_SNDBUF", value: SO_SNDBUF as i128 },
        Constant { name: "SO_WSK_EVENT_CALLBACK", value: SO_WSK_EVENT_CALLBACK as i128 },
        Constant { name: "SO_WSK_SECURITY", value: SO_WSK_SECURITY as i128 },
        Constant { name: "TCP_NODELAY", value: TCP_NODELAY as i128 },
        Constant { name: "WSK_CACHE_SD", value: WSK_CACHE_SD as i128 },
        Constant { name: "WSK_EVENT_ACCEPT", value: WSK_EVENT_ACCEPT as i128 },
        Constant { name: "WSK_EVENT_DISABLE", value: WSK_EVENT_DISABLE as i128 },
        Constant { name: "WSK_EVENT_DISCONNECT", value: WSK_EVENT_DISCONNECT as i128 },
        Constant { name: "WSK_EVENT_RECEIVE", value: WSK_EVENT_RECEIVE as i128 },
        Constant { name: "WSK_EVENT_RECEIVE_FROM", value: WSK_EVENT_RECEIVE_FROM as i128 },
        Constant { name: "WSK_EVENT_SEND_BACKLOG", value: WSK_EVENT_SEND_BACKLOG as i128 },
        Constant { name: "WSK_FLAG_ABORTIVE", value: WSK_FLAG_ABORTIVE as i128 },
        Constant { name: "WSK_FLAG_AT_DISPATCH_LEVEL", value: WSK_FLAG_AT_DISPATCH_LEVEL as i128 },
        Constant { name: "WSK_FLAG_BASIC_SOCKET", value: WSK_FLAG_BASIC_SOCKET as i128 },
        Constant { name: "WSK_FLAG_CONNECTION_SOCKET", value: WSK_FLAG_CONNECTION_SOCKET as i128 },
        Constant { name: "WSK_FLAG_DATAGRAM_SOCKET", value: WSK_FLAG_DATAGRAM_SOCKET as i128 },
        Constant { name: "WSK_FLAG_DRAIN", value: WSK_FLAG_DRAIN as i128 },
        Constant { name: "WSK_FLAG_ENTIRE_MESSAGE", value: WSK_FLAG_ENTIRE_MESSAGE as i128 },
        Constant { name: "WSK_FLAG_LISTEN_SOCKET", value: WSK_FLAG_LISTEN_SOCKET as i128 },
        Constant { name: "WSK_FLAG_NODELAY", value: WSK_FLAG_NODELAY as i128 },
        Constant { name: "WSK_FLAG_OOB", value: WSK_FLAG_OOB as i128 },
        Constant { name: "WSK_FLAG_RELEASE_ASAP", value: WSK_FLAG_RELEASE_ASAP as i128 },
        Constant { name: "WSK_FLAG_STREAM_SOCKET", value: WSK_FLAG_STREAM_SOCKET as i128 },
        Constant { name: "WSK_FLAG_WAITALL", value: WSK_FLAG_WAITALL as i128 },
        Constant { name: "WSK_INFINITE_WAIT", value: WSK_INFINITE_WAIT as i128 },
        Constant { name: "WSK_NO_WAIT", value: WSK_NO_WAIT as i128 },
        Constant { name: "WSK_RELEASE_SD", value: WSK_RELEASE_SD as i128 },
        Constant { name: "WSK_SET_STATIC_EVENT_CALLBACKS", value: WSK_SET_STATIC_EVENT_CALLBACKS as i128 },
        Constant { name: "WSK_TRANSPORT_LIST_CHANGE", value: WSK_TRANSPORT_LIST_CHANGE as i128 },
        Constant { name: "WSK_TRANSPORT_LIST_QUERY", value: WSK_TRANSPORT_LIST_QUERY as i128 },
        Constant { name: "SOCK_STREAM", value: SOCK_STREAM as i128 },
        Constant { name: "WSK_VERSION_1_0", value: WSK_VERSION_1_0 as i128 },
        Constant { name: "WSKNDK_GET_WSK_PROVIDER_NDK_DISPATCH", value: WSKNDK_GET_WSK_PROVIDER_NDK_DISPATCH as i128 },
    ];

    pub const FUNCTIONS: &[Function] = &[
        Function { name: "W_INITIATE_OFFLOAD_HANDLER", arguments: &[size_of::<PVOID>(), size_of::<* mut NDIS_MINIPORT_OFFLOAD_BLOCK_LIST>()], returns: 0 },
        Function { name: "W_TCP_OFFLOAD_SEND_HANDLER", arguments: &[size_of::<PVOID>(), size_of::<PVOID>(), size_of::<* mut NET_BUFFER_LIST>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "W_TCP_OFFLOAD_DISCONNECT_HANDLER", arguments: &[size_of::<PVOID>(), size_of::<PVOID>(), size_of::<* mut NET_BUFFER_LIST>(), size_of::<u32>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "W_TCP_OFFLOAD_RECEIVE_RETURN_HANDLER", arguments: &[size_of::<PVOID>(), size_of::<* mut NET_BUFFER_LIST>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "INITIATE_OFFLOAD_COMPLETE_HANDLER", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST>()], returns: 0 },
        Function { name: "INDICATE_OFFLOAD_EVENT_HANDLER", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST>(), size_of::<u32>()], returns: 0 },
        Function { name: "TCP_OFFLOAD_SEND_COMPLETE_HANDLER", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NET_BUFFER_LIST>()], returns: 0 },
        Function { name: "TCP_OFFLOAD_EVENT_HANDLER", arguments: &[size_of::<PVOID>(), size_of::<u32>(), size_of::<u32>()], returns: 0 },
        Function { name: "TCP_OFFLOAD_RECEIVE_INDICATE_HANDLER", arguments: &[size_of::<PVOID>(), size_of::<* mut NET_BUFFER_LIST>(), size_of::<NDIS_STATUS>(), size_of::<* mut u32>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "NdisMGetOffloadHandlers", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<NDIS_CHIMNEY_OFFLOAD_TYPE>(), size_of::<* mut * mut NDIS_OFFLOAD_EVENT_HANDLERS>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "NdisInitiateOffload", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST>()], returns: 0 },
        Function { name: "NdisTerminateOffload", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST>()], returns: 0 },
        Function { name: "NdisUpdateOffload", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST>()], returns: 0 },
        Function { name: "NdisInvalidateOffload", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST>()], returns: 0 },
        Function { name: "NdisQueryOffloadState", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST>()], returns: 0 },
        Function { name: "NdisMInitiateOffloadComplete", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_MINIPORT_OFFLOAD_BLOCK_LIST>()], returns: 0 },
        Function { name: "NdisMTerminateOffloadComplete", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_MINIPORT_OFFLOAD_BLOCK_LIST>()], returns: 0 },
        Function { name: "NdisMUpdateOffloadComplete", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_MINIPORT_OFFLOAD_BLOCK_LIST>()], returns: 0 },
        Function { name: "NdisMInvalidateOffloadComplete", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_MINIPORT_OFFLOAD_BLOCK_LIST>()], returns: 0 },
        Function { name: "NdisMQueryOffloadStateComplete", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_MINIPORT_OFFLOAD_BLOCK_LIST>()], returns: 0 },
        Function { name: "NdisMOffloadEventIndicate", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_MINIPORT_OFFLOAD_BLOCK_LIST>(), size_of::<u32>()], returns: 0 },
        Function { name: "NdisOffloadTcpSend", arguments: &[size_of::<* mut NDIS_OFFLOAD_HANDLE>(), size_of::<* mut NET_BUFFER_LIST>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "NdisOffloadTcpReceive", arguments: &[size_of::<* mut NDIS_OFFLOAD_HANDLE>(), size_of::<* mut NET_BUFFER_LIST>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "NdisOffloadTcpDisconnect", arguments: &[size_of::<* mut NDIS_OFFLOAD_HANDLE>(), size_of::<* mut NET_BUFFER_LIST>(), size_of::<u32>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "NdisOffloadTcpForward", arguments: &[size_of::<* mut NDIS_OFFLOAD_HANDLE>(), size_of::<* mut NET_BUFFER_LIST>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "NdisOffloadTcpReceiveReturn", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NET_BUFFER_LIST>()], returns: 0 },
        Function { name: "NdisMRegisterMiniportDriver", arguments: &[size_of::<PDRIVER_OBJECT>(), size_of::<* mut UNICODE_STRING>(), size_of::<PVOID>(), size_of::<* mut NDIS_MINIPORT_DRIVER_CHARACTERISTICS>(), size_of::<* mut NDIS_HANDLE>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "NdisMDeregisterMiniportDriver", arguments: &[size_of::<NDIS_HANDLE>()], returns: 0 },
        Function { name: "NdisSetOptionalHandlers", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_OBJECT_HEADER>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "NdisMSetMiniportAttributes", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_MINIPORT_ADAPTER_ATTRIBUTES>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "NdisMPauseComplete", arguments: &[size_of::<NDIS_HANDLE>()], returns: 0 },
        Function { name: "NdisMRestartComplete", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<NTSTATUS>()], returns: 0 },
        Function { name: "NdisMOidRequestComplete", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_OID_REQUEST>(), size_of::<NTSTATUS>()], returns: 0 },
        Function { name: "NdisMDirectOidRequestComplete", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_OID_REQUEST>(), size_of::<NTSTATUS>()], returns: 0 },
        Function { name: "NdisMSendNetBufferListsComplete", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NET_BUFFER_LIST>(), size_of::<u32>()], returns: 0 },
        Function { name: "NdisMIndicateReceiveNetBufferLists", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NET_BUFFER_LIST>(), size_of::<u32>(), size_of::<u32>(), size_of::<u32>()], returns: 0 },
        Function { name: "NdisMIndicateStatusEx", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_STATUS_INDICATION>()], returns: 0 },
        Function { name: "NdisMNetPnPEvent", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NET_PNP_EVENT_NOTIFICATION>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "NdisOpenConfigurationEx", arguments: &[size_of::<* mut NDIS_CONFIGURATION_OBJECT>(), size_of::<* mut NDIS_HANDLE>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "NdisCloseConfiguration", arguments: &[size_of::<NDIS_HANDLE>()], returns: 0 },
        Function { name: "NdisReadConfiguration", arguments: &[size_of::<* mut NDIS_STATUS>(), size_of::<* mut * mut NDIS_CONFIGURATION_PARAMETER>(), size_of::<NDIS_HANDLE>(), size_of::<* mut UNICODE_STRING>(), size_of::<NDIS_PARAMETER_TYPE>()], returns: 0 },
        Function { name: "NdisReadNetworkAddress", arguments: &[size_of::<* mut NDIS_STATUS>(), size_of::<* mut PVOID>(), size_of::<* mut u32>(), size_of::<NDIS_HANDLE>()], returns: 0 },
        Function { name: "NdisRegisterProtocolDriver", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_PROTOCOL_DRIVER_CHARACTERISTICS>(), size_of::<* mut NDIS_HANDLE>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "NdisDeregisterProtocolDriver", arguments: &[size_of::<NDIS_HANDLE>()], returns: 0 },
        Function { name: "NdisReEnumerateProtocolBindings", arguments: &[size_of::<NDIS_HANDLE>()], returns: 0 },
        Function { name: "NdisOpenAdapterEx", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_OPEN_PARAMETERS>(), size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_HANDLE>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "NdisCloseAdapterEx", arguments: &[size_of::<NDIS_HANDLE>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "NdisCompleteBindAdapterEx", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<NDIS_STATUS>()], returns: 0 },
        Function { name: "NdisCompleteUnbindAdapterEx", arguments: &[size_of::<NDIS_HANDLE>()], returns: 0 },
        Function { name: "NdisCompleteNetPnPEvent", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NET_PNP_EVENT_NOTIFICATION>(), size_of::<NDIS_STATUS>()], returns: 0 },
        Function { name: "NdisUnbindAdapter", arguments: &[size_of::<NDIS_HANDLE>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "NdisOidRequest", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_OID_REQUEST>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "NdisCancelOidRequest", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<PVOID>()], returns: 0 },
        Function { name: "NdisAllocateCloneOidRequest", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_OID_REQUEST>(), size_of::<u32>(), size_of::<* mut * mut NDIS_OID_REQUEST>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "NdisFreeCloneOidRequest", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_OID_REQUEST>()], returns: 0 },
        Function { name: "NdisSendNetBufferLists", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NET_BUFFER_LIST>(), size_of::<u32>(), size_of::<u32>()], returns: 0 },
        Function { name: "NdisCancelSendNetBufferLists", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<PVOID>()], returns: 0 },
        Function { name: "NdisReturnNetBufferLists", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NET_BUFFER_LIST>(), size_of::<u32>()], returns: 0 },
        Function { name: "NdisAllocateNetBufferListPool", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NET_BUFFER_LIST_POOL_PARAMETERS>()], returns: size_of::<NDIS_HANDLE>() },
        Function { name: "NdisFreeNetBufferListPool", arguments: &[size_of::<NDIS_HANDLE>()], returns: 0 },
        Function { name: "NdisAllocateNetBufferAndNetBufferList", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<u16>(), size_of::<u16>(), size_of::<PMDL>(), size_of::<u32>(), size_of::<u64>()], returns: size_of::<* mut NET_BUFFER_LIST>() },
        Function { name: "NdisFreeNetBufferList", arguments: &[size_of::<* mut NET_BUFFER_LIST>()], returns: 0 },
        Function { name: "NdisAllocateCloneNetBufferList", arguments: &[size_of::<* mut NET_BUFFER_LIST>(), size_of::<NDIS_HANDLE>(), size_of::<NDIS_HANDLE>(), size_of::<u32>()], returns: size_of::<* mut NET_BUFFER_LIST>() },
        Function { name: "NdisFreeCloneNetBufferList", arguments: &[size_of::<* mut NET_BUFFER_LIST>(), size_of::<u32>()], returns: 0 },
        Function { name: "NdisCopySendNetBufferListInfo", arguments: &[size_of::<* mut NET_BUFFER_LIST>(), size_of::<* mut NET_BUFFER_LIST>()], returns: 0 },
        Function { name: "NdisCopyReceiveNetBufferListInfo", arguments: &[size_of::<* mut NET_BUFFER_LIST>(), size_of::<* mut NET_BUFFER_LIST>()], returns: 0 },
        Function { name: "NdisGetDataBuffer", arguments: &[size_of::<* mut NET_BUFFER>(), size_of::<u32>(), size_of::<PVOID>(), size_of::<u32>(), size_of::<u32>()], returns: size_of::<PVOID>() },
        Function { name: "WskRegister", arguments: &[size_of::<* mut WSK_CLIENT_NPI>(), size_of::<* mut WSK_REGISTRATION>()], returns: size_of::<NTSTATUS>() },
        Function { name: "WskDeregister", arguments: &[size_of::<* mut WSK_REGISTRATION>()], returns: 0 },
        Function { name: "WskCaptureProviderNPI", arguments: &[size_of::<* mut WSK_REGISTRATION>(), size_of::<u32>(), size_of::<* mut WSK_PROVIDER_NPI>()], returns: size_of::<NTSTATUS>() },
        Function { name: "WskReleaseProviderNPI", arguments: &[size_of::<* mut WSK_REGISTRATION>()], returns: 0 },
        Function { name: "WskQueryProviderCharacteristics", arguments: &[size_of::<* mut WSK_REGISTRATION>(), size_of::<* mut WSK_PROVIDER_CHARACTERISTICS>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NotifyUnicastIpAddressChange", arguments: &[size_of::<u16>(), size_of::<PUNICAST_IPADDRESS_CHANGE_CALLBACK>(), size_of::<PVOID>(), size_of::<u8>(), size_of::<* mut PVOID>()], returns: size_of::<NTSTATUS>() },
        Function { name: "CancelMibChangeNotify2", arguments: &[size_of::<PVOID>()], returns: size_of::<NTSTATUS>() },
        Function { name: "GetUnicastIpAddressTable", arguments: &[size_of::<u16>(), size_of::<* mut * mut MIB_UNICASTIPADDRESS_TABLE>()], returns: size_of::<NTSTATUS>() },
        Function { name: "FreeMibTable", arguments: &[size_of::<PVOID>()], returns: 0 },
        Function { name: "BCryptGenRandom", arguments: &[size_of::<PVOID>(), size_of::<* mut u8>(), size_of::<u32>(), size_of::<u32>()], returns: size_of::<NTSTATUS>() },
        Function { name: "SET_OPTIONS_HANDLER", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<PVOID>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "MINIPORT_INITIALIZE_HANDLER", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<PVOID>(), size_of::<* mut NDIS_MINIPORT_INIT_PARAMETERS>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "MINIPORT_HALT_HANDLER", arguments: &[size_of::<PVOID>(), size_of::<NDIS_HALT_ACTION>()], returns: 0 },
        Function { name: "MINIPORT_PAUSE_HANDLER", arguments: &[size_of::<PVOID>(), size_of::<* mut NDIS_MINIPORT_PAUSE_PARAMETERS>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "MINIPORT_RESTART_HANDLER", arguments: &[size_of::<PVOID>(), size_of::<* mut NDIS_MINIPORT_RESTART_PARAMETERS>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "MINIPORT_OID_REQUEST_HANDLER", arguments: &[size_of::<PVOID>(), size_of::<* mut NDIS_OID_REQUEST>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "MINIPORT_SEND_NET_BUFFER_LISTS_HANDLER", arguments: &[size_of::<PVOID>(), size_of::<* mut NET_BUFFER_LIST>(), size_of::<u32>(), size_of::<u32>()], returns: 0 },
        Function { name: "MINIPORT_RETURN_NET_BUFFER_LISTS_HANDLER", arguments: &[size_of::<PVOID>(), size_of::<* mut NET_BUFFER_LIST>(), size_of::<u32>()], returns: 0 },
        Function { name: "MINIPORT_CANCEL_SEND_HANDLER", arguments: &[size_of::<PVOID>(), size_of::<PVOID>()], returns: 0 },
        Function { name: "MINIPORT_CHECK_FOR_HANG_HANDLER", arguments: &[size_of::<PVOID>()], returns: size_of::<u8>() },
        Function { name: "MINIPORT_RESET_HANDLER", arguments: &[size_of::<PVOID>(), size_of::<* mut u8>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "MINIPORT_DEVICE_PNP_EVENT_NOTIFY_HANDLER", arguments: &[size_of::<PVOID>(), size_of::<* mut NET_DEVICE_PNP_EVENT>()], returns: 0 },
        Function { name: "MINIPORT_SHUTDOWN_HANDLER", arguments: &[size_of::<PVOID>(), size_of::<NDIS_SHUTDOWN_ACTION>()], returns: 0 },
        Function { name: "MINIPORT_CANCEL_OID_REQUEST_HANDLER", arguments: &[size_of::<PVOID>(), size_of::<PVOID>()], returns: 0 },
        Function { name: "MINIPORT_DIRECT_OID_REQUEST_HANDLER", arguments: &[size_of::<PVOID>(), size_of::<* mut NDIS_OID_REQUEST>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "MINIPORT_CANCEL_DIRECT_OID_REQUEST_HANDLER", arguments: &[size_of::<PVOID>(), size_of::<PVOID>()], returns: 0 },
        Function { name: "MINIPORT_SYNCHRONOUS_OID_REQUEST_HANDLER", arguments: &[size_of::<PVOID>(), size_of::<* mut NDIS_OID_REQUEST>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "MINIPORT_DRIVER_UNLOAD", arguments: &[size_of::<PDRIVER_OBJECT>()], returns: 0 },
        Function { name: "NDK_FN_CREATE_COMPLETION", arguments: &[size_of::<PVOID>(), size_of::<NTSTATUS>(), size_of::<* mut NDK_OBJECT_HEADER>()], returns: 0 },
        Function { name: "NDK_FN_REQUEST_COMPLETION", arguments: &[size_of::<PVOID>(), size_of::<NTSTATUS>()], returns: 0 },
        Function { name: "NDK_FN_CLOSE_COMPLETION", arguments: &[size_of::<PVOID>()], returns: 0 },
        Function { name: "NDK_FN_CONNECT_EVENT_CALLBACK", arguments: &[size_of::<PVOID>(), size_of::<* mut NDK_CONNECTOR>()], returns: 0 },
        Function { name: "NDK_FN_CQ_NOTIFICATION_CALLBACK", arguments: &[size_of::<PVOID>(), size_of::<NTSTATUS>()], returns: 0 },
        Function { name: "NDK_FN_DISCONNECT_EVENT_CALLBACK", arguments: &[size_of::<PVOID>()], returns: 0 },
        Function { name: "NDK_FN_DISCONNECT_EVENT_CALLBACK_EX", arguments: &[size_of::<PVOID>(), size_of::<u32>()], returns: 0 },
        Function { name: "NDK_FN_SRQ_NOTIFICATION_CALLBACK", arguments: &[size_of::<PVOID>(), size_of::<NTSTATUS>()], returns: 0 },
        Function { name: "NDK_FN_ACCEPT", arguments: &[size_of::<* mut NDK_CONNECTOR>(), size_of::<* mut NDK_QP>(), size_of::<u32>(), size_of::<u32>(), size_of::<* const c_void>(), size_of::<u32>(), size_of::<NDK_FN_DISCONNECT_EVENT_CALLBACK>(), size_of::<PVOID>(), size_of::<NDK_FN_REQUEST_COMPLETION>(), size_of::<PVOID>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_ACCEPT_EX", arguments: &[size_of::<* mut NDK_CONNECTOR>(), size_of::<* mut NDK_QP>(), size_of::<u32>(), size_of::<u32>(), size_of::<* const c_void>(), size_of::<u32>(), size_of::<NDK_FN_DISCONNECT_EVENT_CALLBACK_EX>(), size_of::<PVOID>(), size_of::<NDK_FN_REQUEST_COMPLETION>(), size_of::<PVOID>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_ARM_CQ", arguments: &[size_of::<* mut NDK_CQ>(), size_of::<u32>()], returns: 0 },
        Function { name: "NDK_FN_BIND", arguments: &[size_of::<* mut NDK_QP>(), size_of::<PVOID>(), size_of::<* mut NDK_MR>(), size_of::<* mut NDK_MW>(), size_of::<PVOID>(), size_of::<usize>(), size_of::<u32>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_BUILD_LAM", arguments: &[size_of::<* mut NDK_ADAPTER>(), size_of::<PMDL>(), size_of::<usize>(), size_of::<NDK_FN_REQUEST_COMPLETION>(), size_of::<PVOID>(), size_of::<* mut NDK_LOGICAL_ADDRESS_MAPPING>(), size_of::<* mut u32>(), size_of::<* mut u32>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_CLOSE_OBJECT", arguments: &[size_of::<* mut NDK_OBJECT_HEADER>(), size_of::<NDK_FN_CLOSE_COMPLETION>(), size_of::<PVOID>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_COMPLETE_CONNECT", arguments: &[size_of::<* mut NDK_CONNECTOR>(), size_of::<NDK_FN_DISCONNECT_EVENT_CALLBACK>(), size_of::<PVOID>(), size_of::<NDK_FN_REQUEST_COMPLETION>(), size_of::<PVOID>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_COMPLETE_CONNECT_EX", arguments: &[size_of::<* mut NDK_CONNECTOR>(), size_of::<NDK_FN_DISCONNECT_EVENT_CALLBACK_EX>(), size_of::<PVOID>(), size_of::<NDK_FN_REQUEST_COMPLETION>(), size_of::<PVOID>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_CONNECT", arguments: &[size_of::<* mut NDK_CONNECTOR>(), size_of::<* mut NDK_QP>(), size_of::<* const SOCKADDR>(), size_of::<u32>(), size_of::<* const SOCKADDR>(), size_of::<u32>(), size_of::<u32>(), size_of::<u32>(), size_of::<* const c_void>(), size_of::<u32>(), size_of::<NDK_FN_REQUEST_COMPLETION>(), size_of::<PVOID>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_CONNECT_WITH_SHARED_ENDPOINT", arguments: &[size_of::<* mut NDK_CONNECTOR>(), size_of::<* mut NDK_QP>(), size_of::<* mut NDK_SHARED_ENDPOINT>(), size_of::<* const SOCKADDR>(), size_of::<u32>(), size_of::<u32>(), size_of::<u32>(), size_of::<* const c_void>(), size_of::<u32>(), size_of::<NDK_FN_REQUEST_COMPLETION>(), size_of::<PVOID>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_CONTROL_CONNECT_EVENTS", arguments: &[size_of::<* mut NDK_LISTENER>(), size_of::<u8>()], returns: 0 },
        Function { name: "NDK_FN_CONTROL_CQ_INTERRUPT_MODERATION", arguments: &[size_of::<* mut NDK_CQ>(), size_of::<u32>(), size_of::<u32>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_CREATE_CONNECTOR", arguments: &[size_of::<* mut NDK_ADAPTER>(), size_of::<NDK_FN_CREATE_COMPLETION>(), size_of::<PVOID>(), size_of::<* mut * mut NDK_CONNECTOR>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_CREATE_CQ", arguments: &[size_of::<* mut NDK_ADAPTER>(), size_of::<u32>(), size_of::<NDK_FN_CQ_NOTIFICATION_CALLBACK>(), size_of::<PVOID>(), size_of::<PGROUP_AFFINITY>(), size_of::<NDK_FN_CREATE_COMPLETION>(), size_of::<PVOID>(), size_of::<* mut * mut NDK_CQ>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_CREATE_LISTENER", arguments: &[size_of::<* mut NDK_ADAPTER>(), size_of::<NDK_FN_CONNECT_EVENT_CALLBACK>(), size_of::<PVOID>(), size_of::<NDK_FN_CREATE_COMPLETION>(), size_of::<PVOID>(), size_of::<* mut * mut NDK_LISTENER>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_CREATE_MR", arguments: &[size_of::<* mut NDK_PD>(), size_of::<u8>(), size_of::<NDK_FN_CREATE_COMPLETION>(), size_of::<PVOID>(), size_of::<* mut * mut NDK_MR>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_CREATE_MW", arguments: &[size_of::<* mut NDK_PD>(), size_of::<NDK_FN_CREATE_COMPLETION>(), size_of::<PVOID>(), size_of::<* mut * mut NDK_MW>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_CREATE_PD", arguments: &[size_of::<* mut NDK_ADAPTER>(), size_of::<NDK_FN_CREATE_COMPLETION>(), size_of::<PVOID>(), size_of::<* mut * mut NDK_PD>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_CREATE_QP", arguments: &[size_of::<* mut NDK_PD>(), size_of::<* mut NDK_CQ>(), size_of::<* mut NDK_CQ>(), size_of::<PVOID>(), size_of::<u32>(), size_of::<u32>(), size_of::<u32>(), size_of::<u32>(), size_of::<u32>(), size_of::<NDK_FN_CREATE_COMPLETION>(), size_of::<PVOID>(), size_of::<* mut * mut NDK_QP>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_CREATE_QP_WITH_SRQ", arguments: &[size_of::<* mut NDK_PD>(), size_of::<* mut NDK_CQ>(), size_of::<* mut NDK_CQ>(), size_of::<* mut NDK_SRQ>(), size_of::<PVOID>(), size_of::<u32>(), size_of::<u32>(), size_of::<u32>(), size_of::<NDK_FN_CREATE_COMPLETION>(), size_of::<PVOID>(), size_of::<* mut * mut NDK_QP>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_CREATE_SHARED_ENDPOINT", arguments: &[size_of::<* mut NDK_ADAPTER>(), size_of::<* const SOCKADDR>(), size_of::<u32>(), size_of::<NDK_FN_CREATE_COMPLETION>(), size_of::<PVOID>(), size_of::<* mut * mut NDK_SHARED_ENDPOINT>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_CREATE_SRQ", arguments: &[size_of::<* mut NDK_PD>(), size_of::<u32>(), size_of::<u32>(), size_of::<u32>(), size_of::<NDK_FN_SRQ_NOTIFICATION_CALLBACK>(), size_of::<PVOID>(), size_of::<PGROUP_AFFINITY>(), size_of::<NDK_FN_CREATE_COMPLETION>(), size_of::<PVOID>(), size_of::<* mut * mut NDK_SRQ>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_DEREGISTER_MR", arguments: &[size_of::<* mut NDK_MR>(), size_of::<NDK_FN_REQUEST_COMPLETION>(), size_of::<PVOID>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_DISCONNECT", arguments: &[size_of::<* mut NDK_CONNECTOR>(), size_of::<NDK_FN_REQUEST_COMPLETION>(), size_of::<PVOID>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_DISCONNECT_EX", arguments: &[size_of::<* mut NDK_CONNECTOR>(), size_of::<u8>(), size_of::<NDK_FN_REQUEST_COMPLETION>(), size_of::<PVOID>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_FAST_REGISTER", arguments: &[size_of::<* mut NDK_QP>(), size_of::<PVOID>(), size_of::<* mut NDK_MR>(), size_of::<u32>(), size_of::<* const u64>(), size_of::<u32>(), size_of::<usize>(), size_of::<PVOID>(), size_of::<u32>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_FLUSH", arguments: &[size_of::<* mut NDK_QP>()], returns: 0 },
        Function { name: "NDK_FN_GET_CONNECTION_DATA", arguments: &[size_of::<* mut NDK_CONNECTOR>(), size_of::<* mut u32>(), size_of::<* mut u32>(), size_of::<* mut c_void>(), size_of::<* mut u32>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_GET_CQ_RESULTS", arguments: &[size_of::<* mut NDK_CQ>(), size_of::<* mut NDK_RESULT>(), size_of::<u32>()], returns: size_of::<u32>() },
        Function { name: "NDK_FN_GET_CQ_RESULTS_EX", arguments: &[size_of::<* mut NDK_CQ>(), size_of::<* mut NDK_RESULT_EX>(), size_of::<u32>()], returns: size_of::<u32>() },
        Function { name: "NDK_FN_GET_LISTENER_LOCAL_ADDRESS", arguments: &[size_of::<* mut NDK_LISTENER>(), size_of::<* mut SOCKADDR>(), size_of::<* mut u32>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_GET_LOCAL_ADDRESS", arguments: &[size_of::<* mut NDK_CONNECTOR>(), size_of::<* mut SOCKADDR>(), size_of::<* mut u32>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_GET_LOCAL_TOKEN_FROM_MR", arguments: &[size_of::<* mut NDK_MR>()], returns: size_of::<u32>() },
        Function { name: "NDK_FN_GET_PEER_ADDRESS", arguments: &[size_of::<* mut NDK_CONNECTOR>(), size_of::<* mut SOCKADDR>(), size_of::<* mut u32>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_GET_PRIVILEGED_MEMORY_REGION_TOKEN", arguments: &[size_of::<* mut NDK_PD>(), size_of::<* mut u32>()], returns: 0 },
        Function { name: "NDK_FN_GET_REMOTE_TOKEN_FROM_MR", arguments: &[size_of::<* mut NDK_MR>()], returns: size_of::<u32>() },
        Function { name: "NDK_FN_GET_REMOTE_TOKEN_FROM_MW", arguments: &[size_of::<* mut NDK_MW>()], returns: size_of::<u32>() },
        Function { name: "NDK_FN_GET_RSS_PROCESSOR_INFO", arguments: &[size_of::<* mut NDK_ADAPTER>(), size_of::<PVOID>(), size_of::<PVOID>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_GET_SHARED_ENDPOINT_LOCAL_ADDRESS", arguments: &[size_of::<* mut NDK_SHARED_ENDPOINT>(), size_of::<* mut SOCKADDR>(), size_of::<* mut u32>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_INITIALIZE_FAST_REGISTER_MR", arguments: &[size_of::<* mut NDK_MR>(), size_of::<u32>(), size_of::<u8>(), size_of::<NDK_FN_REQUEST_COMPLETION>(), size_of::<PVOID>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_INVALIDATE", arguments: &[size_of::<* mut NDK_QP>(), size_of::<PVOID>(), size_of::<* mut NDK_OBJECT_HEADER>(), size_of::<u32>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_LISTEN", arguments: &[size_of::<* mut NDK_LISTENER>(), size_of::<* const SOCKADDR>(), size_of::<u32>(), size_of::<NDK_FN_REQUEST_COMPLETION>(), size_of::<PVOID>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_MODIFY_SRQ", arguments: &[size_of::<* mut NDK_SRQ>(), size_of::<u32>(), size_of::<u32>(), size_of::<NDK_FN_REQUEST_COMPLETION>(), size_of::<PVOID>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_QUERY_ADAPTER_INFO", arguments: &[size_of::<* mut NDK_ADAPTER>(), size_of::<* mut NDK_ADAPTER_INFO>(), size_of::<* mut u32>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_QUERY_ADAPTER_INFO_EX", arguments: &[size_of::<* mut NDK_ADAPTER>(), size_of::<NDK_VERSION>(), size_of::<* mut NDK_ADAPTER_INFO>(), size_of::<* mut u32>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_QUERY_EXTENSION_INTERFACE", arguments: &[size_of::<* mut NDK_OBJECT_HEADER>(), size_of::<* const GUID>(), size_of::<NDK_VERSION>(), size_of::<* mut NDK_EXTENSION_INTERFACE>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_READ", arguments: &[size_of::<* mut NDK_QP>(), size_of::<PVOID>(), size_of::<* const NDK_SGE>(), size_of::<u32>(), size_of::<u64>(), size_of::<u32>(), size_of::<u32>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_RECEIVE", arguments: &[size_of::<* mut NDK_QP>(), size_of::<PVOID>(), size_of::<* const NDK_SGE>(), size_of::<u32>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_REGISTER_MR", arguments: &[size_of::<* mut NDK_MR>(), size_of::<PMDL>(), size_of::<usize>(), size_of::<u32>(), size_of::<NDK_FN_REQUEST_COMPLETION>(), size_of::<PVOID>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_REJECT", arguments: &[size_of::<* mut NDK_CONNECTOR>(), size_of::<* const c_void>(), size_of::<u32>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_RELEASE_LAM", arguments: &[size_of::<* mut NDK_ADAPTER>(), size_of::<* mut NDK_LOGICAL_ADDRESS_MAPPING>()], returns: 0 },
        Function { name: "NDK_FN_RESIZE_CQ", arguments: &[size_of::<* mut NDK_CQ>(), size_of::<u32>(), size_of::<NDK_FN_REQUEST_COMPLETION>(), size_of::<PVOID>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_SEND", arguments: &[size_of::<* mut NDK_QP>(), size_of::<PVOID>(), size_of::<* const NDK_SGE>(), size_of::<u32>(), size_of::<u32>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_SEND_AND_INVALIDATE", arguments: &[size_of::<* mut NDK_QP>(), size_of::<PVOID>(), size_of::<* const NDK_SGE>(), size_of::<u32>(), size_of::<u32>(), size_of::<u32>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_SRQ_RECEIVE", arguments: &[size_of::<* mut NDK_SRQ>(), size_of::<PVOID>(), size_of::<* const NDK_SGE>(), size_of::<u32>()], returns: size_of::<NTSTATUS>() },
        Function { name: "NDK_FN_WRITE", arguments: &[size_of::<* mut NDK_QP>(), size_of::<PVOID>(), size_of::<* const NDK_SGE>(), size_of::<u32>(), size_of::<u64>(), size_of::<u32>(), size_of::<u32>()], returns: size_of::<NTSTATUS>() },
        Function { name: "OPEN_NDK_ADAPTER_HANDLER", arguments: &[size_of::<PVOID>(), size_of::<* const NDIS_OPEN_NDK_ADAPTER_PARAMETERS>(), size_of::<* mut * mut NDK_ADAPTER>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "CLOSE_NDK_ADAPTER_HANDLER", arguments: &[size_of::<PVOID>(), size_of::<* mut NDK_ADAPTER>()], returns: 0 },
        Function { name: "PUNICAST_IPADDRESS_CHANGE_CALLBACK", arguments: &[size_of::<PVOID>(), size_of::<* mut MIB_UNICASTIPADDRESS_ROW>(), size_of::<MIB_NOTIFICATION_TYPE>()], returns: 0 },
        Function { name: "BIND_HANDLER_EX", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_BIND_PARAMETERS>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "UNBIND_HANDLER_EX", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<NDIS_HANDLE>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "OPEN_ADAPTER_COMPLETE_HANDLER_EX", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<NDIS_STATUS>()], returns: 0 },
        Function { name: "CLOSE_ADAPTER_COMPLETE_HANDLER_EX", arguments: &[size_of::<NDIS_HANDLE>()], returns: 0 },
        Function { name: "NET_PNP_EVENT_HANDLER", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NET_PNP_EVENT_NOTIFICATION>()], returns: size_of::<NDIS_STATUS>() },
        Function { name: "UNINSTALL_PROTOCOL_HANDLER", arguments: &[], returns: 0 },
        Function { name: "OID_REQUEST_COMPLETE_HANDLER", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_OID_REQUEST>(), size_of::<NDIS_STATUS>()], returns: 0 },
        Function { name: "STATUS_HANDLER_EX", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_STATUS_INDICATION>()], returns: 0 },
        Function { name: "RECEIVE_NET_BUFFER_LISTS_HANDLER", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NET_BUFFER_LIST>(), size_of::<u32>(), size_of::<u32>(), size_of::<u32>()], returns: 0 },
        Function { name: "SEND_NET_BUFFER_LISTS_COMPLETE_HANDLER", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NET_BUFFER_LIST>(), size_of::<u32>()], returns: 0 },
        Function { name: "DIRECT_OID_REQUEST_COMPLETE_HANDLER", arguments: &[size_of::<NDIS_HANDLE>(), size_of::<* mut NDIS_OID_REQUEST>(), size_of::<NDIS_STATUS>()], returns: 0 },
        Function { name: "PFN_WSK_ABORT_EVENT", arguments: &[size_of::<PVOID>(), size_of::<* mut WSK_INSPECT_ID>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_ACCEPT", arguments: &[size_of::<* mut WSK_SOCKET>(), size_of::<u32>(), size_of::<PVOID>(), size_of::<* const WSK_CLIENT_CONNECTION_DISPATCH>(), size_of::<* mut SOCKADDR>(), size_of::<* mut SOCKADDR>(), size_of::<PIRP>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_ACCEPT_EVENT", arguments: &[size_of::<PVOID>(), size_of::<u32>(), size_of::<* mut SOCKADDR>(), size_of::<* mut SOCKADDR>(), size_of::<* mut WSK_SOCKET>(), size_of::<* mut PVOID>(), size_of::<* mut * const WSK_CLIENT_CONNECTION_DISPATCH>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_BIND", arguments: &[size_of::<* mut WSK_SOCKET>(), size_of::<* mut SOCKADDR>(), size_of::<u32>(), size_of::<PIRP>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_CLIENT_EVENT", arguments: &[size_of::<PVOID>(), size_of::<u32>(), size_of::<PVOID>(), size_of::<usize>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_CLOSE_SOCKET", arguments: &[size_of::<* mut WSK_SOCKET>(), size_of::<PIRP>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_CONNECT", arguments: &[size_of::<* mut WSK_SOCKET>(), size_of::<* mut SOCKADDR>(), size_of::<u32>(), size_of::<PIRP>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_CONNECT_EX", arguments: &[size_of::<* mut WSK_SOCKET>(), size_of::<* mut SOCKADDR>(), size_of::<* mut WSK_BUF>(), size_of::<u32>(), size_of::<PIRP>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_CONTROL_CLIENT", arguments: &[size_of::<* mut WSK_CLIENT>(), size_of::<u32>(), size_of::<u64>(), size_of::<PVOID>(), size_of::<u64>(), size_of::<PVOID>(), size_of::<* mut usize>(), size_of::<PIRP>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_CONTROL_SOCKET", arguments: &[size_of::<* mut WSK_SOCKET>(), size_of::<WSK_CONTROL_SOCKET_TYPE>(), size_of::<u32>(), size_of::<u32>(), size_of::<u64>(), size_of::<PVOID>(), size_of::<u64>(), size_of::<PVOID>(), size_of::<* mut usize>(), size_of::<PIRP>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_DISCONNECT", arguments: &[size_of::<* mut WSK_SOCKET>(), size_of::<* mut WSK_BUF>(), size_of::<u32>(), size_of::<PIRP>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_DISCONNECT_EVENT", arguments: &[size_of::<PVOID>(), size_of::<u32>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_FREE_ADDRESS_INFO", arguments: &[size_of::<* mut WSK_CLIENT>(), size_of::<PVOID>()], returns: 0 },
        Function { name: "PFN_WSK_GET_ADDRESS_INFO", arguments: &[size_of::<* mut WSK_CLIENT>(), size_of::<PVOID>(), size_of::<PVOID>(), size_of::<u32>(), size_of::<PVOID>(), size_of::<PVOID>(), size_of::<PVOID>(), size_of::<PEPROCESS>(), size_of::<PETHREAD>(), size_of::<PIRP>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_GET_LOCAL_ADDRESS", arguments: &[size_of::<* mut WSK_SOCKET>(), size_of::<* mut SOCKADDR>(), size_of::<PIRP>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_GET_NAME_INFO", arguments: &[size_of::<* mut WSK_CLIENT>(), size_of::<PVOID>(), size_of::<u32>(), size_of::<PVOID>(), size_of::<PVOID>(), size_of::<u32>(), size_of::<PEPROCESS>(), size_of::<PETHREAD>(), size_of::<PIRP>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_GET_REMOTE_ADDRESS", arguments: &[size_of::<* mut WSK_SOCKET>(), size_of::<* mut SOCKADDR>(), size_of::<PIRP>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_INSPECT_COMPLETE", arguments: &[size_of::<* mut WSK_SOCKET>(), size_of::<* mut WSK_INSPECT_ID>(), size_of::<WSK_INSPECT_ACTION>(), size_of::<PIRP>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_INSPECT_EVENT", arguments: &[size_of::<PVOID>(), size_of::<* mut SOCKADDR>(), size_of::<* mut SOCKADDR>(), size_of::<* mut WSK_INSPECT_ID>()], returns: size_of::<WSK_INSPECT_ACTION>() },
        Function { name: "PFN_WSK_LISTEN", arguments: &[size_of::<* mut WSK_SOCKET>(), size_of::<PIRP>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_RECEIVE", arguments: &[size_of::<* mut WSK_SOCKET>(), size_of::<* mut WSK_BUF>(), size_of::<u32>(), size_of::<PIRP>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_RECEIVE_EVENT", arguments: &[size_of::<PVOID>(), size_of::<u32>(), size_of::<* mut WSK_DATA_INDICATION>(), size_of::<u64>(), size_of::<* mut usize>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_RELEASE_DATA_INDICATION_LIST", arguments: &[size_of::<* mut WSK_SOCKET>(), size_of::<* mut WSK_DATA_INDICATION>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_SEND", arguments: &[size_of::<* mut WSK_SOCKET>(), size_of::<* mut WSK_BUF>(), size_of::<u32>(), size_of::<PIRP>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_SEND_BACKLOG_EVENT", arguments: &[size_of::<PVOID>(), size_of::<u64>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_SOCKET", arguments: &[size_of::<* mut WSK_CLIENT>(), size_of::<u16>(), size_of::<u16>(), size_of::<u32>(), size_of::<u32>(), size_of::<PVOID>(), size_of::<* const c_void>(), size_of::<PEPROCESS>(), size_of::<PETHREAD>(), size_of::<* mut c_void>(), size_of::<PIRP>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_SOCKET_CONNECT", arguments: &[size_of::<* mut WSK_CLIENT>(), size_of::<u16>(), size_of::<u32>(), size_of::<* mut SOCKADDR>(), size_of::<* mut SOCKADDR>(), size_of::<u32>(), size_of::<PVOID>(), size_of::<* const WSK_CLIENT_CONNECTION_DISPATCH>(), size_of::<PEPROCESS>(), size_of::<PETHREAD>(), size_of::<* mut c_void>(), size_of::<PIRP>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_NDK_OPEN_ADAPTER", arguments: &[size_of::<* mut WSK_CLIENT>(), size_of::<NDK_VERSION>(), size_of::<u32>(), size_of::<* mut * mut NDK_ADAPTER>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PFN_WSK_NDK_CLOSE_ADAPTER", arguments: &[size_of::<* mut WSK_CLIENT>(), size_of::<* mut NDK_ADAPTER>()], returns: 0 },
    ];
}

pub mod wdk {
    use super::*;
    use wdk_sys::*;

    pub const LAYOUTS: &[Layout] = &[
        Layout { owner: "CLIENT_ID", path: "", offset: 0, size: size_of::<_CLIENT_ID>(), align: align_of::<_CLIENT_ID>() },
        Layout { owner: "CLIENT_ID", path: "UniqueProcess", offset: offset_of!(_CLIENT_ID, UniqueProcess), // SAFETY: only the type of the place is used.
            size: field(|it: *const _CLIENT_ID| unsafe { &raw const (*it).UniqueProcess }), align: 0 },
        Layout { owner: "CLIENT_ID", path: "UniqueThread", offset: offset_of!(_CLIENT_ID, UniqueThread), // SAFETY: only the type of the place is used.
            size: field(|it: *const _CLIENT_ID| unsafe { &raw const (*it).UniqueThread }), align: 0 },
        Layout { owner: "DISPATCHER_HEADER", path: "", offset: 0, size: size_of::<_DISPATCHER_HEADER>(), align: align_of::<_DISPATCHER_HEADER>() },
        Layout { owner: "DISPATCHER_HEADER", path: "Lock", offset: offset_of!(_DISPATCHER_HEADER, __bindgen_anon_1.__bindgen_anon_1.Lock), // SAFETY: only the type of the place is used.
            size: field(|it: *const _DISPATCHER_HEADER| unsafe { &raw const (*it).__bindgen_anon_1.__bindgen_anon_1.Lock }), align: 0 },
        Layout { owner: "DISPATCHER_HEADER", path: "LockNV", offset: offset_of!(_DISPATCHER_HEADER, __bindgen_anon_1.__bindgen_anon_1.LockNV), // SAFETY: only the type of the place is used.
            size: field(|it: *const _DISPATCHER_HEADER| unsafe { &raw const (*it).__bindgen_anon_1.__bindgen_anon_1.LockNV }), align: 0 },
        Layout { owner: "DISPATCHER_HEADER", path: "Type", offset: offset_of!(_DISPATCHER_HEADER, __bindgen_anon_1.__bindgen_anon_2.Type), // SAFETY: only the type of the place is used.
            size: field(|it: *const _DISPATCHER_HEADER| unsafe { &raw const (*it).__bindgen_anon_1.__bindgen_anon_2.Type }), align: 0 },
        Layout { owner: "DISPATCHER_HEADER", path: "Signalling", offset: offset_of!(_DISPATCHER_HEADER, __bindgen_anon_1.__bindgen_anon_2.Signalling), // SAFETY: only the type of the place is used.
            size: field(|it: *const _DISPATCHER_HEADER| unsafe { &raw const (*it).__bindgen_anon_1.__bindgen_anon_2.Signalling }), align: 0 },
        Layout { owner: "DISPATCHER_HEADER", path: "Size", offset: offset_of!(_DISPATCHER_HEADER, __bindgen_anon_1.__bindgen_anon_2.Size), // SAFETY: only the type of the place is used.
            size: field(|it: *const _DISPATCHER_HEADER| unsafe { &raw const (*it).__bindgen_anon_1.__bindgen_anon_2.Size }), align: 0 },
        Layout { owner: "DISPATCHER_HEADER", path: "Reserved1", offset: offset_of!(_DISPATCHER_HEADER, __bindgen_anon_1.__bindgen_anon_2.Reserved1), // SAFETY: only the type of the place is used.
            size: field(|it: *const _DISPATCHER_HEADER| unsafe { &raw const (*it).__bindgen_anon_1.__bindgen_anon_2.Reserved1 }), align: 0 },
        Layout { owner: "DISPATCHER_HEADER", path: "SignalState", offset: offset_of!(_DISPATCHER_HEADER, SignalState), // SAFETY: only the type of the place is used.
            size: field(|it: *const _DISPATCHER_HEADER| unsafe { &raw const (*it).SignalState }), align: 0 },
        Layout { owner: "DISPATCHER_HEADER", path: "WaitListHead", offset: offset_of!(_DISPATCHER_HEADER, WaitListHead), // SAFETY: only the type of the place is used.
            size: field(|it: *const _DISPATCHER_HEADER| unsafe { &raw const (*it).WaitListHead }), align: 0 },
        Layout { owner: "DRIVER_OBJECT", path: "", offset: 0, size: size_of::<_DRIVER_OBJECT>(), align: align_of::<_DRIVER_OBJECT>() },
        Layout { owner: "DRIVER_OBJECT", path: "Type", offset: offset_of!(_DRIVER_OBJECT, Type), // SAFETY: only the type of the place is used.
            size: field(|it: *const _DRIVER_OBJECT| unsafe { &raw const (*it).Type }), align: 0 },
        Layout { owner: "DRIVER_OBJECT", path: "Size", offset: offset_of!(_DRIVER_OBJECT, Size), // SAFETY: only the type of the place is used.
            size: field(|it: *const _DRIVER_OBJECT| unsafe { &raw const (*it).Size }), align: 0 },
        Layout { owner: "DRIVER_OBJECT", path: "DeviceObject", offset: offset_of!(_DRIVER_OBJECT, DeviceObject), // SAFETY: only the type of the place is used.
            size: field(|it: *const _DRIVER_OBJECT| unsafe { &raw const (*it).DeviceObject }), align: 0 },
        Layout { owner: "DRIVER_OBJECT", path: "Flags", offset: offset_of!(_DRIVER_OBJECT, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const _DRIVER_OBJECT| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "DRIVER_OBJECT", path: "DriverStart", offset: offset_of!(_DRIVER_OBJECT, DriverStart), // SAFETY: only the type of the place is used.
            size: field(|it: *const _DRIVER_OBJECT| unsafe { &raw const (*it).DriverStart }), align: 0 },
        Layout { owner: "DRIVER_OBJECT", path: "DriverSize", offset: offset_of!(_DRIVER_OBJECT, DriverSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const _DRIVER_OBJECT| unsafe { &raw const (*it).DriverSize }), align: 0 },
        Layout { owner: "DRIVER_OBJECT", path: "DriverSection", offset: offset_of!(_DRIVER_OBJECT, DriverSection), // SAFETY: only the type of the place is used.
            size: field(|it: *const _DRIVER_OBJECT| unsafe { &raw const (*it).DriverSection }), align: 0 },
        Layout { owner: "DRIVER_OBJECT", path: "DriverExtension", offset: offset_of!(_DRIVER_OBJECT, DriverExtension), // SAFETY: only the type of the place is used.
            size: field(|it: *const _DRIVER_OBJECT| unsafe { &raw const (*it).DriverExtension }), align: 0 },
        Layout { owner: "DRIVER_OBJECT", path: "DriverName", offset: offset_of!(_DRIVER_OBJECT, DriverName), // SAFETY: only the type of the place is used.
            size: field(|it: *const _DRIVER_OBJECT| unsafe { &raw const (*it).DriverName }), align: 0 },
        Layout { owner: "DRIVER_OBJECT", path: "HardwareDatabase", offset: offset_of!(_DRIVER_OBJECT, HardwareDatabase), // SAFETY: only the type of the place is used.
            size: field(|it: *const _DRIVER_OBJECT| unsafe { &raw const (*it).HardwareDatabase }), align: 0 },
        Layout { owner: "DRIVER_OBJECT", path: "FastIoDispatch", offset: offset_of!(_DRIVER_OBJECT, FastIoDispatch), // SAFETY: only the type of the place is used.
            size: field(|it: *const _DRIVER_OBJECT| unsafe { &raw const (*it).FastIoDispatch }), align: 0 },
        Layout { owner: "DRIVER_OBJECT", path: "DriverInit", offset: offset_of!(_DRIVER_OBJECT, DriverInit), // SAFETY: only the type of the place is used.
            size: field(|it: *const _DRIVER_OBJECT| unsafe { &raw const (*it).DriverInit }), align: 0 },
        Layout { owner: "DRIVER_OBJECT", path: "DriverStartIo", offset: offset_of!(_DRIVER_OBJECT, DriverStartIo), // SAFETY: only the type of the place is used.
            size: field(|it: *const _DRIVER_OBJECT| unsafe { &raw const (*it).DriverStartIo }), align: 0 },
        Layout { owner: "DRIVER_OBJECT", path: "DriverUnload", offset: offset_of!(_DRIVER_OBJECT, DriverUnload), // SAFETY: only the type of the place is used.
            size: field(|it: *const _DRIVER_OBJECT| unsafe { &raw const (*it).DriverUnload }), align: 0 },
        Layout { owner: "DRIVER_OBJECT", path: "MajorFunction", offset: offset_of!(_DRIVER_OBJECT, MajorFunction), // SAFETY: only the type of the place is used.
            size: field(|it: *const _DRIVER_OBJECT| unsafe { &raw const (*it).MajorFunction }), align: 0 },
        Layout { owner: "EVENT_DATA_DESCRIPTOR", path: "", offset: 0, size: size_of::<_EVENT_DATA_DESCRIPTOR>(), align: align_of::<_EVENT_DATA_DESCRIPTOR>() },
        Layout { owner: "EVENT_DATA_DESCRIPTOR", path: "Ptr", offset: offset_of!(_EVENT_DATA_DESCRIPTOR, Ptr), // SAFETY: only the type of the place is used.
            size: field(|it: *const _EVENT_DATA_DESCRIPTOR| unsafe { &raw const (*it).Ptr }), align: 0 },
        Layout { owner: "EVENT_DATA_DESCRIPTOR", path: "Size", offset: offset_of!(_EVENT_DATA_DESCRIPTOR, Size), // SAFETY: only the type of the place is used.
            size: field(|it: *const _EVENT_DATA_DESCRIPTOR| unsafe { &raw const (*it).Size }), align: 0 },
        Layout { owner: "EVENT_DATA_DESCRIPTOR", path: "Reserved", offset: offset_of!(_EVENT_DATA_DESCRIPTOR, __bindgen_anon_1.Reserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const _EVENT_DATA_DESCRIPTOR| unsafe { &raw const (*it).__bindgen_anon_1.Reserved }), align: 0 },
        Layout { owner: "EVENT_DATA_DESCRIPTOR", path: "Type", offset: offset_of!(_EVENT_DATA_DESCRIPTOR, __bindgen_anon_1.__bindgen_anon_1.Type), // SAFETY: only the type of the place is used.
            size: field(|it: *const _EVENT_DATA_DESCRIPTOR| unsafe { &raw const (*it).__bindgen_anon_1.__bindgen_anon_1.Type }), align: 0 },
        Layout { owner: "EVENT_DATA_DESCRIPTOR", path: "Reserved1", offset: offset_of!(_EVENT_DATA_DESCRIPTOR, __bindgen_anon_1.__bindgen_anon_1.Reserved1), // SAFETY: only the type of the place is used.
            size: field(|it: *const _EVENT_DATA_DESCRIPTOR| unsafe { &raw const (*it).__bindgen_anon_1.__bindgen_anon_1.Reserved1 }), align: 0 },
        Layout { owner: "EVENT_DATA_DESCRIPTOR", path: "Reserved2", offset: offset_of!(_EVENT_DATA_DESCRIPTOR, __bindgen_anon_1.__bindgen_anon_1.Reserved2), // SAFETY: only the type of the place is used.
            size: field(|it: *const _EVENT_DATA_DESCRIPTOR| unsafe { &raw const (*it).__bindgen_anon_1.__bindgen_anon_1.Reserved2 }), align: 0 },
        Layout { owner: "EVENT_DESCRIPTOR", path: "", offset: 0, size: size_of::<_EVENT_DESCRIPTOR>(), align: align_of::<_EVENT_DESCRIPTOR>() },
        Layout { owner: "EVENT_DESCRIPTOR", path: "Id", offset: offset_of!(_EVENT_DESCRIPTOR, Id), // SAFETY: only the type of the place is used.
            size: field(|it: *const _EVENT_DESCRIPTOR| unsafe { &raw const (*it).Id }), align: 0 },
        Layout { owner: "EVENT_DESCRIPTOR", path: "Version", offset: offset_of!(_EVENT_DESCRIPTOR, Version), // SAFETY: only the type of the place is used.
            size: field(|it: *const _EVENT_DESCRIPTOR| unsafe { &raw const (*it).Version }), align: 0 },
        Layout { owner: "EVENT_DESCRIPTOR", path: "Channel", offset: offset_of!(_EVENT_DESCRIPTOR, Channel), // SAFETY: only the type of the place is used.
            size: field(|it: *const _EVENT_DESCRIPTOR| unsafe { &raw const (*it).Channel }), align: 0 },
        Layout { owner: "EVENT_DESCRIPTOR", path: "Level", offset: offset_of!(_EVENT_DESCRIPTOR, Level), // SAFETY: only the type of the place is used.
            size: field(|it: *const _EVENT_DESCRIPTOR| unsafe { &raw const (*it).Level }), align: 0 },
        Layout { owner: "EVENT_DESCRIPTOR", path: "Opcode", offset: offset_of!(_EVENT_DESCRIPTOR, Opcode), // SAFETY: only the type of the place is used.
            size: field(|it: *const _EVENT_DESCRIPTOR| unsafe { &raw const (*it).Opcode }), align: 0 },
        Layout { owner: "EVENT_DESCRIPTOR", path: "Task", offset: offset_of!(_EVENT_DESCRIPTOR, Task), // SAFETY: only the type of the place is used.
            size: field(|it: *const _EVENT_DESCRIPTOR| unsafe { &raw const (*it).Task }), align: 0 },
        Layout { owner: "EVENT_DESCRIPTOR", path: "Keyword", offset: offset_of!(_EVENT_DESCRIPTOR, Keyword), // SAFETY: only the type of the place is used.
            size: field(|it: *const _EVENT_DESCRIPTOR| unsafe { &raw const (*it).Keyword }), align: 0 },
        Layout { owner: "EVENT_FILTER_DESCRIPTOR", path: "", offset: 0, size: size_of::<_EVENT_FILTER_DESCRIPTOR>(), align: align_of::<_EVENT_FILTER_DESCRIPTOR>() },
        Layout { owner: "EVENT_FILTER_DESCRIPTOR", path: "Ptr", offset: offset_of!(_EVENT_FILTER_DESCRIPTOR, Ptr), // SAFETY: only the type of the place is used.
            size: field(|it: *const _EVENT_FILTER_DESCRIPTOR| unsafe { &raw const (*it).Ptr }), align: 0 },
        Layout { owner: "EVENT_FILTER_DESCRIPTOR", path: "Size", offset: offset_of!(_EVENT_FILTER_DESCRIPTOR, Size), // SAFETY: only the type of the place is used.
            size: field(|it: *const _EVENT_FILTER_DESCRIPTOR| unsafe { &raw const (*it).Size }), align: 0 },
        Layout { owner: "EVENT_FILTER_DESCRIPTOR", path: "Type", offset: offset_of!(_EVENT_FILTER_DESCRIPTOR, Type), // SAFETY: only the type of the place is used.
            size: field(|it: *const _EVENT_FILTER_DESCRIPTOR| unsafe { &raw const (*it).Type }), align: 0 },
        Layout { owner: "GROUP_AFFINITY", path: "", offset: 0, size: size_of::<_GROUP_AFFINITY>(), align: align_of::<_GROUP_AFFINITY>() },
        Layout { owner: "GROUP_AFFINITY", path: "Mask", offset: offset_of!(_GROUP_AFFINITY, Mask), // SAFETY: only the type of the place is used.
            size: field(|it: *const _GROUP_AFFINITY| unsafe { &raw const (*it).Mask }), align: 0 },
        Layout { owner: "GROUP_AFFINITY", path: "Group", offset: offset_of!(_GROUP_AFFINITY, Group), // SAFETY: only the type of the place is used.
            size: field(|it: *const _GROUP_AFFINITY| unsafe { &raw const (*it).Group }), align: 0 },
        Layout { owner: "GROUP_AFFINITY", path: "Reserved", offset: offset_of!(_GROUP_AFFINITY, Reserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const _GROUP_AFFINITY| unsafe { &raw const (*it).Reserved }), align: 0 },
        Layout { owner: "GUID", path: "", offset: 0, size: size_of::<_GUID>(), align: align_of::<_GUID>() },
        Layout { owner: "GUID", path: "Data1", offset: offset_of!(_GUID, Data1), // SAFETY: only the type of the place is used.
            size: field(|it: *const _GUID| unsafe { &raw const (*it).Data1 }), align: 0 },
        Layout { owner: "GUID", path: "Data2", offset: offset_of!(_GUID, Data2), // SAFETY: only the type of the place is used.
            size: field(|it: *const _GUID| unsafe { &raw const (*it).Data2 }), align: 0 },
        Layout { owner: "GUID", path: "Data3", offset: offset_of!(_GUID, Data3), // SAFETY: only the type of the place is used.
            size: field(|it: *const _GUID| unsafe { &raw const (*it).Data3 }), align: 0 },
        Layout { owner: "GUID", path: "Data4", offset: offset_of!(_GUID, Data4), // SAFETY: only the type of the place is used.
            size: field(|it: *const _GUID| unsafe { &raw const (*it).Data4 }), align: 0 },
        Layout { owner: "IO_ERROR_LOG_PACKET", path: "", offset: 0, size: size_of::<_IO_ERROR_LOG_PACKET>(), align: align_of::<_IO_ERROR_LOG_PACKET>() },
        Layout { owner: "IO_ERROR_LOG_PACKET", path: "MajorFunctionCode", offset: offset_of!(_IO_ERROR_LOG_PACKET, MajorFunctionCode), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_ERROR_LOG_PACKET| unsafe { &raw const (*it).MajorFunctionCode }), align: 0 },
        Layout { owner: "IO_ERROR_LOG_PACKET", path: "RetryCount", offset: offset_of!(_IO_ERROR_LOG_PACKET, RetryCount), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_ERROR_LOG_PACKET| unsafe { &raw const (*it).RetryCount }), align: 0 },
        Layout { owner: "IO_ERROR_LOG_PACKET", path: "DumpDataSize", offset: offset_of!(_IO_ERROR_LOG_PACKET, DumpDataSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_ERROR_LOG_PACKET| unsafe { &raw const (*it).DumpDataSize }), align: 0 },
        Layout { owner: "IO_ERROR_LOG_PACKET", path: "NumberOfStrings", offset: offset_of!(_IO_ERROR_LOG_PACKET, NumberOfStrings), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_ERROR_LOG_PACKET| unsafe { &raw const (*it).NumberOfStrings }), align: 0 },
        Layout { owner: "IO_ERROR_LOG_PACKET", path: "StringOffset", offset: offset_of!(_IO_ERROR_LOG_PACKET, StringOffset), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_ERROR_LOG_PACKET| unsafe { &raw const (*it).StringOffset }), align: 0 },
        Layout { owner: "IO_ERROR_LOG_PACKET", path: "EventCategory", offset: offset_of!(_IO_ERROR_LOG_PACKET, EventCategory), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_ERROR_LOG_PACKET| unsafe { &raw const (*it).EventCategory }), align: 0 },
        Layout { owner: "IO_ERROR_LOG_PACKET", path: "ErrorCode", offset: offset_of!(_IO_ERROR_LOG_PACKET, ErrorCode), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_ERROR_LOG_PACKET| unsafe { &raw const (*it).ErrorCode }), align: 0 },
        Layout { owner: "IO_ERROR_LOG_PACKET", path: "UniqueErrorValue", offset: offset_of!(_IO_ERROR_LOG_PACKET, UniqueErrorValue), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_ERROR_LOG_PACKET| unsafe { &raw const (*it).UniqueErrorValue }), align: 0 },
        Layout { owner: "IO_ERROR_LOG_PACKET", path: "FinalStatus", offset: offset_of!(_IO_ERROR_LOG_PACKET, FinalStatus), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_ERROR_LOG_PACKET| unsafe { &raw const (*it).FinalStatus }), align: 0 },
        Layout { owner: "IO_ERROR_LOG_PACKET", path: "SequenceNumber", offset: offset_of!(_IO_ERROR_LOG_PACKET, SequenceNumber), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_ERROR_LOG_PACKET| unsafe { &raw const (*it).SequenceNumber }), align: 0 },
        Layout { owner: "IO_ERROR_LOG_PACKET", path: "IoControlCode", offset: offset_of!(_IO_ERROR_LOG_PACKET, IoControlCode), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_ERROR_LOG_PACKET| unsafe { &raw const (*it).IoControlCode }), align: 0 },
        Layout { owner: "IO_ERROR_LOG_PACKET", path: "DeviceOffset", offset: offset_of!(_IO_ERROR_LOG_PACKET, DeviceOffset), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_ERROR_LOG_PACKET| unsafe { &raw const (*it).DeviceOffset }), align: 0 },
        Layout { owner: "IO_ERROR_LOG_PACKET", path: "DumpData", offset: offset_of!(_IO_ERROR_LOG_PACKET, DumpData), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_ERROR_LOG_PACKET| unsafe { &raw const (*it).DumpData }), align: 0 },
        Layout { owner: "IO_STACK_LOCATION", path: "", offset: 0, size: size_of::<_IO_STACK_LOCATION>(), align: align_of::<_IO_STACK_LOCATION>() },
        Layout { owner: "IO_STACK_LOCATION", path: "MajorFunction", offset: offset_of!(_IO_STACK_LOCATION, MajorFunction), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_STACK_LOCATION| unsafe { &raw const (*it).MajorFunction }), align: 0 },
        Layout { owner: "IO_STACK_LOCATION", path: "MinorFunction", offset: offset_of!(_IO_STACK_LOCATION, MinorFunction), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_STACK_LOCATION| unsafe { &raw const (*it).MinorFunction }), align: 0 },
        Layout { owner: "IO_STACK_LOCATION", path: "Flags", offset: offset_of!(_IO_STACK_LOCATION, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_STACK_LOCATION| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "IO_STACK_LOCATION", path: "Control", offset: offset_of!(_IO_STACK_LOCATION, Control), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_STACK_LOCATION| unsafe { &raw const (*it).Control }), align: 0 },
        Layout { owner: "IO_STACK_LOCATION", path: "Parameters", offset: offset_of!(_IO_STACK_LOCATION, Parameters), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_STACK_LOCATION| unsafe { &raw const (*it).Parameters }), align: 0 },
        Layout { owner: "IO_STACK_LOCATION", path: "Parameters.Others", offset: offset_of!(_IO_STACK_LOCATION, Parameters.Others), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_STACK_LOCATION| unsafe { &raw const (*it).Parameters.Others }), align: 0 },
        Layout { owner: "IO_STACK_LOCATION", path: "Parameters.Others.Argument1", offset: offset_of!(_IO_STACK_LOCATION, Parameters.Others.Argument1), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_STACK_LOCATION| unsafe { &raw const (*it).Parameters.Others.Argument1 }), align: 0 },
        Layout { owner: "IO_STACK_LOCATION", path: "Parameters.Others.Argument2", offset: offset_of!(_IO_STACK_LOCATION, Parameters.Others.Argument2), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_STACK_LOCATION| unsafe { &raw const (*it).Parameters.Others.Argument2 }), align: 0 },
        Layout { owner: "IO_STACK_LOCATION", path: "Parameters.Others.Argument3", offset: offset_of!(_IO_STACK_LOCATION, Parameters.Others.Argument3), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_STACK_LOCATION| unsafe { &raw const (*it).Parameters.Others.Argument3 }), align: 0 },
        Layout { owner: "IO_STACK_LOCATION", path: "Parameters.Others.Argument4", offset: offset_of!(_IO_STACK_LOCATION, Parameters.Others.Argument4), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_STACK_LOCATION| unsafe { &raw const (*it).Parameters.Others.Argument4 }), align: 0 },
        Layout { owner: "IO_STACK_LOCATION", path: "DeviceObject", offset: offset_of!(_IO_STACK_LOCATION, DeviceObject), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_STACK_LOCATION| unsafe { &raw const (*it).DeviceObject }), align: 0 },
        Layout { owner: "IO_STACK_LOCATION", path: "FileObject", offset: offset_of!(_IO_STACK_LOCATION, FileObject), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_STACK_LOCATION| unsafe { &raw const (*it).FileObject }), align: 0 },
        Layout { owner: "IO_STACK_LOCATION", path: "CompletionRoutine", offset: offset_of!(_IO_STACK_LOCATION, CompletionRoutine), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_STACK_LOCATION| unsafe { &raw const (*it).CompletionRoutine }), align: 0 },
        Layout { owner: "IO_STACK_LOCATION", path: "Context", offset: offset_of!(_IO_STACK_LOCATION, Context), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_STACK_LOCATION| unsafe { &raw const (*it).Context }), align: 0 },
        Layout { owner: "IO_STATUS_BLOCK", path: "", offset: 0, size: size_of::<_IO_STATUS_BLOCK>(), align: align_of::<_IO_STATUS_BLOCK>() },
        Layout { owner: "IO_STATUS_BLOCK", path: "Status", offset: offset_of!(_IO_STATUS_BLOCK, __bindgen_anon_1.Status), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_STATUS_BLOCK| unsafe { &raw const (*it).__bindgen_anon_1.Status }), align: 0 },
        Layout { owner: "IO_STATUS_BLOCK", path: "Pointer", offset: offset_of!(_IO_STATUS_BLOCK, __bindgen_anon_1.Pointer), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_STATUS_BLOCK| unsafe { &raw const (*it).__bindgen_anon_1.Pointer }), align: 0 },
        Layout { owner: "IO_STATUS_BLOCK", path: "Information", offset: offset_of!(_IO_STATUS_BLOCK, Information), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IO_STATUS_BLOCK| unsafe { &raw const (*it).Information }), align: 0 },
        Layout { owner: "IRP", path: "", offset: 0, size: size_of::<_IRP>(), align: align_of::<_IRP>() },
        Layout { owner: "IRP", path: "Type", offset: offset_of!(_IRP, Type), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).Type }), align: 0 },
        Layout { owner: "IRP", path: "Size", offset: offset_of!(_IRP, Size), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).Size }), align: 0 },
        Layout { owner: "IRP", path: "MdlAddress", offset: offset_of!(_IRP, MdlAddress), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).MdlAddress }), align: 0 },
        Layout { owner: "IRP", path: "Flags", offset: offset_of!(_IRP, Flags), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).Flags }), align: 0 },
        Layout { owner: "IRP", path: "AssociatedIrp", offset: offset_of!(_IRP, AssociatedIrp), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).AssociatedIrp }), align: 0 },
        Layout { owner: "IRP", path: "AssociatedIrp.MasterIrp", offset: offset_of!(_IRP, AssociatedIrp.MasterIrp), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).AssociatedIrp.MasterIrp }), align: 0 },
        Layout { owner: "IRP", path: "AssociatedIrp.IrpCount", offset: offset_of!(_IRP, AssociatedIrp.IrpCount), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).AssociatedIrp.IrpCount }), align: 0 },
        Layout { owner: "IRP", path: "AssociatedIrp.SystemBuffer", offset: offset_of!(_IRP, AssociatedIrp.SystemBuffer), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).AssociatedIrp.SystemBuffer }), align: 0 },
        Layout { owner: "IRP", path: "ThreadListEntry", offset: offset_of!(_IRP, ThreadListEntry), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).ThreadListEntry }), align: 0 },
        Layout { owner: "IRP", path: "IoStatus", offset: offset_of!(_IRP, IoStatus), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).IoStatus }), align: 0 },
        Layout { owner: "IRP", path: "RequestorMode", offset: offset_of!(_IRP, RequestorMode), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).RequestorMode }), align: 0 },
        Layout { owner: "IRP", path: "PendingReturned", offset: offset_of!(_IRP, PendingReturned), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).PendingReturned }), align: 0 },
        Layout { owner: "IRP", path: "StackCount", offset: offset_of!(_IRP, StackCount), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).StackCount }), align: 0 },
        Layout { owner: "IRP", path: "CurrentLocation", offset: offset_of!(_IRP, CurrentLocation), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).CurrentLocation }), align: 0 },
        Layout { owner: "IRP", path: "Cancel", offset: offset_of!(_IRP, Cancel), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).Cancel }), align: 0 },
        Layout { owner: "IRP", path: "CancelIrql", offset: offset_of!(_IRP, CancelIrql), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).CancelIrql }), align: 0 },
        Layout { owner: "IRP", path: "ApcEnvironment", offset: offset_of!(_IRP, ApcEnvironment), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).ApcEnvironment }), align: 0 },
        Layout { owner: "IRP", path: "AllocationFlags", offset: offset_of!(_IRP, AllocationFlags), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).AllocationFlags }), align: 0 },
        Layout { owner: "IRP", path: "UserIosb", offset: offset_of!(_IRP, UserIosb), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).UserIosb }), align: 0 },
        Layout { owner: "IRP", path: "UserEvent", offset: offset_of!(_IRP, UserEvent), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).UserEvent }), align: 0 },
        Layout { owner: "IRP", path: "Overlay", offset: offset_of!(_IRP, Overlay), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).Overlay }), align: 0 },
        Layout { owner: "IRP", path: "Overlay.AsynchronousParameters", offset: offset_of!(_IRP, Overlay.AsynchronousParameters), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).Overlay.AsynchronousParameters }), align: 0 },
        Layout { owner: "IRP", path: "Overlay.AsynchronousParameters.UserApcRoutine", offset: offset_of!(_IRP, Overlay.AsynchronousParameters.__bindgen_anon_1.UserApcRoutine), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).Overlay.AsynchronousParameters.__bindgen_anon_1.UserApcRoutine }), align: 0 },
        Layout { owner: "IRP", path: "Overlay.AsynchronousParameters.IssuingProcess", offset: offset_of!(_IRP, Overlay.AsynchronousParameters.__bindgen_anon_1.IssuingProcess), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).Overlay.AsynchronousParameters.__bindgen_anon_1.IssuingProcess }), align: 0 },
        Layout { owner: "IRP", path: "Overlay.AsynchronousParameters.UserApcContext", offset: offset_of!(_IRP, Overlay.AsynchronousParameters.UserApcContext), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).Overlay.AsynchronousParameters.UserApcContext }), align: 0 },
        Layout { owner: "IRP", path: "Overlay.AllocationSize", offset: offset_of!(_IRP, Overlay.AllocationSize), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).Overlay.AllocationSize }), align: 0 },
        Layout { owner: "IRP", path: "CancelRoutine", offset: offset_of!(_IRP, CancelRoutine), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).CancelRoutine }), align: 0 },
        Layout { owner: "IRP", path: "UserBuffer", offset: offset_of!(_IRP, UserBuffer), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).UserBuffer }), align: 0 },
        Layout { owner: "IRP", path: "Tail", offset: offset_of!(_IRP, Tail), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).Tail }), align: 0 },
        Layout { owner: "IRP", path: "Tail.Overlay", offset: offset_of!(_IRP, Tail.Overlay), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).Tail.Overlay }), align: 0 },
        Layout { owner: "IRP", path: "Tail.Overlay.DriverContext", offset: offset_of!(_IRP, Tail.Overlay.__bindgen_anon_1.__bindgen_anon_1.DriverContext), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).Tail.Overlay.__bindgen_anon_1.__bindgen_anon_1.DriverContext }), align: 0 },
        Layout { owner: "IRP", path: "Tail.Overlay.Thread", offset: offset_of!(_IRP, Tail.Overlay.Thread), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).Tail.Overlay.Thread }), align: 0 },
        Layout { owner: "IRP", path: "Tail.Overlay.AuxiliaryBuffer", offset: offset_of!(_IRP, Tail.Overlay.AuxiliaryBuffer), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).Tail.Overlay.AuxiliaryBuffer }), align: 0 },
        Layout { owner: "IRP", path: "Tail.Overlay.ListEntry", offset: offset_of!(_IRP, Tail.Overlay.__bindgen_anon_2.ListEntry), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).Tail.Overlay.__bindgen_anon_2.ListEntry }), align: 0 },
        Layout { owner: "IRP", path: "Tail.Overlay.CurrentStackLocation", offset: offset_of!(_IRP, Tail.Overlay.__bindgen_anon_2.__bindgen_anon_1.CurrentStackLocation), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).Tail.Overlay.__bindgen_anon_2.__bindgen_anon_1.CurrentStackLocation }), align: 0 },
        Layout { owner: "IRP", path: "Tail.Overlay.PacketType", offset: offset_of!(_IRP, Tail.Overlay.__bindgen_anon_2.__bindgen_anon_1.PacketType), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).Tail.Overlay.__bindgen_anon_2.__bindgen_anon_1.PacketType }), align: 0 },
        Layout { owner: "IRP", path: "Tail.Overlay.OriginalFileObject", offset: offset_of!(_IRP, Tail.Overlay.OriginalFileObject), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).Tail.Overlay.OriginalFileObject }), align: 0 },
        Layout { owner: "IRP", path: "Tail.CompletionKey", offset: offset_of!(_IRP, Tail.CompletionKey), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).Tail.CompletionKey }), align: 0 },
        Layout { owner: "IRP", path: "Tail.__reserved", offset: offset_of!(_IRP, Tail.__reserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const _IRP| unsafe { &raw const (*it).Tail.__reserved }), align: 0 },
        Layout { owner: "KDPC", path: "", offset: 0, size: size_of::<_KDPC>(), align: align_of::<_KDPC>() },
        Layout { owner: "KDPC", path: "TargetInfoAsUlong", offset: offset_of!(_KDPC, __bindgen_anon_1.TargetInfoAsUlong), // SAFETY: only the type of the place is used.
            size: field(|it: *const _KDPC| unsafe { &raw const (*it).__bindgen_anon_1.TargetInfoAsUlong }), align: 0 },
        Layout { owner: "KDPC", path: "Type", offset: offset_of!(_KDPC, __bindgen_anon_1.__bindgen_anon_1.Type), // SAFETY: only the type of the place is used.
            size: field(|it: *const _KDPC| unsafe { &raw const (*it).__bindgen_anon_1.__bindgen_anon_1.Type }), align: 0 },
        Layout { owner: "KDPC", path: "Importance", offset: offset_of!(_KDPC, __bindgen_anon_1.__bindgen_anon_1.Importance), // SAFETY: only the type of the place is used.
            size: field(|it: *const _KDPC| unsafe { &raw const (*it).__bindgen_anon_1.__bindgen_anon_1.Importance }), align: 0 },
        Layout { owner: "KDPC", path: "Number", offset: offset_of!(_KDPC, __bindgen_anon_1.__bindgen_anon_1.Number), // SAFETY: only the type of the place is used.
            size: field(|it: *const _KDPC| unsafe { &raw const (*it).__bindgen_anon_1.__bindgen_anon_1.Number }), align: 0 },
        Layout { owner: "KDPC", path: "DpcListEntry", offset: offset_of!(_KDPC, DpcListEntry), // SAFETY: only the type of the place is used.
            size: field(|it: *const _KDPC| unsafe { &raw const (*it).DpcListEntry }), align: 0 },
        Layout { owner: "KDPC", path: "ProcessorHistory", offset: offset_of!(_KDPC, ProcessorHistory), // SAFETY: only the type of the place is used.
            size: field(|it: *const _KDPC| unsafe { &raw const (*it).ProcessorHistory }), align: 0 },
        Layout { owner: "KDPC", path: "DeferredRoutine", offset: offset_of!(_KDPC, DeferredRoutine), // SAFETY: only the type of the place is used.
            size: field(|it: *const _KDPC| unsafe { &raw const (*it).DeferredRoutine }), align: 0 },
        Layout { owner: "KDPC", path: "DeferredContext", offset: offset_of!(_KDPC, DeferredContext), // SAFETY: only the type of the place is used.
            size: field(|it: *const _KDPC| unsafe { &raw const (*it).DeferredContext }), align: 0 },
        Layout { owner: "KDPC", path: "SystemArgument1", offset: offset_of!(_KDPC, SystemArgument1), // SAFETY: only the type of the place is used.
            size: field(|it: *const _KDPC| unsafe { &raw const (*it).SystemArgument1 }), align: 0 },
        Layout { owner: "KDPC", path: "SystemArgument2", offset: offset_of!(_KDPC, SystemArgument2), // SAFETY: only the type of the place is used.
            size: field(|it: *const _KDPC| unsafe { &raw const (*it).SystemArgument2 }), align: 0 },
        Layout { owner: "KDPC", path: "DpcData", offset: offset_of!(_KDPC, DpcData), // SAFETY: only the type of the place is used.
            size: field(|it: *const _KDPC| unsafe { &raw const (*it).DpcData }), align: 0 },
        Layout { owner: "KEVENT", path: "", offset: 0, size: size_of::<_KEVENT>(), align: align_of::<_KEVENT>() },
        Layout { owner: "KEVENT", path: "Header", offset: offset_of!(_KEVENT, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const _KEVENT| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "KTIMER", path: "", offset: 0, size: size_of::<_KTIMER>(), align: align_of::<_KTIMER>() },
        Layout { owner: "KTIMER", path: "Header", offset: offset_of!(_KTIMER, Header), // SAFETY: only the type of the place is used.
            size: field(|it: *const _KTIMER| unsafe { &raw const (*it).Header }), align: 0 },
        Layout { owner: "KTIMER", path: "DueTime", offset: offset_of!(_KTIMER, DueTime), // SAFETY: only the type of the place is used.
            size: field(|it: *const _KTIMER| unsafe { &raw const (*it).DueTime }), align: 0 },
        Layout { owner: "KTIMER", path: "TimerListEntry", offset: offset_of!(_KTIMER, TimerListEntry), // SAFETY: only the type of the place is used.
            size: field(|it: *const _KTIMER| unsafe { &raw const (*it).TimerListEntry }), align: 0 },
        Layout { owner: "KTIMER", path: "Dpc", offset: offset_of!(_KTIMER, Dpc), // SAFETY: only the type of the place is used.
            size: field(|it: *const _KTIMER| unsafe { &raw const (*it).Dpc }), align: 0 },
        Layout { owner: "KTIMER", path: "Processor", offset: offset_of!(_KTIMER, Processor), // SAFETY: only the type of the place is used.
            size: field(|it: *const _KTIMER| unsafe { &raw const (*it).Processor }), align: 0 },
        Layout { owner: "KTIMER", path: "Period", offset: offset_of!(_KTIMER, Period), // SAFETY: only the type of the place is used.
            size: field(|it: *const _KTIMER| unsafe { &raw const (*it).Period }), align: 0 },
        Layout { owner: "LARGE_INTEGER", path: "", offset: 0, size: size_of::<_LARGE_INTEGER>(), align: align_of::<_LARGE_INTEGER>() },
        Layout { owner: "LARGE_INTEGER", path: "LowPart", offset: offset_of!(_LARGE_INTEGER, __bindgen_anon_1.LowPart), // SAFETY: only the type of the place is used.
            size: field(|it: *const _LARGE_INTEGER| unsafe { &raw const (*it).__bindgen_anon_1.LowPart }), align: 0 },
        Layout { owner: "LARGE_INTEGER", path: "HighPart", offset: offset_of!(_LARGE_INTEGER, __bindgen_anon_1.HighPart), // SAFETY: only the type of the place is used.
            size: field(|it: *const _LARGE_INTEGER| unsafe { &raw const (*it).__bindgen_anon_1.HighPart }), align: 0 },
        Layout { owner: "LARGE_INTEGER", path: "u", offset: offset_of!(_LARGE_INTEGER, u), // SAFETY: only the type of the place is used.
            size: field(|it: *const _LARGE_INTEGER| unsafe { &raw const (*it).u }), align: 0 },
        Layout { owner: "LARGE_INTEGER", path: "u.LowPart", offset: offset_of!(_LARGE_INTEGER, u.LowPart), // SAFETY: only the type of the place is used.
            size: field(|it: *const _LARGE_INTEGER| unsafe { &raw const (*it).u.LowPart }), align: 0 },
        Layout { owner: "LARGE_INTEGER", path: "u.HighPart", offset: offset_of!(_LARGE_INTEGER, u.HighPart), // SAFETY: only the type of the place is used.
            size: field(|it: *const _LARGE_INTEGER| unsafe { &raw const (*it).u.HighPart }), align: 0 },
        Layout { owner: "LARGE_INTEGER", path: "QuadPart", offset: offset_of!(_LARGE_INTEGER, QuadPart), // SAFETY: only the type of the place is used.
            size: field(|it: *const _LARGE_INTEGER| unsafe { &raw const (*it).QuadPart }), align: 0 },
        Layout { owner: "LIST_ENTRY", path: "", offset: 0, size: size_of::<_LIST_ENTRY>(), align: align_of::<_LIST_ENTRY>() },
        Layout { owner: "LIST_ENTRY", path: "Flink", offset: offset_of!(_LIST_ENTRY, Flink), // SAFETY: only the type of the place is used.
            size: field(|it: *const _LIST_ENTRY| unsafe { &raw const (*it).Flink }), align: 0 },
        Layout { owner: "LIST_ENTRY", path: "Blink", offset: offset_of!(_LIST_ENTRY, Blink), // SAFETY: only the type of the place is used.
            size: field(|it: *const _LIST_ENTRY| unsafe { &raw const (*it).Blink }), align: 0 },
        Layout { owner: "MDL", path: "", offset: 0, size: size_of::<_MDL>(), align: align_of::<_MDL>() },
        Layout { owner: "MDL", path: "Next", offset: offset_of!(_MDL, Next), // SAFETY: only the type of the place is used.
            size: field(|it: *const _MDL| unsafe { &raw const (*it).Next }), align: 0 },
        Layout { owner: "MDL", path: "Size", offset: offset_of!(_MDL, Size), // SAFETY: only the type of the place is used.
            size: field(|it: *const _MDL| unsafe { &raw const (*it).Size }), align: 0 },
        Layout { owner: "MDL", path: "MdlFlags", offset: offset_of!(_MDL, MdlFlags), // SAFETY: only the type of the place is used.
            size: field(|it: *const _MDL| unsafe { &raw const (*it).MdlFlags }), align: 0 },
        Layout { owner: "MDL", path: "Process", offset: offset_of!(_MDL, Process), // SAFETY: only the type of the place is used.
            size: field(|it: *const _MDL| unsafe { &raw const (*it).Process }), align: 0 },
        Layout { owner: "MDL", path: "MappedSystemVa", offset: offset_of!(_MDL, MappedSystemVa), // SAFETY: only the type of the place is used.
            size: field(|it: *const _MDL| unsafe { &raw const (*it).MappedSystemVa }), align: 0 },
        Layout { owner: "MDL", path: "StartVa", offset: offset_of!(_MDL, StartVa), // SAFETY: only the type of the place is used.
            size: field(|it: *const _MDL| unsafe { &raw const (*it).StartVa }), align: 0 },
        Layout { owner: "MDL", path: "ByteCount", offset: offset_of!(_MDL, ByteCount), // SAFETY: only the type of the place is used.
            size: field(|it: *const _MDL| unsafe { &raw const (*it).ByteCount }), align: 0 },
        Layout { owner: "MDL", path: "ByteOffset", offset: offset_of!(_MDL, ByteOffset), // SAFETY: only the type of the place is used.
            size: field(|it: *const _MDL| unsafe { &raw const (*it).ByteOffset }), align: 0 },
        Layout { owner: "OBJECT_ATTRIBUTES", path: "", offset: 0, size: size_of::<_OBJECT_ATTRIBUTES>(), align: align_of::<_OBJECT_ATTRIBUTES>() },
        Layout { owner: "OBJECT_ATTRIBUTES", path: "Length", offset: offset_of!(_OBJECT_ATTRIBUTES, Length), // SAFETY: only the type of the place is used.
            size: field(|it: *const _OBJECT_ATTRIBUTES| unsafe { &raw const (*it).Length }), align: 0 },
        Layout { owner: "OBJECT_ATTRIBUTES", path: "RootDirectory", offset: offset_of!(_OBJECT_ATTRIBUTES, RootDirectory), // SAFETY: only the type of the place is used.
            size: field(|it: *const _OBJECT_ATTRIBUTES| unsafe { &raw const (*it).RootDirectory }), align: 0 },
        Layout { owner: "OBJECT_ATTRIBUTES", path: "ObjectName", offset: offset_of!(_OBJECT_ATTRIBUTES, ObjectName), // SAFETY: only the type of the place is used.
            size: field(|it: *const _OBJECT_ATTRIBUTES| unsafe { &raw const (*it).ObjectName }), align: 0 },
        Layout { owner: "OBJECT_ATTRIBUTES", path: "Attributes", offset: offset_of!(_OBJECT_ATTRIBUTES, Attributes), // SAFETY: only the type of the place is used.
            size: field(|it: *const _OBJECT_ATTRIBUTES| unsafe { &raw const (*it).Attributes }), align: 0 },
        Layout { owner: "OBJECT_ATTRIBUTES", path: "SecurityDescriptor", offset: offset_of!(_OBJECT_ATTRIBUTES, SecurityDescriptor), // SAFETY: only the type of the place is used.
            size: field(|it: *const _OBJECT_ATTRIBUTES| unsafe { &raw const (*it).SecurityDescriptor }), align: 0 },
        Layout { owner: "OBJECT_ATTRIBUTES", path: "SecurityQualityOfService", offset: offset_of!(_OBJECT_ATTRIBUTES, SecurityQualityOfService), // SAFETY: only the type of the place is used.
            size: field(|it: *const _OBJECT_ATTRIBUTES| unsafe { &raw const (*it).SecurityQualityOfService }), align: 0 },
        Layout { owner: "OBJECT_HANDLE_INFORMATION", path: "", offset: 0, size: size_of::<_OBJECT_HANDLE_INFORMATION>(), align: align_of::<_OBJECT_HANDLE_INFORMATION>() },
        Layout { owner: "OBJECT_HANDLE_INFORMATION", path: "HandleAttributes", offset: offset_of!(_OBJECT_HANDLE_INFORMATION, HandleAttributes), // SAFETY: only the type of the place is used.
            size: field(|it: *const _OBJECT_HANDLE_INFORMATION| unsafe { &raw const (*it).HandleAttributes }), align: 0 },
        Layout { owner: "OBJECT_HANDLE_INFORMATION", path: "GrantedAccess", offset: offset_of!(_OBJECT_HANDLE_INFORMATION, GrantedAccess), // SAFETY: only the type of the place is used.
            size: field(|it: *const _OBJECT_HANDLE_INFORMATION| unsafe { &raw const (*it).GrantedAccess }), align: 0 },
        Layout { owner: "PROCESSOR_NUMBER", path: "", offset: 0, size: size_of::<_PROCESSOR_NUMBER>(), align: align_of::<_PROCESSOR_NUMBER>() },
        Layout { owner: "PROCESSOR_NUMBER", path: "Group", offset: offset_of!(_PROCESSOR_NUMBER, Group), // SAFETY: only the type of the place is used.
            size: field(|it: *const _PROCESSOR_NUMBER| unsafe { &raw const (*it).Group }), align: 0 },
        Layout { owner: "PROCESSOR_NUMBER", path: "Number", offset: offset_of!(_PROCESSOR_NUMBER, Number), // SAFETY: only the type of the place is used.
            size: field(|it: *const _PROCESSOR_NUMBER| unsafe { &raw const (*it).Number }), align: 0 },
        Layout { owner: "PROCESSOR_NUMBER", path: "Reserved", offset: offset_of!(_PROCESSOR_NUMBER, Reserved), // SAFETY: only the type of the place is used.
            size: field(|it: *const _PROCESSOR_NUMBER| unsafe { &raw const (*it).Reserved }), align: 0 },
        Layout { owner: "SINGLE_LIST_ENTRY", path: "", offset: 0, size: size_of::<_SINGLE_LIST_ENTRY>(), align: align_of::<_SINGLE_LIST_ENTRY>() },
        Layout { owner: "SINGLE_LIST_ENTRY", path: "Next", offset: offset_of!(_SINGLE_LIST_ENTRY, Next), // SAFETY: only the type of the place is used.
            size: field(|it: *const _SINGLE_LIST_ENTRY| unsafe { &raw const (*it).Next }), align: 0 },
        Layout { owner: "ULARGE_INTEGER", path: "", offset: 0, size: size_of::<_ULARGE_INTEGER>(), align: align_of::<_ULARGE_INTEGER>() },
        Layout { owner: "ULARGE_INTEGER", path: "LowPart", offset: offset_of!(_ULARGE_INTEGER, __bindgen_anon_1.LowPart), // SAFETY: only the type of the place is used.
            size: field(|it: *const _ULARGE_INTEGER| unsafe { &raw const (*it).__bindgen_anon_1.LowPart }), align: 0 },
        Layout { owner: "ULARGE_INTEGER", path: "HighPart", offset: offset_of!(_ULARGE_INTEGER, __bindgen_anon_1.HighPart), // SAFETY: only the type of the place is used.
            size: field(|it: *const _ULARGE_INTEGER| unsafe { &raw const (*it).__bindgen_anon_1.HighPart }), align: 0 },
        Layout { owner: "ULARGE_INTEGER", path: "u", offset: offset_of!(_ULARGE_INTEGER, u), // SAFETY: only the type of the place is used.
            size: field(|it: *const _ULARGE_INTEGER| unsafe { &raw const (*it).u }), align: 0 },
        Layout { owner: "ULARGE_INTEGER", path: "u.LowPart", offset: offset_of!(_ULARGE_INTEGER, u.LowPart), // SAFETY: only the type of the place is used.
            size: field(|it: *const _ULARGE_INTEGER| unsafe { &raw const (*it).u.LowPart }), align: 0 },
        Layout { owner: "ULARGE_INTEGER", path: "u.HighPart", offset: offset_of!(_ULARGE_INTEGER, u.HighPart), // SAFETY: only the type of the place is used.
            size: field(|it: *const _ULARGE_INTEGER| unsafe { &raw const (*it).u.HighPart }), align: 0 },
        Layout { owner: "ULARGE_INTEGER", path: "QuadPart", offset: offset_of!(_ULARGE_INTEGER, QuadPart), // SAFETY: only the type of the place is used.
            size: field(|it: *const _ULARGE_INTEGER| unsafe { &raw const (*it).QuadPart }), align: 0 },
        Layout { owner: "UNICODE_STRING", path: "", offset: 0, size: size_of::<_UNICODE_STRING>(), align: align_of::<_UNICODE_STRING>() },
        Layout { owner: "UNICODE_STRING", path: "Length", offset: offset_of!(_UNICODE_STRING, Length), // SAFETY: only the type of the place is used.
            size: field(|it: *const _UNICODE_STRING| unsafe { &raw const (*it).Length }), align: 0 },
        Layout { owner: "UNICODE_STRING", path: "MaximumLength", offset: offset_of!(_UNICODE_STRING, MaximumLength), // SAFETY: only the type of the place is used.
            size: field(|it: *const _UNICODE_STRING| unsafe { &raw const (*it).MaximumLength }), align: 0 },
        Layout { owner: "UNICODE_STRING", path: "Buffer", offset: offset_of!(_UNICODE_STRING, Buffer), // SAFETY: only the type of the place is used.
            size: field(|it: *const _UNICODE_STRING| unsafe { &raw const (*it).Buffer }), align: 0 },
    ];

    pub const CONSTANTS: &[Constant] = &[
        Constant { name: "APC_LEVEL", value: APC_LEVEL as i128 },
        Constant { name: "DISPATCH_LEVEL", value: DISPATCH_LEVEL as i128 },
        Constant { name: "PASSIVE_LEVEL", value: PASSIVE_LEVEL as i128 },
        Constant { name: "POOL_FLAG_NON_PAGED", value: POOL_FLAG_NON_PAGED as i128 },
        Constant { name: "STATUS_SUCCESS", value: STATUS_SUCCESS as i128 },
        Constant { name: "STATUS_UNSUCCESSFUL", value: STATUS_UNSUCCESSFUL as i128 },
        Constant { name: "MDL_MAPPED_TO_SYSTEM_VA", value: MDL_MAPPED_TO_SYSTEM_VA as i128 },
        Constant { name: "MDL_PAGES_LOCKED", value: MDL_PAGES_LOCKED as i128 },
        Constant { name: "MDL_SOURCE_IS_NONPAGED_POOL", value: MDL_SOURCE_IS_NONPAGED_POOL as i128 },
        Constant { name: "MDL_PARTIAL", value: MDL_PARTIAL as i128 },
        Constant { name: "MDL_PARTIAL_HAS_BEEN_MAPPED", value: MDL_PARTIAL_HAS_BEEN_MAPPED as i128 },
        Constant { name: "MdlMappingNoExecute", value: MdlMappingNoExecute as i128 },
        Constant { name: "PAGE_SHIFT", value: PAGE_SHIFT as i128 },
        Constant { name: "PAGE_SIZE", value: PAGE_SIZE as i128 },
        Constant { name: "SL_INVOKE_ON_CANCEL", value: SL_INVOKE_ON_CANCEL as i128 },
        Constant { name: "SL_INVOKE_ON_SUCCESS", value: SL_INVOKE_ON_SUCCESS as i128 },
        Constant { name: "SL_INVOKE_ON_ERROR", value: SL_INVOKE_ON_ERROR as i128 },
        Constant { name: "THREAD_ALL_ACCESS", value: THREAD_ALL_ACCESS as i128 },
        Constant { name: "POOL_FLAG_UNINITIALIZED", value: POOL_FLAG_UNINITIALIZED as i128 },
        Constant { name: "POOL_FLAG_CACHE_ALIGNED", value: POOL_FLAG_CACHE_ALIGNED as i128 },
        Constant { name: "MediumHighImportance", value: _KDPC_IMPORTANCE::MediumHighImportance as i128 },
        Constant { name: "NotificationEvent", value: _EVENT_TYPE::NotificationEvent as i128 },
        Constant { name: "SynchronizationEvent", value: _EVENT_TYPE::SynchronizationEvent as i128 },
        Constant { name: "NotificationTimer", value: _TIMER_TYPE::NotificationTimer as i128 },
        Constant { name: "SynchronizationTimer", value: _TIMER_TYPE::SynchronizationTimer as i128 },
        Constant { name: "Executive", value: _KWAIT_REASON::Executive as i128 },
        Constant { name: "KernelMode", value: _MODE::KernelMode as i128 },
        Constant { name: "UserMode", value: _MODE::UserMode as i128 },
        Constant { name: "MaximumMode", value: _MODE::MaximumMode as i128 },
        Constant { name: "MmNonCached", value: _MEMORY_CACHING_TYPE::MmNonCached as i128 },
        Constant { name: "MmCached", value: _MEMORY_CACHING_TYPE::MmCached as i128 },
        Constant { name: "MmWriteCombined", value: _MEMORY_CACHING_TYPE::MmWriteCombined as i128 },
        Constant { name: "LowPagePriority", value: _MM_PAGE_PRIORITY::LowPagePriority as i128 },
        Constant { name: "NormalPagePriority", value: _MM_PAGE_PRIORITY::NormalPagePriority as i128 },
        Constant { name: "HighPagePriority", value: _MM_PAGE_PRIORITY::HighPagePriority as i128 },
    ];

    pub const FUNCTIONS: &[Function] = &[
        Function { name: "DRIVER_INITIALIZE", arguments: &[size_of::<* mut _DRIVER_OBJECT>(), size_of::<PUNICODE_STRING>()], returns: size_of::<NTSTATUS>() },
        Function { name: "DRIVER_STARTIO", arguments: &[size_of::<* mut _DEVICE_OBJECT>(), size_of::<* mut _IRP>()], returns: 0 },
        Function { name: "DRIVER_UNLOAD", arguments: &[size_of::<* mut _DRIVER_OBJECT>()], returns: 0 },
        Function { name: "DRIVER_DISPATCH", arguments: &[size_of::<* mut _DEVICE_OBJECT>(), size_of::<* mut _IRP>()], returns: size_of::<NTSTATUS>() },
        Function { name: "PETWENABLECALLBACK", arguments: &[size_of::<LPCGUID>(), size_of::<ULONG>(), size_of::<UCHAR>(), size_of::<ULONGLONG>(), size_of::<ULONGLONG>(), size_of::<PEVENT_FILTER_DESCRIPTOR>(), size_of::<PVOID>()], returns: 0 },
        Function { name: "DbgPrint", arguments: &[size_of::<PCSTR>()], returns: size_of::<ULONG>() },
        Function { name: "ExAllocatePool2", arguments: &[size_of::<POOL_FLAGS>(), size_of::<SIZE_T>(), size_of::<ULONG>()], returns: size_of::<PVOID>() },
        Function { name: "ExFreePool", arguments: &[size_of::<PVOID>()], returns: 0 },
        Function { name: "KeBugCheckEx", arguments: &[size_of::<ULONG>(), size_of::<ULONG_PTR>(), size_of::<ULONG_PTR>(), size_of::<ULONG_PTR>(), size_of::<ULONG_PTR>()], returns: 0 },
        Function { name: "KeGetCurrentIrql", arguments: &[], returns: size_of::<KIRQL>() },
        Function { name: "DbgPrintEx", arguments: &[size_of::<ULONG>(), size_of::<ULONG>(), size_of::<PCSTR>()], returns: size_of::<ULONG>() },
        Function { name: "ExFreePoolWithTag", arguments: &[size_of::<PVOID>(), size_of::<ULONG>()], returns: 0 },
        Function { name: "IoAllocateErrorLogEntry", arguments: &[size_of::<PVOID>(), size_of::<UCHAR>()], returns: size_of::<PVOID>() },
        Function { name: "IoAllocateIrp", arguments: &[size_of::<CCHAR>(), size_of::<BOOLEAN>()], returns: size_of::<PIRP>() },
        Function { name: "IoAllocateMdl", arguments: &[size_of::<PVOID>(), size_of::<ULONG>(), size_of::<BOOLEAN>(), size_of::<BOOLEAN>(), size_of::<PIRP>()], returns: size_of::<PMDL>() },
        Function { name: "IoBuildPartialMdl", arguments: &[size_of::<PMDL>(), size_of::<PMDL>(), size_of::<PVOID>(), size_of::<ULONG>()], returns: 0 },
        Function { name: "IoFreeIrp", arguments: &[size_of::<PIRP>()], returns: 0 },
        Function { name: "IoFreeMdl", arguments: &[size_of::<PMDL>()], returns: 0 },
        Function { name: "IoReuseIrp", arguments: &[size_of::<PIRP>(), size_of::<NTSTATUS>()], returns: 0 },
        Function { name: "IoWriteErrorLogEntry", arguments: &[size_of::<PVOID>()], returns: 0 },
        Function { name: "KeAcquireSpinLockAtDpcLevel", arguments: &[size_of::<PKSPIN_LOCK>()], returns: 0 },
        Function { name: "KeAcquireSpinLockRaiseToDpc", arguments: &[size_of::<PKSPIN_LOCK>()], returns: size_of::<KIRQL>() },
        Function { name: "KeCancelTimer", arguments: &[size_of::<PKTIMER>()], returns: size_of::<BOOLEAN>() },
        Function { name: "KeClearEvent", arguments: &[size_of::<PRKEVENT>()], returns: 0 },
        Function { name: "KeFlushQueuedDpcs", arguments: &[], returns: 0 },
        Function { name: "KeGetCurrentProcessorNumberEx", arguments: &[size_of::<PPROCESSOR_NUMBER>()], returns: size_of::<ULONG>() },
        Function { name: "KeInitializeDpc", arguments: &[size_of::<PRKDPC>(), size_of::<PKDEFERRED_ROUTINE>(), size_of::<PVOID>()], returns: 0 },
        Function { name: "KeInitializeEvent", arguments: &[size_of::<PRKEVENT>(), size_of::<EVENT_TYPE>(), size_of::<BOOLEAN>()], returns: 0 },
        Function { name: "KeInitializeTimer", arguments: &[size_of::<PKTIMER>()], returns: 0 },
        Function { name: "KeInsertQueueDpc", arguments: &[size_of::<PRKDPC>(), size_of::<PVOID>(), size_of::<PVOID>()], returns: size_of::<BOOLEAN>() },
        Function { name: "KeLowerIrql", arguments: &[size_of::<KIRQL>()], returns: 0 },
        Function { name: "KeQueryInterruptTimePrecise", arguments: &[size_of::<PULONG64>()], returns: size_of::<ULONG64>() },
        Function { name: "KeReleaseSpinLock", arguments: &[size_of::<PKSPIN_LOCK>(), size_of::<KIRQL>()], returns: 0 },
        Function { name: "KeReleaseSpinLockFromDpcLevel", arguments: &[size_of::<PKSPIN_LOCK>()], returns: 0 },
        Function { name: "KeRemoveQueueDpc", arguments: &[size_of::<PRKDPC>()], returns: size_of::<BOOLEAN>() },
        Function { name: "KeSetEvent", arguments: &[size_of::<PRKEVENT>(), size_of::<KPRIORITY>(), size_of::<BOOLEAN>()], returns: size_of::<LONG>() },
        Function { name: "KeSetImportanceDpc", arguments: &[size_of::<PRKDPC>(), size_of::<KDPC_IMPORTANCE>()], returns: 0 },
        Function { name: "KeSetTargetProcessorDpcEx", arguments: &[size_of::<PKDPC>(), size_of::<PPROCESSOR_NUMBER>()], returns: size_of::<NTSTATUS>() },
        Function { name: "KeSetTimer", arguments: &[size_of::<PKTIMER>(), size_of::<LARGE_INTEGER>(), size_of::<PKDPC>()], returns: size_of::<BOOLEAN>() },
        Function { name: "KeWaitForSingleObject", arguments: &[size_of::<PVOID>(), size_of::<KWAIT_REASON>(), size_of::<KPROCESSOR_MODE>(), size_of::<BOOLEAN>(), size_of::<PLARGE_INTEGER>()], returns: size_of::<NTSTATUS>() },
        Function { name: "KfRaiseIrql", arguments: &[size_of::<KIRQL>()], returns: size_of::<KIRQL>() },
        Function { name: "MmBuildMdlForNonPagedPool", arguments: &[size_of::<PMDL>()], returns: 0 },
        Function { name: "MmMapLockedPagesSpecifyCache", arguments: &[size_of::<PMDL>(), size_of::<KPROCESSOR_MODE>(), size_of::<MEMORY_CACHING_TYPE>(), size_of::<PVOID>(), size_of::<ULONG>(), size_of::<ULONG>()], returns: size_of::<PVOID>() },
        Function { name: "MmUnmapLockedPages", arguments: &[size_of::<PVOID>(), size_of::<PMDL>()], returns: 0 },
        Function { name: "ObReferenceObjectByHandle", arguments: &[size_of::<HANDLE>(), size_of::<ACCESS_MASK>(), size_of::<POBJECT_TYPE>(), size_of::<KPROCESSOR_MODE>(), size_of::<* mut PVOID>(), size_of::<POBJECT_HANDLE_INFORMATION>()], returns: size_of::<NTSTATUS>() },
        Function { name: "ObfDereferenceObject", arguments: &[size_of::<PVOID>()], returns: size_of::<LONG_PTR>() },
        Function { name: "PsCreateSystemThread", arguments: &[size_of::<PHANDLE>(), size_of::<ULONG>(), size_of::<POBJECT_ATTRIBUTES>(), size_of::<HANDLE>(), size_of::<PCLIENT_ID>(), size_of::<PKSTART_ROUTINE>(), size_of::<PVOID>()], returns: size_of::<NTSTATUS>() },
        Function { name: "ZwClose", arguments: &[size_of::<HANDLE>()], returns: size_of::<NTSTATUS>() },
        Function { name: "EtwActivityIdControl", arguments: &[size_of::<ULONG>(), size_of::<LPGUID>()], returns: size_of::<NTSTATUS>() },
        Function { name: "EtwRegister", arguments: &[size_of::<LPCGUID>(), size_of::<PETWENABLECALLBACK>(), size_of::<PVOID>(), size_of::<PREGHANDLE>()], returns: size_of::<NTSTATUS>() },
        Function { name: "EtwSetInformation", arguments: &[size_of::<REGHANDLE>(), size_of::<EVENT_INFO_CLASS>(), size_of::<PVOID>(), size_of::<ULONG>()], returns: size_of::<NTSTATUS>() },
        Function { name: "EtwUnregister", arguments: &[size_of::<REGHANDLE>()], returns: size_of::<NTSTATUS>() },
        Function { name: "EtwWriteTransfer", arguments: &[size_of::<REGHANDLE>(), size_of::<PCEVENT_DESCRIPTOR>(), size_of::<LPCGUID>(), size_of::<LPCGUID>(), size_of::<ULONG>(), size_of::<PEVENT_DATA_DESCRIPTOR>()], returns: size_of::<NTSTATUS>() },
        Function { name: "KDEFERRED_ROUTINE", arguments: &[size_of::<* mut _KDPC>(), size_of::<PVOID>(), size_of::<PVOID>(), size_of::<PVOID>()], returns: 0 },
        Function { name: "KSTART_ROUTINE", arguments: &[size_of::<PVOID>()], returns: 0 },
        Function { name: "IO_COMPLETION_ROUTINE", arguments: &[size_of::<PDEVICE_OBJECT>(), size_of::<PIRP>(), size_of::<PVOID>()], returns: size_of::<NTSTATUS>() },
        Function { name: "DRIVER_CANCEL", arguments: &[size_of::<* mut _DEVICE_OBJECT>(), size_of::<* mut _IRP>()], returns: 0 },
        Function { name: "PIO_APC_ROUTINE", arguments: &[size_of::<PVOID>(), size_of::<PIO_STATUS_BLOCK>(), size_of::<ULONG>()], returns: 0 },
    ];
}
