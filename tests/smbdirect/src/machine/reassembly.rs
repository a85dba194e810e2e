//! A message that arrives in fragments (MS-SMBD 3.1.5.8).

use super::Violation;

/// What has come of the message, and what is still to come.
#[derive(Debug, Default)]
pub(super) struct Reassembly {
    bytes: Vec<u8>,
    remaining: u32,
}

impl Reassembly {
    /// Takes a fragment behind which `remaining` bytes are to come; the whole message, if it was the last. Nothing is
    /// allocated by `remaining`: only what came is kept.
    pub(super) fn add(
        &mut self,
        data: &[u8],
        remaining: u32,
    ) -> Result<Option<Vec<u8>>, Violation> {
        let here = data.len() as u64 + u64::from(remaining);
        if self.remaining != 0 && here != u64::from(self.remaining) {
            return Err(Violation::Fragment);
        }
        self.bytes.extend_from_slice(data);
        self.remaining = remaining;
        Ok((remaining == 0).then(|| std::mem::take(&mut self.bytes)))
    }
}
