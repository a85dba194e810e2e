//! How a simulated network behaves.

use crate::sched::Random;

/// How the network behaves.
#[derive(Clone, Debug)]
pub struct Weather {
    /// The choices' stream.
    pub seed: u64,
    /// Nanoseconds that anything is on its way: shortest and longest.
    pub latency: (u64, u64),
    /// Nanoseconds for each KiB.
    pub pace: u64,
    /// Bytes that a sender's TCP takes before it says no.
    pub send_buffer: u64,
    /// Bytes that a receiver's TCP holds unread.
    pub window: u64,
    /// Most bytes in one segment; a share of the segments are shorter.
    pub segment: u64,
    /// One segment in so many is held up, and all behind it. 0: none.
    pub stalls: u64,
    /// For so many nanoseconds at most.
    pub stall: u64,
    /// One segment in so many is never there: the connection is reset instead. 0: none.
    pub resets: u64,
    /// One segment in so many is the last that is seen of its connection: nothing arrives at either end any more, no FIN
    /// and no reset, until both ends' TCP gives up. 0: none.
    pub vanishes: u64,
    /// Nanoseconds until it does.
    pub gives_up: u64,
    /// One connect in so many is refused though somebody listens. 0: none.
    pub refusals: u64,
}

impl Default for Weather {
    fn default() -> Self {
        Self {
            seed: 1,
            latency: (5_000, 30_000),
            pace: 100,
            send_buffer: 256 << 10,
            window: 256 << 10,
            segment: 1448,
            stalls: 0,
            stall: 0,
            resets: 0,
            vanishes: 0,
            gives_up: 1_000_000_000,
            refusals: 0,
        }
    }
}

impl Weather {
    /// Fair or foul, as `seed` says; connections are reset now and then when `resets`.
    #[must_use]
    pub fn of(seed: u64, resets: bool) -> Self {
        let mut random = Random::new(seed ^ 0x3EA7_4E12_0000_0003);
        let latency = *random.pick(&[1_000, 20_000, 300_000]);
        let stalls = *random.pick(&[0, 0, 40, 400]);
        let mut weather = Self {
            seed: random.number(),
            latency: (latency, latency * *random.pick(&[1, 2, 8])),
            pace: *random.pick(&[10, 100, 4_000]),
            send_buffer: *random.pick(&[2 << 10, 16 << 10, 256 << 10]),
            window: *random.pick(&[1 << 10, 16 << 10, 256 << 10]),
            segment: *random.pick(&[37, 536, 1448, 1448, 8948, 65_000]),
            stalls,
            stall: *random.pick(&[1_000_000, 50_000_000]),
            resets: if resets {
                *random.pick(&[50, 300, 2_000])
            } else {
                0
            },
            refusals: if resets { *random.pick(&[0, 0, 10]) } else { 0 },
            ..Self::default()
        };
        if resets {
            weather.vanishes = *random.pick(&[0, 0, 0, 0, 40, 300]);
            weather.gives_up = *random.pick(&[50_000_000, 4_000_000_000, 12_000_000_000]);
        }
        weather
    }
}
