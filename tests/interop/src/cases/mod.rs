//! The cases: what is said between softrnic and siw, and what must come of it.

mod connecting;
mod ending;
mod faults;
mod ordering;
mod perftest;
mod rping;
mod speed;
mod tools;
mod transfers;

use crate::net::{self, Link};
use crate::pair::Role;
use crate::world::World;

/// siw's switches: parameters of its module.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Siw {
    pub(crate) mpa_version: u8,
    pub(crate) crc: bool,
    /// Ends connections whose peer wants the checksum otherwise.
    pub(crate) crc_strict: bool,
    pub(crate) peer_to_peer: bool,
    /// 0x8000: by write, 0x4000: by read.
    pub(crate) rtr_kinds: u16,
    pub(crate) gso: bool,
    pub(crate) zero_copy: bool,
    pub(crate) nagle: bool,
    /// Mends the fault by which it does not see what arrives right after its reply.
    pub(crate) mended_accept: bool,
    /// Mends the fault by which it drops what comes right before a FIN.
    pub(crate) mended_close: bool,
    /// Mends the fault by which two of its senders are in one FPDU at once.
    pub(crate) mended_resume: bool,
    /// Mends the fault by which it finds a wrong checksum in a trailer that comes in two segments.
    pub(crate) mended_trailer: bool,
}

impl Siw {
    /// As the Linux kernel has it, but for the four faults that strike by chance.
    pub(crate) const STOCK: Self = Self {
        mpa_version: 2,
        crc: false,
        crc_strict: false,
        peer_to_peer: false,
        rtr_kinds: 0xC000,
        gso: false,
        zero_copy: true,
        nagle: false,
        mended_accept: true,
        mended_close: true,
        mended_resume: true,
        mended_trailer: true,
    };

    const fn crc(mut self) -> Self {
        self.crc = true;
        self
    }

    const fn revision_1(mut self) -> Self {
        self.mpa_version = 1;
        self
    }

    /// Asks for ready-to-receive frames of `kinds`.
    const fn ready(mut self, kinds: u16) -> Self {
        (self.peer_to_peer, self.rtr_kinds) = (true, kinds);
        self
    }

    const fn without_zero_copy(mut self) -> Self {
        self.zero_copy = false;
        self
    }

    const fn with_split_trailers(mut self) -> Self {
        self.mended_trailer = false;
        self
    }

    /// The shell command that sets them, for connections made from then on.
    pub(crate) fn command(&self) -> String {
        let on = |flag: bool| if flag { "Y" } else { "N" }.to_owned();
        let values = [
            ("mpa_version", self.mpa_version.to_string()),
            ("mpa_crc_required", on(self.crc)),
            ("mpa_crc_strict", on(self.crc_strict)),
            ("peer_to_peer", on(self.peer_to_peer)),
            ("rtr_type", self.rtr_kinds.to_string()),
            ("try_gso", on(self.gso)),
            ("zcopy_tx", on(self.zero_copy)),
            ("siw_tcp_nagle", on(self.nagle)),
            ("fix_accept", on(self.mended_accept)),
            ("fix_close", on(self.mended_close)),
            ("fix_resume", on(self.mended_resume)),
            ("fix_trailer", on(self.mended_trailer)),
        ];
        let set: Vec<String> = values
            .iter()
            .map(|(name, value)| format!("echo {value} > {name}"))
            .collect();
        format!("cd /sys/module/siw/parameters && {}", set.join(" && "))
    }
}

/// One case.
pub(crate) struct Case {
    /// What it is called: `family/what/how`.
    pub(crate) name: String,
    /// How siw is set for it.
    pub(crate) siw: Siw,
    /// How our adapter is set for it, beside its defaults.
    pub(crate) keywords: &'static [(&'static str, u32)],
    /// IPv4 or IPv6.
    pub(crate) link: Link,
    /// Panics when something is not as it must be.
    pub(crate) run: Box<dyn Fn(&World)>,
}

impl Case {
    fn new(name: impl Into<String>, run: impl Fn(&World) + 'static) -> Self {
        Self {
            name: name.into(),
            siw: Siw::STOCK,
            keywords: &[],
            link: net::FOUR,
            run: Box::new(run),
        }
    }

    fn six(mut self) -> Self {
        self.link = net::SIX;
        self
    }

    fn set(mut self, keywords: &'static [(&'static str, u32)]) -> Self {
        self.keywords = keywords;
        self
    }

    fn with(mut self, siw: Siw) -> Self {
        self.siw = siw;
        self
    }
}

/// A case for each role of siw and each version of IP, named `family/role/ip/what`.
fn both_roles(
    family: &str,
    what: &str,
    run: impl Fn(&World, Role) + Copy + 'static,
) -> impl Iterator<Item = Case> {
    let cases = [Role::SiwInitiates, Role::SiwResponds].map(|role| {
        let name = |ip: &str| format!("{family}/{}/{ip}/{what}", role.name());
        let run = move |world: &World| run(world, role);
        [
            Case::new(name("ipv4"), run),
            Case::new(name("ipv6"), run).six(),
        ]
    });
    cases.into_iter().flatten()
}

/// Every case, in the order they are run.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(rping::cases());
    cases.extend(tools::cases());
    cases.extend(perftest::cases());
    cases.extend(speed::cases());
    cases.extend(transfers::cases());
    cases.extend(ordering::cases());
    cases.extend(connecting::cases());
    cases.extend(ending::cases());
    cases.extend(faults::cases());
    cases
}
