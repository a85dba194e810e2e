//! A machine whose adapter is paired with a NIC, a bare cable end on the same switch, and eyes above the adapter.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use softrnic::sys;
use softrnic_build::Image;
use softrnic_consumer::{Host, Loaded};
use softrnic_emulator::ndis::{Adapter, AdapterOptions, Keyword, Watcher};
use softrnic_emulator::nic::{Mac, Nic, NicOptions, Station, Switch, Weather};
use softrnic_emulator::{Attachment, Machine, Options};

use crate::SOON;

/// The cable end's address.
pub const PEER: Mac = [2, 0, 0, 0, 0, 9];
/// The address an adapter gets where a test needs to know it.
pub const OWN: Mac = [2, 0, 0, 0, 0, 7];
pub const EVERYBODY: Mac = [0xFF; 6];
/// What all frames carry.
pub const KIND: u16 = 0x88B5;

/// What the layers above ask an adapter for.
pub const USUAL: u32 = sys::NDIS_PACKET_TYPE_DIRECTED
    | sys::NDIS_PACKET_TYPE_MULTICAST
    | sys::NDIS_PACKET_TYPE_BROADCAST;

/// One machine; dropping it takes everything down, and the verifier looks at what is left.
pub struct Paired {
    pub machine: &'static Machine,
    pub switch: Arc<Switch>,
    pub peer: Station,
    pub nic: Option<Nic>,
    loaded: Option<Loaded>,
    /// Where the image is.
    path: PathBuf,
    guid: String,
    attachment: Option<Attachment>,
}

impl Paired {
    /// The NIC is there first; the adapter runs, and its NIC is bound.
    #[must_use]
    pub fn new(options: NicOptions) -> Self {
        let mut paired = Self::without_adapter(options);
        paired.add_adapter(&[]);
        paired.wait_bound(1);
        paired
    }

    /// The driver is loaded, and nothing waits for the NIC.
    #[must_use]
    pub fn without_adapter(options: NicOptions) -> Self {
        let image = softrnic_build::image().expect("the image builds");
        Self::of(&image, Machine::new(Options::default()), options)
    }

    /// The same with another image, on a machine made ready for it.
    #[must_use]
    pub fn of(image: &Image, machine: &'static Machine, options: NicOptions) -> Self {
        let attachment = machine.attach();
        let switch = Switch::new(Weather::default());
        let peer = switch.station(PEER);
        let nic = machine.add_nic(&switch, options);
        let loaded = Host::load(machine, &image.path, Vec::new()).expect("the image starts");
        Self {
            machine,
            switch,
            peer,
            path: image.path.clone(),
            guid: nic.guid(),
            nic: Some(nic),
            loaded: Some(loaded),
            attachment: Some(attachment),
        }
    }

    /// Starts the adapter that is paired with the NIC, with these keywords more.
    pub fn add_adapter(&mut self, keywords: &[(&str, Keyword)]) {
        self.try_add_adapter(keywords).expect("the adapter starts");
    }

    /// As `add_adapter`, where it may fail.
    ///
    /// # Errors
    /// The driver's status.
    pub fn try_add_adapter(&mut self, keywords: &[(&str, Keyword)]) -> Result<(), i32> {
        let own: String = OWN.iter().map(|byte| format!("{byte:02X}")).collect();
        let usual = [
            ("PairedAdapter", Keyword::from(self.guid.as_str())),
            ("NetworkAddress", Keyword::from(own.as_str())),
        ];
        let all = usual.iter().chain(keywords);
        let options = AdapterOptions {
            keywords: all
                .map(|(name, value)| ((*name).into(), value.clone()))
                .collect(),
            ..AdapterOptions::default()
        };
        let loaded = self.loaded.as_mut().expect("loaded");
        loaded
            .adapters
            .push(self.machine.add_adapter(&loaded.driver, options)?);
        Ok(())
    }

    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn adapter(&self) -> &Adapter {
        &self.loaded.as_ref().expect("loaded").adapters[0]
    }

    /// Takes it out, to be halted or removed.
    pub fn take_adapter(&mut self) -> Adapter {
        self.loaded.as_mut().expect("loaded").adapters.remove(0)
    }

    /// # Panics
    /// When it was taken out.
    #[must_use]
    pub fn nic(&self) -> &Nic {
        self.nic.as_ref().expect("a NIC")
    }

    /// Eyes above the adapter, which receives what is usual.
    #[must_use]
    pub fn watch(&self) -> Watcher {
        let above = self.machine.watch(&self.adapter().guid());
        assert_eq!(above.set_filter(USUAL), sys::NDIS_STATUS_SUCCESS);
        above
    }

    /// The driver looks for its NIC on a thread of its own.
    pub fn wait_bound(&self, bindings: usize) {
        self.wait(|paired| paired.nic().bindings() == bindings);
    }

    /// Until the adapter's link is up, and its NIC listens.
    pub fn wait_up(&self) {
        self.wait(|paired| paired.adapter().link().0 && paired.nic().filter() != 0);
        // The binding was told to go on, too.
        self.machine.ndis.settle(self.machine);
    }

    /// # Panics
    /// When it does not come true.
    pub fn wait(&self, what: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !what(self) {
            assert!(start.elapsed() < SOON, "it did not come true");
            std::thread::yield_now();
        }
    }

    /// A frame each way, behind whatever is on its way still.
    ///
    /// # Panics
    /// When one does not arrive.
    pub fn passes(&self, above: &Watcher) {
        let last = frame(PEER, OWN, b"the last one");
        let sent = above.send(&[&[&last]]);
        assert_eq!(sent, [sys::NDIS_STATUS_SUCCESS]);
        let mut down = std::iter::from_fn(|| self.peer.receive(SOON));
        assert!(down.any(|arrived| arrived.starts_with(&last)));
        self.peer.send_to(OWN, KIND, b"the last one");
        let mut up = std::iter::from_fn(|| above.receive(SOON));
        assert!(up.any(|arrived| arrived.ends_with(b"the last one")));
    }

    /// Calls `again` on threads of the machine until `meanwhile` returns.
    pub fn during(&self, again: &[&(dyn Fn() + Sync)], meanwhile: impl FnOnce()) {
        let (stop, machine) = (AtomicBool::new(false), self.machine);
        std::thread::scope(|scope| {
            for work in again {
                let stop = &stop;
                scope.spawn(move || {
                    let _attached = machine.attach();
                    while !stop.load(Ordering::Relaxed) {
                        work();
                    }
                });
            }
            meanwhile();
            stop.store(true, Ordering::Relaxed);
        });
    }

    /// Halts the adapters and unloads the driver, which must leave nothing; the NIC stays.
    pub fn unload(&mut self) {
        if let Some(loaded) = self.loaded.take() {
            loaded.unload();
        }
    }

    /// Loads it again.
    ///
    /// # Panics
    /// When it does not start.
    pub fn load(&mut self) {
        let loaded = Host::load(self.machine, &self.path, Vec::new());
        self.loaded = Some(loaded.expect("the image starts"));
    }

    /// What the driver leaves is a failure.
    fn end(&mut self) {
        self.unload();
        if let Some(nic) = self.nic.take() {
            nic.halt();
        }
    }
}

impl Drop for Paired {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.end();
        }
        drop(self.attachment.take());
        self.machine.stop();
    }
}

/// A frame to `to` from `from`.
#[must_use]
pub fn frame(to: Mac, from: Mac, payload: &[u8]) -> Vec<u8> {
    [&to[..], &from, &KIND.to_be_bytes(), payload].concat()
}
