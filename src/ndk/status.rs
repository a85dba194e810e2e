//! The one place where the outcome of a work request becomes an NTSTATUS.

use crate::nt::Status;
use crate::rdma::{self, PostError};
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
        rdma::Status::IoTimeout => Status::IO_TIMEOUT,
        rdma::Status::Internal => Status::INTERNAL_ERROR,
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
