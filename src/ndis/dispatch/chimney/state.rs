//! Operations on trees of state: initiate, terminate, update, invalidate, query.
//!
//! A tree stays in the memory it is in: on its way down each node is made over from what a miniport
//! sees into what a protocol sees, and on its way up back. The root's `ImReserved` has the
//! [`Call`] meanwhile.

use core::ptr::{self, NonNull};

use super::{
    entry::{Call, Entry},
    header,
};
use crate::ndis::{
    dispatch::{ends::Open, miniport::miniport, protocol::binding},
    pair::{Inside, Pair},
};
use crate::nt::{
    Ref, Result,
    pool::{Box, Tag},
};
use crate::sys::{self, NDIS_HANDLE, NDIS_STATUS, PVOID};

type Node = *mut sys::NDIS_MINIPORT_OFFLOAD_BLOCK_LIST;
type NodeBelow = *mut sys::NDIS_PROTOCOL_OFFLOAD_BLOCK_LIST;

/// Neighbors, paths, connections: a node depends on one of the layer before.
const LAYERS: usize = 3;

/// What an operation is to the objects of its tree.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Begins,
    Uses,
    Ends,
}

/// One row of the table.
trait Operation {
    const PART: Part;
    const DOWN: unsafe extern "win64" fn(NDIS_HANDLE, NodeBelow);
    const UP: unsafe extern "win64" fn(NDIS_HANDLE, Node);
}

macro_rules! operations {
    ($($name:ident: $part:ident, $down:ident, $up:ident;)+) => {$(
        struct $name;
        impl Operation for $name {
            const PART: Part = Part::$part;
            const DOWN: unsafe extern "win64" fn(NDIS_HANDLE, NodeBelow) = sys::$down;
            const UP: unsafe extern "win64" fn(NDIS_HANDLE, Node) = sys::$up;
        }
    )+};
}

operations! {
    Initiate: Begins, NdisInitiateOffload, NdisMInitiateOffloadComplete;
    Terminate: Ends, NdisTerminateOffload, NdisMTerminateOffloadComplete;
    Update: Uses, NdisUpdateOffload, NdisMUpdateOffloadComplete;
    Invalidate: Uses, NdisInvalidateOffload, NdisMInvalidateOffloadComplete;
    Query: Uses, NdisQueryOffloadState, NdisMQueryOffloadStateComplete;
}

pub(super) fn provider() -> sys::NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS {
    sys::NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS {
        Header: header(
            sys::NDIS_OBJECT_TYPE_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS,
            1,
            size_of::<sys::NDIS_PROVIDER_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS>() as u16,
        ),
        Flags: 0,
        InitiateOffloadHandler: Some(down::<Initiate>),
        TerminateOffloadHandler: Some(down::<Terminate>),
        UpdateOffloadHandler: Some(down::<Update>),
        InvalidateOffloadHandler: Some(down::<Invalidate>),
        QueryOffloadHandler: Some(down::<Query>),
    }
}

pub(super) fn client() -> sys::NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS {
    sys::NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS {
        Header: header(
            sys::NDIS_OBJECT_TYPE_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS,
            sys::NDIS_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS_REVISION_1,
            sys::NDIS_SIZEOF_CLIENT_CHIMNEY_OFFLOAD_GENERIC_CHARACTERISTICS_REVISION_1,
        ),
        Flags: 0,
        InitiateOffloadCompleteHandler: Some(up::<Initiate>),
        TerminateOffloadCompleteHandler: Some(up::<Terminate>),
        UpdateOffloadCompleteHandler: Some(up::<Update>),
        InvalidateOffloadCompleteHandler: Some(up::<Invalidate>),
        QueryOffloadCompleteHandler: Some(up::<Query>),
        IndicateOffloadEventHandler: Some(super::indication::neighbor),
    }
}

/// `MiniportXxxOffload`.
unsafe extern "win64" fn down<O: Operation>(context: PVOID, root: Node) {
    // SAFETY: NDIS passes the context of a live adapter.
    let miniport = unsafe { miniport(context) };
    let pair = miniport.pair_of_mine();
    // Whatever becomes of the tree, a pause waits for this call.
    let entered = pair.enter();
    let inside = entered.inside();
    // What is offloaded is inside already; only what is new asks.
    let refused = O::PART == Part::Begins && entered.passing().is_err();
    // SAFETY: the tree is ours until it is completed.
    let begun = unsafe {
        if refused {
            Err(sys::NDIS_STATUS_FAILURE)
        } else {
            begin(O::PART, pair, root)
        }
    };
    match begun {
        Ok(()) => {
            let open = Open::of(&inside.passing());
            // SAFETY: the binding is open while its objects are inside; the tree is given away.
            unsafe { O::DOWN(open.binding, root.cast()) };
        }
        Err(status) => {
            // SAFETY: the tree is as it came; the adapter is there, and the tree is given back.
            unsafe {
                each(root, &mut |node| (*node).Status = status);
                O::UP(miniport.handle().raw(), root);
            }
        }
    }
}

/// Counts the operation, and makes the tree ready to go down; or leaves it as it came, with what to
/// say of it.
///
/// # Safety
/// The tree is ours.
unsafe fn begin(part: Part, pair: &Ref<Pair>, root: Node) -> Result<(), NDIS_STATUS> {
    if part == Part::Begins {
        // SAFETY: the caller's promise.
        unsafe { take_over(pair, root) }.map_err(|()| sys::NDIS_STATUS_RESOURCES)?;
    }
    // An object that begins is not below yet; the others of its tree are shared with other trees.
    // SAFETY: as above.
    let own = unsafe { first(root, |entry| part != Part::Begins || !entry.is_below()) };
    let Some(own) = own else {
        // Nothing but placeholders, or nothing new: it has succeeded.
        return Err(sys::NDIS_STATUS_SUCCESS);
    };
    let call = match part {
        // SAFETY: an object's life begins and ends once: nobody else uses its call.
        Part::Begins | Part::Ends => unsafe { own.as_ref() }.call(),
        Part::Uses => Box::try_new(Tag::OBJECT, Call::NONE)
            .map_err(|_| sys::NDIS_STATUS_FAILURE)?
            .leak()
            .as_ptr(),
    };
    pair.offloads_set_out(1);
    // SAFETY: the tree is ours, and so is the call.
    unsafe {
        (*call).source = (*root).SourceHandle;
        (*call).reserved = (*root).ImReserved;
        each(root, &mut |node| make_over(node));
        (*root).ImReserved = [call.cast(), ptr::null_mut()];
    }
    Ok(())
}

/// Makes an entry for each new object of a tree, or none.
///
/// # Safety
/// The tree is ours.
unsafe fn take_over(pair: &Ref<Pair>, root: Node) -> Result<(), ()> {
    let mut made = Ok(0);
    // SAFETY: the caller's promise.
    unsafe {
        each(root, &mut |node| {
            let place = (*node).MiniportOffloadContext;
            if place.is_null() || !(*place).is_null() {
                return;
            }
            made = made.and_then(|made| {
                let above = (*node).NdisOffloadHandle;
                let entry = Entry::create(Ref::clone(pair), above, place).map_err(|_| made)?;
                *place = entry.as_ptr().cast();
                Ok(made + 1)
            });
        });
    }
    let count = made.unwrap_or_else(|made| made);
    pair.objects_come(count);
    if made.is_ok() {
        return Ok(());
    }
    // SAFETY: as above; what was made, nobody knows.
    let gone = unsafe { let_go_unoffloaded(root) };
    drop(pair.objects_go(gone));
    Err(())
}

/// `ProtocolXxxOffloadComplete`.
unsafe extern "win64" fn up<O: Operation>(context: NDIS_HANDLE, root: NodeBelow) {
    // SAFETY: NDIS passes the context of an open binding.
    let binding = unsafe { binding(context) };
    let root: Node = root.cast();
    // SAFETY: the tree that `down` gave away is ours again, with the call in its root.
    let gone = unsafe {
        let call = NonNull::new_unchecked((*root).ImReserved[0].cast::<Call>());
        let Call { source, reserved } = call.read();
        if O::PART == Part::Uses {
            drop(Box::from_leaked(Tag::OBJECT, call));
        }
        each(root, &mut |node| restore(node, source));
        (*root).ImReserved = reserved;
        match O::PART {
            Part::Begins => let_go_unoffloaded(root),
            Part::Uses => 0,
            // CHIM-13: whatever the NIC says of it, it has the object no more.
            Part::Ends => let_go(root, |_| true),
        }
    };
    let pair = binding.pair();
    let _objects = pair.objects_go(gone);
    let operation: Inside<'_> = pair.offloads_come_back(1);
    // SAFETY: the adapter is there while the operation is inside; the tree is given back.
    unsafe { O::UP(Open::of(&operation.passing()).adapter, root) };
}

/// Down: the miniport's words of a node become the protocol's.
///
/// # Safety
/// The node is ours.
unsafe fn make_over(node: Node) {
    // SAFETY: the caller's promise.
    unsafe {
        let entry = entry(node);
        let below: NodeBelow = node.cast();
        (*below).NdisReserved[2] = ptr::null_mut();
        (*below).OffloadHandle = entry.map_or(ptr::null_mut(), |entry| entry.as_ref().handle());
    }
}

/// Up: they become the miniport's again, as they came.
///
/// # Safety
/// The node is ours, and made over.
pub(super) unsafe fn restore(node: Node, source: PVOID) {
    // SAFETY: the caller's promise.
    unsafe {
        let below: NodeBelow = node.cast();
        let entry = Entry::of_handle((*below).OffloadHandle);
        let known = entry.map(|entry| (entry.as_ref().place(), entry.as_ref().above()));
        let (place, above) = known.unwrap_or((ptr::null_mut(), ptr::null_mut()));
        (*node).MiniportOffloadContext = place;
        (*node).NdisOffloadHandle = above;
        (*node).SourceHandle = source;
    }
}

/// Frees the entries of what is not offloaded; how many.
///
/// # Safety
/// As `let_go`.
unsafe fn let_go_unoffloaded(root: Node) -> usize {
    // SAFETY: the caller's promise; the offload has ended.
    unsafe { let_go(root, |entry| !entry.is_below()) }
}

/// Frees the entries of a tree that `leave`, and takes them from TCP/IP; how many.
///
/// # Safety
/// The tree is ours, as it came; nobody uses those entries any more.
unsafe fn let_go(root: Node, leaves: impl Fn(&Entry) -> bool) -> usize {
    let mut gone = 0;
    // SAFETY: the caller's promise.
    unsafe {
        each(root, &mut |node| {
            let Some(entry) = entry(node) else { return };
            if leaves(entry.as_ref()) {
                *entry.as_ref().place() = ptr::null_mut();
                Entry::free(entry);
                gone += 1;
            }
        });
    }
    gone
}

/// The entry of a node as the miniport sees it; `None` for a placeholder.
///
/// # Safety
/// The node is ours.
unsafe fn entry(node: Node) -> Option<NonNull<Entry>> {
    // SAFETY: the caller's promise.
    let place = unsafe { (*node).MiniportOffloadContext };
    if place.is_null() {
        return None;
    }
    // SAFETY: a place of TCP/IP's, with what `take_over` wrote.
    NonNull::new(unsafe { *place }.cast())
}

/// # Safety
/// As `each`.
unsafe fn first(root: Node, is_wanted: impl Fn(&Entry) -> bool) -> Option<NonNull<Entry>> {
    let mut found = None;
    // SAFETY: the caller's promise; entries are alive while their objects are.
    unsafe {
        each(root, &mut |node| {
            found = found.or_else(|| entry(node).filter(|entry| is_wanted(entry.as_ref())));
        });
    }
    found
}

/// Visits the nodes, depth first. Both kinds of node are linked alike.
///
/// # Safety
/// The tree is ours, and `visit` leaves its links.
unsafe fn each(root: Node, visit: &mut dyn FnMut(Node)) {
    // SAFETY: the caller's promise.
    unsafe { each_of_layer(root, LAYERS, visit) };
}

/// # Safety
/// As `each`.
unsafe fn each_of_layer(first: Node, layers: usize, visit: &mut dyn FnMut(Node)) {
    let mut next = first;
    while layers > 0 && !next.is_null() {
        let node = next;
        // SAFETY: the caller's promise.
        unsafe {
            next = (*node).NextBlock;
            let dependent = (*node).DependentBlockList;
            visit(node);
            each_of_layer(dependent, layers - 1, visit);
        }
    }
}
