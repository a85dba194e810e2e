//! The library itself: loaded at run time, so that the benchmark builds where there is none.

use std::{
    ffi::{CStr, CString, c_char, c_int, c_void},
    os::unix::ffi::OsStrExt,
    path::Path,
    ptr,
};

use super::abi::{API_VERSION, Fabric, Info};

type GetInfo = unsafe extern "C" fn(
    u32,
    *const c_char,
    *const c_char,
    u64,
    *const Info,
    *mut *mut Info,
) -> c_int;
type OpenFabric = unsafe extern "C" fn(*mut c_void, *mut *mut Fabric, *mut c_void) -> c_int;

/// Its functions; the rest are called through the objects' own tables.
pub(super) struct Library {
    get_info: GetInfo,
    duplicate: unsafe extern "C" fn(*const Info) -> *mut Info,
    free: unsafe extern "C" fn(*mut Info),
    open_fabric: OpenFabric,
    describe: unsafe extern "C" fn(c_int) -> *const c_char,
}

impl Library {
    /// Loads it, for good.
    pub(super) fn load(path: &Path) -> Result<Self, String> {
        let name = CString::new(path.as_os_str().as_bytes()).map_err(|error| error.to_string())?;
        // SAFETY: a path that ends in 0; the library's constructors are those of a well-known library.
        let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW) };
        if handle.is_null() {
            return Err(loader_error());
        }
        // SAFETY: each function has the type that libfabric's header gives it in that version.
        unsafe {
            Ok(Self {
                get_info: std::mem::transmute::<*mut c_void, GetInfo>(symbol(
                    handle,
                    c"fi_getinfo",
                    c"FABRIC_1.3",
                )?),
                duplicate: std::mem::transmute::<
                    *mut c_void,
                    unsafe extern "C" fn(*const Info) -> *mut Info,
                >(symbol(handle, c"fi_dupinfo", c"FABRIC_1.3")?),
                free: std::mem::transmute::<*mut c_void, unsafe extern "C" fn(*mut Info)>(symbol(
                    handle,
                    c"fi_freeinfo",
                    c"FABRIC_1.3",
                )?),
                open_fabric: std::mem::transmute::<*mut c_void, OpenFabric>(symbol(
                    handle,
                    c"fi_fabric",
                    c"FABRIC_1.1",
                )?),
                describe: std::mem::transmute::<
                    *mut c_void,
                    unsafe extern "C" fn(c_int) -> *const c_char,
                >(symbol(handle, c"fi_strerror", c"FABRIC_1.0")?),
            })
        }
    }

    /// Empty information, to be filled with what is wanted.
    pub(super) fn hints(&self) -> *mut Info {
        // SAFETY: of nothing it makes an empty one.
        unsafe { (self.duplicate)(ptr::null()) }
    }

    /// What there is that answers `hints`.
    pub(super) fn get_info(
        &self,
        service: Option<&CStr>,
        flags: u64,
        hints: *const Info,
    ) -> Result<*mut Info, String> {
        let mut found = ptr::null_mut();
        let service = service.map_or(ptr::null(), CStr::as_ptr);
        // SAFETY: the strings and the hints outlive the call; the result has room.
        let result = unsafe {
            (self.get_info)(
                API_VERSION,
                c"127.0.0.1".as_ptr(),
                service,
                flags,
                hints,
                &raw mut found,
            )
        };
        self.check(result as isize, "fi_getinfo").map(|_| found)
    }

    /// Gives back what an event brought.
    pub(super) fn free(&self, info: *mut Info) {
        // SAFETY: it came from the library and is not used again.
        unsafe { (self.free)(info) };
    }

    pub(super) fn open_fabric(&self, info: *const Info) -> Result<*mut Fabric, String> {
        let mut fabric = ptr::null_mut();
        // SAFETY: the information came from the library; the result has room.
        let result = unsafe {
            (self.open_fabric)((*info).fabric_attr.cast(), &raw mut fabric, ptr::null_mut())
        };
        self.check(result as isize, "fi_fabric").map(|_| fabric)
    }

    /// A count, or what went wrong.
    pub(super) fn check(&self, result: isize, what: &str) -> Result<usize, String> {
        usize::try_from(result).map_err(|_| self.failure(-result, what))
    }

    pub(super) fn failure(&self, code: isize, what: &str) -> String {
        // SAFETY: it answers every number with a text that stays.
        let text = unsafe { CStr::from_ptr((self.describe)(code as c_int)) };
        format!("{what}: {}", text.to_string_lossy())
    }
}

/// # Safety
///
/// `handle` is a loaded library's.
unsafe fn symbol(handle: *mut c_void, name: &CStr, version: &CStr) -> Result<*mut c_void, String> {
    // SAFETY: the caller's promise; both names end in 0.
    let found = unsafe { libc::dlvsym(handle, name.as_ptr(), version.as_ptr()) };
    if found.is_null() {
        return Err(loader_error());
    }
    Ok(found)
}

fn loader_error() -> String {
    // SAFETY: null, or a text that stays until the next call of the loader.
    let text = unsafe { libc::dlerror() };
    if text.is_null() {
        return "the loader failed".to_owned();
    }
    // SAFETY: as above.
    unsafe { CStr::from_ptr(text) }
        .to_string_lossy()
        .into_owned()
}
