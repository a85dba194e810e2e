//! Logical address mappings, and fast registration from their pages.

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

use crate::abi::{
    NDK_FN_REQUEST_COMPLETION, NDK_LOGICAL_ADDRESS_MAPPING, NDK_OBJECT_HEADER, NDK_SGE,
};
use crate::pending::request_completion;
use crate::{Adapter, Buffer, Mr, NtStatus, Pd, QpHandle, Request};

/// Bytes of a mapping before its page addresses (NDK-ABI-06).
pub const LAM_HEADER: usize = 16;

/// A mapping of a buffer's first bytes; released when dropped. The buffer must outlive it.
pub struct Lam {
    /// The structure that the provider filled, in words: context, count, page addresses.
    words: Vec<u64>,
    /// Where the bytes begin in the first page.
    pub offset: u32,
    adapter: Arc<Adapter>,
}

// SAFETY: a mapping may be used from any thread.
unsafe impl Send for Lam {}
// SAFETY: as above.
unsafe impl Sync for Lam {}

/// What one call of `NdkBuildLAM` gave back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Built {
    /// What the call returned.
    pub status: NtStatus,
    /// What it left in the size.
    pub size: u32,
    /// What it left in the offset.
    pub offset: u32,
}

/// `NdkBuildLAM` of `len` bytes described by `mdl` into `words`, called `size` bytes long. Without a callback, so that it
/// may not pend (NDK-LAM-11).
pub fn build(
    adapter: &Adapter,
    mdl: *mut c_void,
    len: usize,
    words: Option<&mut [u64]>,
    size: u32,
) -> Built {
    let completion: NDK_FN_REQUEST_COMPLETION = None;
    let (mut size, mut offset) = (size, u32::MAX);
    let lam = words.map_or(ptr::null_mut(), |words| {
        words.as_mut_ptr().cast::<NDK_LOGICAL_ADDRESS_MAPPING>()
    });
    // SAFETY: the adapter is open, the MDL describes locked memory, and `words` has at least `size` bytes.
    let status = NtStatus(unsafe {
        ((*(*adapter.raw()).Dispatch)
            .NdkBuildLAM
            .expect("NDK-VER-05"))(
            adapter.raw(),
            mdl,
            len,
            completion,
            ptr::null_mut(),
            lam,
            &raw mut size,
            &raw mut offset,
        )
    });
    Built {
        status,
        size,
        offset,
    }
}

impl Lam {
    /// Maps the first `len` bytes of `buffer`.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn new(adapter: &Arc<Adapter>, buffer: &Buffer, len: usize) -> Result<Self, NtStatus> {
        let sizing = build(adapter, buffer.mdl(), len, None, 0);
        if sizing.status != NtStatus::BUFFER_TOO_SMALL {
            return Err(sizing.status);
        }
        let mut words = vec![0; sizing.size.div_ceil(8) as usize];
        let built = build(adapter, buffer.mdl(), len, Some(&mut words), sizing.size);
        built.status.ok()?;
        Ok(Self {
            words,
            offset: built.offset,
            adapter: adapter.clone(),
        })
    }

    /// Maps all of `buffer`.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn of(adapter: &Arc<Adapter>, buffer: &Buffer) -> Result<Self, NtStatus> {
        Self::new(adapter, buffer, buffer.len())
    }

    /// The page addresses.
    #[must_use]
    pub fn pages(&self) -> &[u64] {
        let count = self.words[1] as u32 as usize;
        &self.words[LAM_HEADER / 8..][..count]
    }

    /// An element of `len` bytes at `offset` of the buffer, under the privileged token of `pd`.
    #[must_use]
    pub fn sge(&self, pd: &Pd, offset: usize, len: usize) -> NDK_SGE {
        logical_sge(
            pd,
            self.pages()[0] + u64::from(self.offset) + offset as u64,
            len,
        )
    }
}

/// An element at a logical address.
#[must_use]
pub fn logical_sge(pd: &Pd, address: u64, len: usize) -> NDK_SGE {
    let mut sge = NDK_SGE::default();
    sge.Address.LogicalAddress = address;
    sge.Length = len as u32;
    sge.MemoryRegionToken = pd.privileged_token();
    sge
}

impl Drop for Lam {
    fn drop(&mut self) {
        // SAFETY: the adapter is open, and the structure is as the provider left it (NDK-LAM-04).
        unsafe {
            ((*(*self.adapter.raw()).Dispatch)
                .NdkReleaseLAM
                .expect("NDK-VER-05"))(
                self.adapter.raw(), self.words.as_mut_ptr().cast()
            )
        }
    }
}

/// What a fast-register request says.
#[derive(Clone, Copy, Debug)]
pub struct FastRegister<'a> {
    /// Page addresses of mappings.
    pub pages: &'a [u64],
    /// Where the region begins in the first.
    pub offset: u32,
    /// Bytes of the region.
    pub len: usize,
    /// The address of its first byte.
    pub base: u64,
    /// `NDK_OP_FLAG_…`
    pub flags: u32,
}

impl Mr {
    /// `NdkInitializeFastRegisterMr`.
    pub fn initialize(&self, pages: u32, remote_access: bool) -> Request {
        Request::start("NdkInitializeFastRegisterMr", |pending| {
            // SAFETY: the MR is open.
            unsafe {
                ((*(*self.raw()).Dispatch)
                    .NdkInitializeFastRegisterMr
                    .expect("NDK-VER-05"))(
                    self.raw(),
                    pages,
                    u8::from(remote_access),
                    Some(request_completion),
                    pending,
                )
            }
        })
    }

    /// An MR made and initialised for `pages` pages, with remote access.
    ///
    /// # Errors
    /// The provider's failure status.
    pub fn fast(pd: &Arc<Pd>, pages: u32) -> Result<Self, NtStatus> {
        let mr = Self::new(pd, true)?;
        mr.initialize(pages, true).wait().ok()?;
        Ok(mr)
    }
}

impl QpHandle {
    /// `NdkFastRegister`. The page array is gone when it returns (NDK-FR-07).
    #[must_use]
    pub fn fast_register(self, context: usize, mr: &Mr, ask: &FastRegister<'_>) -> NtStatus {
        let mut pages = ask.pages.to_vec();
        // SAFETY: the QP and the MR are open; the array is read during the call only.
        let status = NtStatus(unsafe {
            ((*(*self.raw()).Dispatch)
                .NdkFastRegister
                .expect("NDK-VER-05"))(
                self.raw(),
                context as *mut c_void,
                mr.raw(),
                pages.len() as u32,
                pages.as_ptr(),
                ask.offset,
                ask.len,
                ask.base as *mut c_void,
                ask.flags,
            )
        });
        pages.fill(0xDEAD_DEAD_DEAD_D000);
        status
    }

    /// `NdkInvalidate` of a region or a window.
    #[must_use]
    pub fn invalidate(
        self,
        context: usize,
        object: *mut NDK_OBJECT_HEADER,
        flags: u32,
    ) -> NtStatus {
        // SAFETY: the QP and the object are open, or the object is null.
        NtStatus(unsafe {
            ((*(*self.raw()).Dispatch).NdkInvalidate.expect("NDK-VER-05"))(
                self.raw(),
                context as *mut c_void,
                object,
                flags,
            )
        })
    }
}
