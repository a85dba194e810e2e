//! What the numbers of a Terminate mean, in words, for whoever reads a log: RFC 5040 section 4.8,
//! RFC 5041 section 7.2, RFC 5044 section 8, RFC 6580, RFC 6581 section 8.

/// Layer and type as on the wire, code, and what they say.
#[rustfmt::skip]
const MEANINGS: &[(u8, u8, &str)] = &[
    (0x01, 0x00, "remote protection: invalid STag"),
    (0x01, 0x01, "remote protection: base or bounds"),
    (0x01, 0x02, "remote protection: access rights"),
    (0x01, 0x03, "remote protection: STag of another stream"),
    (0x01, 0x04, "remote protection: offset wraps"),
    (0x01, 0x09, "remote protection: STag cannot be invalidated"),
    (0x01, 0xff, "remote protection: unspecified"),
    (0x02, 0x05, "remote operation: RDMAP version"),
    (0x02, 0x06, "remote operation: unexpected opcode"),
    (0x02, 0x07, "remote operation: catastrophic, this stream"),
    (0x02, 0x08, "remote operation: catastrophic, global"),
    (0x02, 0x09, "remote operation: STag cannot be invalidated"),
    (0x02, 0xff, "remote operation: unspecified"),
    (0x11, 0x00, "tagged buffer: invalid STag"),
    (0x11, 0x01, "tagged buffer: base or bounds"),
    (0x11, 0x02, "tagged buffer: STag of another stream"),
    (0x11, 0x03, "tagged buffer: offset wraps"),
    (0x11, 0x04, "tagged buffer: DDP version"),
    (0x12, 0x01, "untagged buffer: queue number"),
    (0x12, 0x02, "untagged buffer: none posted"),
    (0x12, 0x03, "untagged buffer: sequence number"),
    (0x12, 0x04, "untagged buffer: message offset"),
    (0x12, 0x05, "untagged buffer: message too long"),
    (0x12, 0x06, "untagged buffer: DDP version"),
    (0x20, 0x01, "MPA: TCP connection lost"),
    (0x20, 0x02, "MPA: CRC"),
    (0x20, 0x03, "MPA: marker and length differ"),
    (0x20, 0x04, "MPA: invalid request or reply"),
    (0x20, 0x05, "MPA: local catastrophic"),
    (0x20, 0x06, "MPA: insufficient inbound reads"),
    (0x20, 0x07, "MPA: no matching ready-to-receive"),
];

/// The layer of MPA's errors, and the type that two families of adapters put beside it.
const MPA: u8 = 0x20;
const MPA_OF_HARDWARE: u8 = 0x23;

/// What a Terminate of these numbers says.
pub fn meaning(layer_and_type: u8, code: u8) -> &'static str {
    let layer_and_type = match layer_and_type {
        MPA_OF_HARDWARE => MPA,
        other => other,
    };
    match layer_and_type {
        0x00 => "RDMAP: local catastrophic",
        0x10 => "DDP: local catastrophic",
        _ => MEANINGS
            .iter()
            .find(|(known, number, _)| (*known, *number) == (layer_and_type, code))
            .map_or("no code of the RFCs", |(_, _, meaning)| meaning),
    }
}
