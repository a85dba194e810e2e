//! One side's objects: fabric, domain, queues, memory and endpoint. They live as long as the process.

use std::{
    ffi::{CString, c_void},
    ptr,
};

use super::{
    abi::{self, Completion, CqAttr, EqAttr, Event, Fid, Info},
    library::Library,
};

/// Entries of the completion queue.
const DEPTH: usize = 4096;
/// How long a queue is waited for at once, in milliseconds.
const WAIT: i32 = 100;

pub(super) struct End {
    library: Library,
    sleeps: bool,
    info: *mut Info,
    fabric: *mut abi::Fabric,
    events: *mut abi::Eq,
    domain: *mut abi::Domain,
    completions: *mut abi::Cq,
    memory: *mut abi::Mr,
    endpoint: *mut abi::Ep,
    listener: *mut abi::Passive,
    /// What is sent, and behind it what is received and written to.
    buffer: Box<[u8]>,
    /// The peer's part that is written to: address and key.
    peer: (u64, u64),
    contexts: Box<[[u64; 8]; 4]>,
    /// Completions of receives.
    pub(super) received: u64,
    /// Completions of everything else.
    pub(super) sent: u64,
}

impl End {
    fn new(library: Library, size: usize, sleeps: bool) -> Self {
        Self {
            library,
            sleeps,
            info: ptr::null_mut(),
            fabric: ptr::null_mut(),
            events: ptr::null_mut(),
            domain: ptr::null_mut(),
            completions: ptr::null_mut(),
            memory: ptr::null_mut(),
            endpoint: ptr::null_mut(),
            listener: ptr::null_mut(),
            buffer: vec![0; 2 * size.max(4096)].into_boxed_slice(),
            peer: (0, 0),
            contexts: Box::default(),
            received: 0,
            sent: 0,
        }
    }

    /// The side that connects, to the other's `port`.
    pub(super) fn client(
        library: Library,
        size: usize,
        sleeps: bool,
        port: u16,
    ) -> Result<Self, String> {
        let mut end = Self::new(library, size, sleeps);
        let service = CString::new(port.to_string()).map_err(|error| error.to_string())?;
        end.info = end.library.get_info(Some(&service), 0, end.hints())?;
        end.open()?;
        Ok(end)
    }

    /// The side that listens, and its port.
    pub(super) fn server(
        library: Library,
        size: usize,
        sleeps: bool,
    ) -> Result<(Self, u16), String> {
        let mut end = Self::new(library, size, sleeps);
        end.info = end.library.get_info(None, abi::FI_SOURCE, end.hints())?;
        end.open()?;
        let (mut name, mut length) = ([0u8; 64], 64);
        // SAFETY: the objects are open; the name has the room that is said.
        unsafe {
            let passive = (*(*end.fabric).ops).passive_ep;
            let result = passive(end.fabric, end.info, &raw mut end.listener, ptr::null_mut());
            end.check(result, "fi_passive_ep")?;
            end.bind(end.listener.cast(), end.events.cast(), 0)?;
            let cm = (*end.listener).cm;
            end.check(((*cm).listen)(end.listener), "fi_listen")?;
            let result = ((*cm).getname)(
                end.listener.cast(),
                name.as_mut_ptr().cast(),
                &raw mut length,
            );
            end.check(result, "fi_getname")?;
        }
        Ok((end, u16::from_be_bytes([name[2], name[3]])))
    }

    fn hints(&self) -> *mut Info {
        let hints = self.library.hints();
        // SAFETY: the library made it, with all its attributes, and nobody else has it; the name stays its own.
        unsafe {
            (*hints).caps = abi::FI_MSG | abi::FI_RMA;
            (*hints).mode = abi::FI_CONTEXT | abi::FI_CONTEXT2;
            (*hints).addr_format = abi::FI_SOCKADDR_IN;
            (*(*hints).ep_attr).kind = abi::FI_EP_MSG;
            (*(*hints).domain_attr).threading = abi::FI_THREAD_DOMAIN;
            (*(*hints).domain_attr).mr_mode = abi::FI_MR_LOCAL
                | abi::FI_MR_VIRT_ADDR
                | abi::FI_MR_ALLOCATED
                | abi::FI_MR_PROV_KEY;
            (*(*hints).fabric_attr).prov_name = libc::strdup(c"tcp".as_ptr());
        }
        hints
    }

    fn open(&mut self) -> Result<(), String> {
        self.fabric = self.library.open_fabric(self.info)?;
        let mut attributes = EqAttr {
            size: 0,
            flags: 0,
            wait_obj: abi::FI_WAIT_UNSPEC,
            signaling_vector: 0,
            wait_set: 0,
        };
        // SAFETY: the fabric is open; the attributes outlive the call.
        let result = unsafe {
            let open = (*(*self.fabric).ops).eq_open;
            open(
                self.fabric,
                &raw mut attributes,
                &raw mut self.events,
                ptr::null_mut(),
            )
        };
        self.check(result, "fi_eq_open")
    }

    fn open_domain(&mut self, info: *mut Info) -> Result<(), String> {
        let access = abi::FI_SEND
            | abi::FI_RECV
            | abi::FI_READ
            | abi::FI_WRITE
            | abi::FI_REMOTE_READ
            | abi::FI_REMOTE_WRITE;
        let mut attributes = CqAttr {
            size: DEPTH,
            flags: 0,
            format: abi::FI_CQ_FORMAT_MSG,
            wait_obj: if self.sleeps {
                abi::FI_WAIT_UNSPEC
            } else {
                abi::FI_WAIT_NONE
            },
            signaling_vector: 0,
            wait_cond: 0,
            wait_set: 0,
        };
        // SAFETY: the fabric is open; attributes outlive the call; the buffer stays as long as the process.
        unsafe {
            let open = (*(*self.fabric).ops).domain;
            let result = open(self.fabric, info, &raw mut self.domain, ptr::null_mut());
            self.check(result, "fi_domain")?;
            let open = (*(*self.domain).ops).cq_open;
            let result = open(
                self.domain,
                &raw mut attributes,
                &raw mut self.completions,
                ptr::null_mut(),
            );
            self.check(result, "fi_cq_open")?;
            let register = (*(*self.domain).mr).reg;
            let (start, length) = (self.buffer.as_ptr().cast(), self.buffer.len());
            let domain = self.domain.cast::<Fid>();
            let result = register(
                domain,
                start,
                length,
                access,
                0,
                7,
                0,
                &raw mut self.memory,
                ptr::null_mut(),
            );
            self.check(result, "fi_mr_reg")
        }
    }

    fn open_endpoint(&mut self, info: *mut Info) -> Result<(), String> {
        if self.domain.is_null() {
            self.open_domain(info)?;
        }
        // SAFETY: the domain is open, and the information is the library's.
        unsafe {
            let open = (*(*self.domain).ops).endpoint;
            let result = open(self.domain, info, &raw mut self.endpoint, ptr::null_mut());
            self.check(result, "fi_endpoint")?;
            let endpoint = self.endpoint.cast::<Fid>();
            self.bind(
                endpoint,
                self.completions.cast(),
                abi::FI_SEND | abi::FI_RECV,
            )?;
            self.bind(endpoint, self.events.cast(), 0)?;
            let result = ((*(*endpoint).ops).control)(endpoint, abi::FI_ENABLE, ptr::null_mut());
            self.check(result, "fi_enable")
        }
    }

    /// # Safety
    ///
    /// Both are open objects of the library.
    unsafe fn bind(&self, object: *mut Fid, queue: *mut Fid, flags: u64) -> Result<(), String> {
        // SAFETY: the caller's promise.
        let result = unsafe { ((*(*object).ops).bind)(object, queue, flags) };
        self.check(result, "fi_bind")
    }

    fn check(&self, result: i32, what: &str) -> Result<(), String> {
        self.library.check(result as isize, what).map(drop)
    }

    pub(super) fn connect(&mut self) -> Result<(), String> {
        self.open_endpoint(self.info)?;
        // SAFETY: the endpoint is open; the address came with the information.
        let result = unsafe {
            let connect = (*(*self.endpoint).cm).connect;
            connect(self.endpoint, (*self.info).dest_addr, ptr::null(), 0)
        };
        self.check(result, "fi_connect")?;
        self.event(abi::FI_CONNECTED).map(drop)
    }

    pub(super) fn accept(&mut self) -> Result<(), String> {
        let info = self.event(abi::FI_CONNREQ)?.info;
        self.open_endpoint(info)?;
        // SAFETY: the endpoint is open.
        let result = unsafe { ((*(*self.endpoint).cm).accept)(self.endpoint, ptr::null(), 0) };
        self.check(result, "fi_accept")?;
        self.event(abi::FI_CONNECTED)?;
        self.library.free(info);
        Ok(())
    }

    /// Ends the connection.
    pub(super) fn close(&mut self) -> Result<(), String> {
        let endpoint = self.endpoint.cast::<Fid>();
        // SAFETY: the endpoint is open, and not used again.
        let result = unsafe { ((*(*endpoint).ops).close)(endpoint) };
        self.endpoint = ptr::null_mut();
        self.check(result, "fi_close")
    }

    /// Waits for an event of the connection manager; others are passed over.
    fn event(&mut self, wanted: u32) -> Result<Event, String> {
        loop {
            let (mut kind, mut event) = (0, Event::empty());
            let room = size_of::<Event>();
            // SAFETY: the queue is open; the event has the room that is said.
            let result = unsafe {
                let read = (*(*self.events).ops).sread;
                read(
                    self.events,
                    &raw mut kind,
                    (&raw mut event).cast(),
                    room,
                    WAIT,
                    0,
                )
            };
            match result {
                _ if result == -abi::FI_EAGAIN => self.look()?,
                _ if result == -abi::FI_EAVAIL => return Err(self.failed_event()),
                _ => {
                    self.library.check(result, "fi_eq_sread")?;
                    if kind == wanted {
                        return Ok(event);
                    }
                }
            }
        }
    }

    fn failed_event(&self) -> String {
        let mut failed = abi::FailedEvent::default();
        // SAFETY: the queue is open.
        unsafe { ((*(*self.events).ops).readerr)(self.events, &raw mut failed, 0) };
        self.library.failure(failed.err as isize, "an event")
    }

    /// Lets a provider without threads work while an event is waited for.
    fn look(&mut self) -> Result<(), String> {
        if self.completions.is_null() {
            return Ok(());
        }
        self.poll()
    }

    /// Takes what the completion queue has; sleeps until there is something where that is wanted.
    pub(super) fn progress(&mut self) -> Result<(), String> {
        self.take(self.sleeps)
    }

    /// The same, without sleeping.
    pub(super) fn poll(&mut self) -> Result<(), String> {
        self.take(false)
    }

    fn take(&mut self, sleeping: bool) -> Result<(), String> {
        let mut found = [Completion::default(); 64];
        let (entries, room) = (found.as_mut_ptr().cast::<c_void>(), found.len());
        // SAFETY: the queue is open, and there is room for so many entries.
        let result = unsafe {
            let ops = (*self.completions).ops;
            if sleeping {
                ((*ops).sread)(self.completions, entries, room, ptr::null(), WAIT)
            } else {
                ((*ops).read)(self.completions, entries, room)
            }
        };
        if result == -abi::FI_EAGAIN {
            return Ok(());
        }
        if result == -abi::FI_EAVAIL {
            let mut failed = abi::FailedCompletion::default();
            // SAFETY: the queue is open.
            unsafe { ((*(*self.completions).ops).readerr)(self.completions, &raw mut failed, 0) };
            return Err(self.library.failure(failed.err as isize, "a completion"));
        }
        let count = self.library.check(result, "fi_cq_read")?;
        let receives = found
            .iter()
            .take(count)
            .filter(|one| one.flags & abi::FI_RECV != 0);
        let receives = receives.count() as u64;
        self.received += receives;
        self.sent += count as u64 - receives;
        Ok(())
    }

    /// Where the peer may write: address and key.
    pub(super) fn region(&mut self) -> (u64, u64) {
        // SAFETY: the domain is open, and the memory registered.
        let (mode, key) = unsafe { ((*(*self.info).domain_attr).mr_mode, (*self.memory).key) };
        if mode & abi::FI_MR_VIRT_ADDR != 0 {
            (self.sink() as u64, key)
        } else {
            (self.buffer.len() as u64 / 2, key)
        }
    }

    pub(super) fn set_peer(&mut self, peer: (u64, u64)) {
        self.peer = peer;
    }

    fn sink(&mut self) -> *mut u8 {
        let half = self.buffer.len() / 2;
        self.buffer[half..].as_mut_ptr()
    }

    /// The byte at `at` of what the peer writes to, and the one that is sent from there.
    pub(super) fn written(&mut self, at: usize) -> u8 {
        // SAFETY: within the buffer; the library may change it while we look.
        unsafe { self.sink().add(at).read_volatile() }
    }

    pub(super) fn set_source(&mut self, at: usize, value: u8) {
        self.buffer[at] = value;
    }

    /// Tries `post` until there is room.
    fn post(&mut self, mut post: impl FnMut(&mut Self) -> isize) -> Result<(), String> {
        loop {
            let result = post(self);
            if result != -abi::FI_EAGAIN {
                return self.library.check(result, "a request").map(drop);
            }
            self.progress()?;
        }
    }

    fn context(&mut self, kind: usize) -> *mut c_void {
        self.contexts[kind].as_mut_ptr().cast()
    }

    pub(super) fn receive(&mut self, size: usize) -> Result<(), String> {
        self.post(|end| {
            let (sink, context) = (end.sink().cast(), end.context(0));
            // SAFETY: the endpoint is open, and the memory is registered and stays.
            unsafe {
                let receive = (*(*end.endpoint).msg).recv;
                receive(
                    end.endpoint,
                    sink,
                    size,
                    (*end.memory).mem_desc,
                    abi::FI_ADDR_UNSPEC,
                    context,
                )
            }
        })
    }

    pub(super) fn send(&mut self, size: usize) -> Result<(), String> {
        self.post(|end| {
            let (source, context) = (end.buffer.as_ptr().cast(), end.context(1));
            // SAFETY: as for `receive`.
            unsafe {
                let send = (*(*end.endpoint).msg).send;
                send(
                    end.endpoint,
                    source,
                    size,
                    (*end.memory).mem_desc,
                    abi::FI_ADDR_UNSPEC,
                    context,
                )
            }
        })
    }

    pub(super) fn write(&mut self, size: usize) -> Result<(), String> {
        self.post(|end| {
            let (source, context, (at, key)) =
                (end.buffer.as_ptr().cast(), end.context(2), end.peer);
            // SAFETY: as for `receive`; the peer registered the range.
            unsafe {
                let write = (*(*end.endpoint).rma).write;
                let description = (*end.memory).mem_desc;
                write(
                    end.endpoint,
                    source,
                    size,
                    description,
                    abi::FI_ADDR_UNSPEC,
                    at,
                    key,
                    context,
                )
            }
        })
    }

    pub(super) fn read(&mut self, size: usize) -> Result<(), String> {
        self.post(|end| {
            let (sink, context, (at, key)) = (end.sink().cast(), end.context(3), end.peer);
            // SAFETY: as for `write`.
            unsafe {
                let read = (*(*end.endpoint).rma).read;
                let description = (*end.memory).mem_desc;
                read(
                    end.endpoint,
                    sink,
                    size,
                    description,
                    abi::FI_ADDR_UNSPEC,
                    at,
                    key,
                    context,
                )
            }
        })
    }
}
