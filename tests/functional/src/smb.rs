//! SMB Direct between the two adapters of a stage: a server that listens, channels to it, and a peer of a channel that is
//! nothing but a queue pair, for what no good peer says.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use softrnic_consumer::{Adapter, Connector, Listener, NtStatus, Patience, QpLimits};
use softrnic_emulator::Machine;
use softrnic_emulator::sync::Receiver;
use softrnic_smbdirect::share::{Served, Server};
use softrnic_smbdirect::{Channel, ChannelError, Settings};

use crate::peer::parameters;
use crate::{End, SOON, Stage, listen};

/// What became of a channel that a thread had to itself.
pub type Outcome<T> = JoinHandle<Result<T, ChannelError>>;

/// Both adapters of a stage, with a listener on the second.
pub struct Smb {
    machine: &'static Machine,
    /// The first adapter.
    pub client: Arc<Adapter>,
    /// The second.
    pub server: Arc<Adapter>,
    from: SocketAddr,
    to: SocketAddr,
    incoming: Receiver<Connector>,
    _listener: Listener,
}

impl Smb {
    /// Listens on some port.
    #[must_use]
    pub fn new(stage: &Stage) -> Self {
        Self::at(stage, 0)
    }

    /// Listens on `port`.
    ///
    /// # Panics
    /// When that fails.
    #[must_use]
    pub fn at(stage: &Stage, port: u16) -> Self {
        let (client, server) = (stage.open(0), stage.open(1));
        let (listener, incoming) = listen(&server, stage.address(1, port));
        Self {
            machine: stage.machine(),
            client,
            server,
            from: stage.address(0, 0),
            to: listener.local_address().expect("listening"),
            incoming,
            _listener: listener,
        }
    }

    /// How long these channels wait for a call.
    #[must_use]
    pub fn patience() -> Patience {
        Patience::new(SOON)
    }

    /// Does `work` on a thread of the machine.
    pub fn beside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> JoinHandle<T> {
        let machine = self.machine;
        thread::spawn(move || {
            let _attached = machine.attach();
            work()
        })
    }

    /// A channel that connects to `port`, and the thread that accepts it and does `work` on it.
    pub fn serve_at<T: Send + 'static>(
        &self,
        port: u16,
        (client, server): (Settings, Settings),
        work: impl FnOnce(&mut Channel) -> Result<T, ChannelError> + Send + 'static,
    ) -> (Result<Channel, ChannelError>, Outcome<T>) {
        thread::scope(|scope| {
            let (machine, adapter) = (self.machine, self.client.clone());
            let addresses = (self.from, SocketAddr::new(self.to.ip(), port));
            let connecting = scope.spawn(move || {
                let _attached = machine.attach();
                Channel::connect(&adapter, addresses, client, &Self::patience())
            });
            let connector = self.incoming.recv_timeout(SOON).expect("a connect event");
            let adapter = self.server.clone();
            let serving = self.beside(move || {
                let patience = Self::patience();
                let mut channel = Channel::accept(connector, &adapter, server, &patience)?;
                let done = work(&mut channel);
                channel.close()?;
                done
            });
            (connecting.join().expect("no panic"), serving)
        })
    }

    /// The same at the listener's own port, when it succeeds.
    ///
    /// # Panics
    /// When it doesn't.
    pub fn serve<T: Send + 'static>(
        &self,
        settings: (Settings, Settings),
        work: impl FnOnce(&mut Channel) -> Result<T, ChannelError> + Send + 'static,
    ) -> (Channel, Outcome<T>) {
        let (channel, serving) = self.serve_at(self.to.port(), settings, work);
        (channel.expect("a channel"), serving)
    }

    /// A channel to `server`'s file share.
    pub fn share(&self, server: &Arc<Server>) -> (Channel, Outcome<Served>) {
        let server = server.clone();
        self.serve((Settings::client(), Settings::server()), move |channel| {
            server.serve(channel)
        })
    }

    /// A channel that connects, and one of another `adapter` than the listener's that is to accept it.
    ///
    /// # Panics
    /// When there is nothing to accept.
    pub fn accept_elsewhere(
        &self,
        adapter: &Arc<Adapter>,
    ) -> (Outcome<()>, Result<(), ChannelError>) {
        let (client, addresses) = (self.client.clone(), (self.from, self.to));
        let connecting = self.beside(move || {
            let patience = Self::patience();
            Channel::connect(&client, addresses, Settings::client(), &patience).map(drop)
        });
        let connector = self.incoming.recv_timeout(SOON).expect("a connect event");
        let patience = Self::patience();
        let accepted = Channel::accept(connector, adapter, Settings::server(), &patience);
        (connecting, accepted.map(drop))
    }

    /// A channel that accepts with `settings` and waits for a message; a queue pair is its peer.
    ///
    /// # Panics
    /// When they do not connect.
    #[must_use]
    pub fn rude_client(&self, settings: Settings) -> (Rude, Outcome<()>) {
        self.rude_client_with(settings, Self::patience())
    }

    /// The same with another patience.
    ///
    /// # Panics
    /// When they do not connect.
    #[must_use]
    pub fn rude_client_with(&self, settings: Settings, patience: Patience) -> (Rude, Outcome<()>) {
        let mut rude = Rude::new(&self.client);
        let mut connector = Connector::new(&self.client).expect("a connector");
        let asking = connector.connect(&rude.end.qp, self.from, self.to, &parameters(b""));
        let incoming = self.incoming.recv_timeout(SOON).expect("a connect event");
        let adapter = self.server.clone();
        let serving = self.beside(move || {
            let accepted = Channel::accept(incoming, &adapter, settings, &patience);
            accepted?.receive().map(drop)
        });
        assert_eq!(asking.wait(), NtStatus::SUCCESS);
        let completing = connector.complete_connect(rude.end.on_disconnect());
        assert_eq!(completing.wait(), NtStatus::SUCCESS);
        rude.end.connector = Some(connector);
        (rude, serving)
    }

    /// A channel that connects with `settings` and waits for a message; a queue pair is its server.
    ///
    /// # Panics
    /// When they do not connect.
    #[must_use]
    pub fn rude_server(&self, settings: Settings) -> (Rude, Outcome<()>) {
        let mut rude = Rude::new(&self.server);
        let (adapter, addresses) = (self.client.clone(), (self.from, self.to));
        let connecting = self.beside(move || {
            let connected = Channel::connect(&adapter, addresses, settings, &Self::patience());
            connected?.receive().map(drop)
        });
        let mut connector = self.incoming.recv_timeout(SOON).expect("a connect event");
        let on_disconnect = rude.end.on_disconnect();
        let accepting = connector.accept(&rude.end.qp, &parameters(b""), on_disconnect);
        assert_eq!(accepting.wait(), NtStatus::SUCCESS);
        rude.end.connector = Some(connector);
        (rude, connecting)
    }
}

/// Where in its buffer a rude peer receives; each receive has as much.
const RECEIVED: usize = 1 << 19;
const RECEIVE: usize = 8192;
/// Receives that it has posted.
const RECEIVES: usize = 16;

/// A peer that says what the test says, message by message.
pub struct Rude {
    /// Its queue pair and memory.
    pub end: End,
}

impl Rude {
    fn new(adapter: &Arc<Adapter>) -> Self {
        let end = End::new(adapter, QpLimits::default());
        for n in 0..RECEIVES {
            end.post_receive(n, RECEIVED + n * RECEIVE, RECEIVE);
        }
        Self { end }
    }

    /// Sends `message`.
    pub fn say(&self, message: &[u8]) {
        self.end.buffer.write(0, message);
        self.end.post_send(0x5A, 0, message.len(), 0);
        // Whether it was taken or the connection is over already.
        let _ = self.end.done.take(1);
    }

    /// The next message from the channel.
    ///
    /// # Panics
    /// When none comes.
    #[must_use]
    pub fn hear(&self) -> Vec<u8> {
        let done = self.end.received.take(1)[0];
        assert_eq!(done.status, NtStatus::SUCCESS);
        let at = RECEIVED + done.context * RECEIVE;
        self.end.buffer.read(at, done.bytes as usize)
    }

    /// The channel ends the connection: this end is told once, and closes.
    ///
    /// # Panics
    /// When it is not told.
    pub fn is_left(mut self) {
        assert!(self.end.gone.wait(SOON), "the channel ends the connection");
        assert_eq!(self.end.gone.count(), 1);
        self.end.connector = None;
    }

    /// Closes without a word.
    pub fn vanish(mut self) {
        self.end.connector = None;
    }
}
