//! The checksum alone: the driver's, and those of well-known crates.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use crate::{
    machine,
    point::{Kind, Point},
    provider,
    rounds::{Contender, Measured, Role},
};

/// The crate that targets are made for, in tables.
pub const CRATE: &str = "crate crc32c";
const FAST: &str = "crate crc-fast";

/// One implementation of CRC32C.
pub struct Checksum {
    name: &'static str,
    role: Role,
    of: fn(&[u8]) -> u32,
}

impl Checksum {
    /// Ours, and the crates'.
    #[must_use]
    pub fn all() -> [Self; 3] {
        let one = |name, role, of| Self { name, role, of };
        [
            one(provider::names(true)[0], Role::Ours, |bytes| {
                softrnic::crc32c::update(0, bytes)
            }),
            one(CRATE, Role::Peer, crc32c::crc32c),
            one(FAST, Role::Peer, |bytes| {
                let algorithm = crc_fast::CrcAlgorithm::Crc32Iscsi;
                crc_fast::checksum(algorithm, bytes) as u32
            }),
        ]
    }

    /// Checksums a second of the same `size` bytes.
    fn per_second(&self, size: usize, time: Duration) -> f64 {
        const AT_ONCE: u32 = 64;
        let bytes: Vec<u8> = (0..size).map(|index| (index * 7) as u8).collect();
        let _pinned = machine::pin(0);
        let (mut made, started) = (0, Instant::now());
        while started.elapsed() < time {
            for _ in 0..AT_ONCE {
                black_box((self.of)(black_box(&bytes)));
            }
            made += AT_ONCE;
        }
        f64::from(made) / started.elapsed().as_secs_f64()
    }
}

impl Contender for Checksum {
    fn name(&self) -> &str {
        self.name
    }

    fn role(&self) -> Role {
        self.role
    }

    fn measure(&mut self, point: &Point, time: Duration) -> Result<Measured, String> {
        if point.kind != Kind::Crc {
            return Ok(Measured::NotMine);
        }
        let rate = self.per_second(point.size, time);
        Ok(Measured::Number(point.unit.of_rate(rate, point.size)))
    }
}

#[cfg(test)]
mod tests {
    use super::Checksum;

    /// RFC 3720 B.4: what the nine digits check to.
    #[test]
    fn all_compute_the_same() {
        for one in Checksum::all() {
            assert_eq!((one.of)(b"123456789"), 0xE306_9283, "{}", one.name);
        }
    }
}
