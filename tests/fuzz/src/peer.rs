//! What a peer says first.

use softrnic_oracle::mpa::{Enhanced, Start};

use crate::cursor::Cursor;

/// A start-up frame of revision 1 without private data.
#[must_use]
pub fn plain(reply: bool, crc: bool) -> Start {
    Start {
        reply,
        crc,
        revision: 1,
        ..Start::default()
    }
}

/// A start-up frame that may be agreed on, by the input's choice.
#[must_use]
pub fn start(reply: bool, input: &mut Cursor<'_>) -> Start {
    let [flags, kinds] = [input.byte(), input.byte()];
    let bit = |byte: u8, at: u8| byte >> at & 1 == 1;
    let enhanced = bit(flags, 0).then(|| Enhanced {
        peer: bit(kinds, 0),
        send: bit(kinds, 1),
        write: bit(kinds, 2),
        read: bit(kinds, 3),
        ird: input.byte().into(),
        ord: input.byte().into(),
    });
    let len = usize::from(input.byte());
    Start {
        reply,
        markers: bit(flags, 1),
        crc: bit(flags, 2),
        reject: reply && flags & 0x38 == 0x38,
        revision: if bit(flags, 0) { 2 } else { 1 },
        enhanced,
        private: input.take(len).to_vec(),
    }
}
