//! The forms whose disconnect event has a reason (NDK-VER-11).

use std::ffi::c_void;
use std::sync::Arc;

use super::{ConnectParameters, Connector, Context};
use crate::pending::request_completion;
use crate::{Qp, Request};

impl Connector {
    /// `NdkCompleteConnectEx`; `on_disconnect` is the disconnect event callback, and gets the reason.
    pub fn complete_connect_ex(
        &mut self,
        on_disconnect: impl Fn(u32) + Send + Sync + 'static,
    ) -> Request {
        let context = self.remember(Box::new(on_disconnect));
        Request::start("NdkCompleteConnectEx", |pending| {
            // SAFETY: the connector is open; the event context lives until its close has completed.
            unsafe {
                ((*(*self.raw).Dispatch)
                    .NdkCompleteConnectEx
                    .expect("NDK-VER-05"))(
                    self.raw,
                    Some(disconnect_event),
                    context,
                    Some(request_completion),
                    pending,
                )
            }
        })
    }

    /// `NdkAcceptEx` with `qp`; `on_disconnect` is the disconnect event callback, and gets the reason.
    pub fn accept_ex(
        &mut self,
        qp: &Arc<Qp>,
        parameters: &ConnectParameters,
        on_disconnect: impl Fn(u32) + Send + Sync + 'static,
    ) -> Request {
        self.qp = Some(qp.clone());
        let context = self.remember(Box::new(on_disconnect));
        let mut data = parameters.private_data.clone();
        let request = Request::start("NdkAcceptEx", |pending| {
            // SAFETY: the connector and QP are open; private data is read during the call only.
            unsafe {
                ((*(*self.raw).Dispatch).NdkAcceptEx.expect("NDK-VER-05"))(
                    self.raw,
                    qp.raw(),
                    parameters.inbound_reads,
                    parameters.outbound_reads,
                    data.as_mut_ptr().cast(),
                    data.len() as u32,
                    Some(disconnect_event),
                    context,
                    Some(request_completion),
                    pending,
                )
            }
        });
        data.fill(0xCC);
        request
    }
}

unsafe extern "win64" fn disconnect_event(context: *mut c_void, reason: u32) {
    // SAFETY: the context is the `Context` given to the call; `Connector` keeps it until its close has completed.
    let context = unsafe { &*context.cast::<Context>() };
    context.adapter.record("NdkDisconnectEventCallbackEx");
    (context.on_disconnect)(reason);
}
