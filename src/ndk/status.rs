//! The one place where the outcome of a work request becomes an NTSTATUS.

use crate::nt::Status;
use crate::rdma::{self, Cause, PostError};
use crate::transport::Failure;

/// What a completion says (NDK-CQ, by analogy with NDSPI where the page names no value).
pub(super) fn of(status: rdma::Status) -> Status {
    match status {
        rdma::Status::Ok => Status::SUCCESS,
        rdma::Status::Cancelled => Status::CANCELLED,
        rdma::Status::AccessViolation | rdma::Status::InvalidToken => Status::ACCESS_VIOLATION,
        rdma::Status::BufferOverflow => Status::BUFFER_OVERFLOW,
        rdma::Status::DataOverrun => Status::DATA_OVERRUN,
        rdma::Status::RemoteError => Status::REMOTE_RESOURCES,
    }
}

/// Failures of the local side, in the provider's codes.
const LOCAL: u32 = 0x0003_0000;
/// Ends of the connection without a Terminate, in the provider's codes.
const CONNECTION: u32 = 0x0004_0000;

/// `ProviderErrorCode` (NDK-VER-06): docs/provider-codes.md.
pub(super) fn provider_code(status: rdma::Status, cause: Cause) -> u32 {
    match status {
        rdma::Status::Ok => 0,
        rdma::Status::AccessViolation => LOCAL | 1,
        rdma::Status::InvalidToken => LOCAL | 2,
        rdma::Status::BufferOverflow => LOCAL | 3,
        rdma::Status::DataOverrun => LOCAL | 4,
        rdma::Status::Cancelled | rdma::Status::RemoteError => code_of(cause),
    }
}

/// The same of a connection's end, as the Ex disconnect event is told it (NDK-DISC-16).
pub(super) fn code_of(cause: Cause) -> u32 {
    match cause {
        Cause::Own => 0,
        Cause::Terminate {
            by_peer,
            layer_and_type,
            code,
        } => u32::from_be_bytes([0, if by_peer { 1 } else { 2 }, layer_and_type, code]),
        Cause::Lost => CONNECTION | 1,
        Cause::TimedOut => CONNECTION | 2,
        Cause::Protocol => CONNECTION | 3,
    }
}

/// What a refused post says (NDK-POST-10, NDK-POST-11, NDK-POST-12).
pub(super) fn of_post(error: PostError) -> Status {
    match error {
        PostError::Full => Status::NO_MORE_ENTRIES,
        PostError::Contended => Status::INVALID_DEVICE_STATE,
        PostError::TooMany => Status::DATA_OVERRUN,
        PostError::InlineTooLong => Status::INVALID_BUFFER_SIZE,
    }
}

/// What a request about a connection says; each value is one of the page's (NDK-CON-05 to 07).
pub(super) fn of_failure(failure: Failure) -> Status {
    match failure {
        Failure::NoResources => Status::INSUFFICIENT_RESOURCES,
        Failure::NetworkUnreachable => Status::NETWORK_UNREACHABLE,
        Failure::HostUnreachable => Status::HOST_UNREACHABLE,
        Failure::Refused => Status::CONNECTION_REFUSED,
        Failure::TimedOut => Status::IO_TIMEOUT,
        Failure::AddressInUse => Status::SHARING_VIOLATION,
        Failure::PairInUse => Status::ADDRESS_ALREADY_EXISTS,
        Failure::AddressInvalid => Status::INVALID_ADDRESS,
        Failure::AddressesExhausted => Status::TOO_MANY_ADDRESSES,
        Failure::Aborted | Failure::Protocol | Failure::Terminated { .. } => {
            Status::CONNECTION_ABORTED
        }
        Failure::ConnectionInvalid => Status::CONNECTION_INVALID,
        Failure::ConnectionActive => Status::CONNECTION_ACTIVE,
        Failure::PrivateDataTooLong => Status::INVALID_BUFFER_SIZE,
        Failure::Cancelled => Status::CANCELLED,
    }
}

pub(super) fn of_result(result: Result<(), Failure>) -> Status {
    result.map_or_else(of_failure, |()| Status::SUCCESS)
}
