//! Who is above a stream before it is open.

use crate::iwarp::{
    AccessError, InvalidateError, NoReceive, ReceiveBuffer, ReceiveFault, Received, Upper,
};
use crate::rdma::Stag;

/// Start-up has no memory and no queues.
pub(super) struct Nobody;

impl Upper for Nobody {
    fn receive_begin(&mut self) -> ReceiveBuffer {
        ReceiveBuffer::Refused(NoReceive)
    }
    fn receive_place(&mut self, _: u32, _: &[u8]) -> Result<(), AccessError> {
        Err(AccessError::InvalidStag)
    }
    fn receive_done(&mut self, _: Received) {}
    fn receive_failed(&mut self, _: ReceiveFault) {}
    fn check_write(&mut self, _: Stag, _: u64, _: u32) -> Result<(), AccessError> {
        Err(AccessError::InvalidStag)
    }
    fn write_place(&mut self, _: Stag, _: u64, _: &[u8]) -> Result<(), AccessError> {
        Err(AccessError::InvalidStag)
    }
    fn check_read(&mut self, _: Stag, _: u64, _: u32) -> Result<(), AccessError> {
        Err(AccessError::InvalidStag)
    }
    fn read_place(&mut self, _: u32, _: &[u8]) -> Result<(), AccessError> {
        Err(AccessError::InvalidStag)
    }
    fn read_done(&mut self) {}
    fn invalidate(&mut self, _: Stag) -> Result<(), InvalidateError> {
        Err(InvalidateError::InvalidStag)
    }
}
