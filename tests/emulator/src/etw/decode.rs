//! Events that say themselves what is in them (TraceLogging), read as tools on Windows do.

use std::fmt;

use super::Event;

/// An event with its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    pub provider: String,
    pub name: String,
    pub level: u8,
    pub keyword: u64,
    pub fields: Vec<(String, Value)>,
}

/// A field's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Number(i128),
    Hex(u64),
    Bool(bool),
    Text(String),
    Guid(u128),
}

/// What a field's bytes are: `TlgIn…` of `TraceLoggingProvider.h`.
mod intype {
    pub(super) const UNICODE_STRING: u8 = 1;
    pub(super) const ANSI_STRING: u8 = 2;
    pub(super) const INT8: u8 = 3;
    pub(super) const UINT8: u8 = 4;
    pub(super) const INT16: u8 = 5;
    pub(super) const UINT16: u8 = 6;
    pub(super) const INT32: u8 = 7;
    pub(super) const UINT32: u8 = 8;
    pub(super) const INT64: u8 = 9;
    pub(super) const UINT64: u8 = 10;
    pub(super) const BOOL32: u8 = 13;
    pub(super) const GUID: u8 = 15;
    pub(super) const HEX_INT32: u8 = 20;
    pub(super) const HEX_INT64: u8 = 21;
    pub(super) const COUNTED_STRING: u8 = 22;
    pub(super) const COUNTED_ANSI_STRING: u8 = 23;
}

/// Bit of an in-type, an out-type or a byte of a tag: another byte follows.
const CHAIN: u8 = 0x80;
/// The bits of an in-type that make it an array.
const COUNTS: u8 = 0x60;
/// `TlgOutBOOLEAN`.
const OUT_BOOLEAN: u8 = 3;
/// `TlgOutHEX`.
const OUT_HEX: u8 = 4;

impl Event {
    /// `None` when it does not say what it is, or not well.
    #[must_use]
    pub fn decode(&self) -> Option<Decoded> {
        let mut provider = Bytes(self.provider_metadata.get(2..)?);
        let mut metadata = Bytes(self.metadata.get(2..)?);
        let right = |bytes: &[u8]| {
            bytes
                .first_chunk()
                .map(|size| usize::from(u16::from_le_bytes(*size)))
                == Some(bytes.len())
        };
        if !right(&self.provider_metadata) || !right(&self.metadata) {
            return None;
        }
        metadata.chained()?;
        let name = metadata.text()?;
        let mut data = Bytes(&self.data);
        let mut fields = Vec::new();
        while !metadata.0.is_empty() {
            fields.push(field(&mut metadata, &mut data)?);
        }
        data.0.is_empty().then_some(Decoded {
            provider: provider.text()?,
            name,
            level: self.descriptor.Level,
            keyword: self.descriptor.Keyword,
            fields,
        })
    }
}

/// The next field: its description, and its value.
fn field(metadata: &mut Bytes<'_>, data: &mut Bytes<'_>) -> Option<(String, Value)> {
    let name = metadata.text()?;
    let [kind] = metadata.take()?;
    let mut out = 0;
    if kind & CHAIN != 0 {
        [out] = metadata.take()?;
        if out & CHAIN != 0 {
            metadata.chained()?;
        }
    }
    if kind & COUNTS != 0 {
        return None;
    }
    let value = match (kind & !CHAIN, out & !CHAIN) {
        (intype::UINT8, OUT_BOOLEAN) => Value::Bool(data.take::<1>()? != [0]),
        (intype::UINT8, OUT_HEX) => Value::Hex(u8::from_le_bytes(data.take()?).into()),
        (kind, _) => value(kind, data)?,
    };
    Some((name, value))
}

fn value(kind: u8, data: &mut Bytes<'_>) -> Option<Value> {
    Some(match kind {
        intype::INT8 => Value::Number(i8::from_le_bytes(data.take()?).into()),
        intype::UINT8 => Value::Number(u8::from_le_bytes(data.take()?).into()),
        intype::INT16 => Value::Number(i16::from_le_bytes(data.take()?).into()),
        intype::UINT16 => Value::Number(u16::from_le_bytes(data.take()?).into()),
        intype::INT32 => Value::Number(i32::from_le_bytes(data.take()?).into()),
        intype::UINT32 => Value::Number(u32::from_le_bytes(data.take()?).into()),
        intype::INT64 => Value::Number(i64::from_le_bytes(data.take()?).into()),
        intype::UINT64 => Value::Number(u64::from_le_bytes(data.take()?).into()),
        intype::BOOL32 => Value::Bool(data.take::<4>()? != [0; 4]),
        intype::HEX_INT32 => Value::Hex(u32::from_le_bytes(data.take()?).into()),
        intype::HEX_INT64 => Value::Hex(u64::from_le_bytes(data.take()?)),
        intype::GUID => Value::Guid(u128::from_le_bytes(data.take()?)),
        intype::ANSI_STRING => Value::Text(data.text()?),
        intype::UNICODE_STRING => {
            let units = data.0.chunks_exact(2).take_while(|unit| *unit != [0, 0]);
            let length = 2 * units.count();
            let text = wide(data.bytes(length)?);
            data.take::<2>()?;
            Value::Text(text)
        }
        intype::COUNTED_STRING => Value::Text(wide(data.counted()?)),
        intype::COUNTED_ANSI_STRING => {
            Value::Text(String::from_utf8_lossy(data.counted()?).into_owned())
        }
        _ => return None,
    })
}

fn wide(bytes: &[u8]) -> String {
    let units = bytes
        .chunks_exact(2)
        .map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    char::decode_utf16(units)
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// Bytes that are still to be read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }

    fn counted(&mut self) -> Option<&'a [u8]> {
        let count = u16::from_le_bytes(self.take()?);
        self.bytes(count.into())
    }

    /// Up to a zero, which is taken too.
    fn text(&mut self) -> Option<String> {
        let length = self.0.iter().position(|&byte| byte == 0)?;
        let text = String::from_utf8(self.bytes(length)?.to_vec()).ok();
        self.take::<1>()?;
        text
    }

    /// Bytes up to one that says that no other follows.
    fn chained(&mut self) -> Option<()> {
        while self.take::<1>()?[0] & CHAIN != 0 {}
        Some(())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Hex(number) => write!(f, "{number:#x}"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Text(text) => write!(f, "{text}"),
            Self::Guid(guid) => write!(f, "{guid:032x}"),
        }
    }
}

/// `softrnic ConnectionEnded: local 10.0.0.1:445, …`
impl fmt::Display for Decoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.provider, self.name)?;
        let mut before = ": ";
        for (name, value) in &self.fields {
            write!(f, "{before}{name} {value}")?;
            before = ", ";
        }
        Ok(())
    }
}
