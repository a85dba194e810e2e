//! One end of a connection: its NDK objects, and the load its callbacks carry.

use std::{net::SocketAddr, sync::Arc};

use softrnic_consumer::{
    Adapter, Buffer, Connector, Cq, Mr, Pd, Qp, Request,
    abi::{
        NDK_CQ_NOTIFY_ANY, NDK_MR_FLAG_ALLOW_LOCAL_WRITE, NDK_MR_FLAG_ALLOW_REMOTE_READ,
        NDK_MR_FLAG_ALLOW_REMOTE_WRITE,
    },
};

use super::{
    load::{Load, Region},
    side::{check, failed, limits, parameters},
};

const ACCESS: u32 =
    NDK_MR_FLAG_ALLOW_LOCAL_WRITE | NDK_MR_FLAG_ALLOW_REMOTE_READ | NDK_MR_FLAG_ALLOW_REMOTE_WRITE;

/// Fields close in the order that needs no waiting.
pub(super) struct End {
    pub(super) connector: Option<Connector>,
    pub(super) qp: Arc<Qp>,
    pub(super) load: Arc<Load>,
    mr: Mr,
    buffer: Buffer,
    _pd: Arc<Pd>,
}

impl End {
    /// Makes the objects and posts the receives `load` wants.
    pub(super) fn new(adapter: &Arc<Adapter>, load: Load) -> Result<Self, String> {
        let load = Arc::new(load);
        let limits = limits(load.window());
        let pd = Pd::new(adapter).map_err(failed("NdkCreatePd"))?;
        let sink = load.clone();
        let received = Cq::new(adapter, limits.receive_depth, move |cq, _| {
            sink.received(cq)
        });
        let received = Arc::new(received.map_err(failed("NdkCreateCq"))?);
        let sink = load.clone();
        let initiated = Cq::new(adapter, limits.initiator_depth, move |cq, _| {
            sink.initiated(cq)
        });
        let initiated = Arc::new(initiated.map_err(failed("NdkCreateCq"))?);
        let qp = Qp::new(&pd, &received, &initiated, limits, 0).map_err(failed("NdkCreateQp"))?;
        let buffer = Buffer::new(load.size().max(4096));
        let mr = Mr::of(&pd, &buffer, ACCESS).map_err(failed("NdkRegisterMr"))?;
        let sge = mr.sge(&buffer, 0, load.size());
        load.prepare(qp.handle(), initiated.handle(), sge)?;
        received.handle().arm(NDK_CQ_NOTIFY_ANY);
        if load.wants_initiated() {
            initiated.handle().arm(NDK_CQ_NOTIFY_ANY);
        }
        Ok(Self {
            connector: None,
            qp,
            load,
            mr,
            buffer,
            _pd: pd,
        })
    }

    /// Where the peer may write and read.
    pub(super) fn region(&self) -> Region {
        Region {
            address: self.buffer.virtual_address(),
            token: self.mr.remote_token(),
        }
    }

    pub(super) fn connect(&mut self, from: SocketAddr, to: SocketAddr) -> Result<Request, String> {
        let connector = Connector::new(self.qp.pd().adapter());
        let mut connector = connector.map_err(failed("NdkCreateConnector"))?;
        let connecting = connector.connect(&self.qp, from, to, &parameters());
        self.connector = Some(connector);
        Ok(connecting)
    }

    pub(super) fn accept(&mut self, mut connector: Connector) -> Request {
        let load = self.load.clone();
        let accepting = connector.accept(&self.qp, &parameters(), move || load.disconnected());
        self.connector = Some(connector);
        accepting
    }

    pub(super) fn complete_connect(&mut self) -> Result<(), String> {
        let connector = self.connector.as_mut().ok_or("not connecting")?;
        let load = self.load.clone();
        let completing = connector.complete_connect(move || load.disconnected());
        check(completing.wait(), "NdkCompleteConnect")
    }
}
