#include "end.h"

#define SECONDS(n) (-10000000LL * (n))

NTSTATUS WaitFor(KEVENT *event)
{
    LONGLONG limit = SECONDS(20);
    NTSTATUS status = KeWaitForSingleObject(event, 0, 0, FALSE, &limit);
    return status == STATUS_SUCCESS ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

// ---- calls that may pend ------------------------------------------------------------------

void StartCall(CALL *call)
{
    KeInitializeEvent(&call->Event, 0, FALSE);
    call->Object = NULL;
}

NTSTATUS EndCall(CALL *call, NTSTATUS status)
{
    if (status != STATUS_PENDING) return status;
    KeWaitForSingleObject(&call->Event, 0, 0, FALSE, NULL);
    return call->Status;
}

void RequestDone(PVOID context, NTSTATUS status)
{
    CALL *call = context;
    call->Status = status;
    KeSetEvent(&call->Event, 0, FALSE);
}

static void CreateDone(PVOID context, NTSTATUS status, NDK_OBJECT_HEADER *object)
{
    ((CALL *)context)->Object = object;
    RequestDone(context, status);
}

static void CloseDone(PVOID context)
{
    RequestDone(context, STATUS_SUCCESS);
}

// Makes an object: it comes in the completion when the call pends.
#define CREATE(out, call)                                     \
    do {                                                      \
        CALL done;                                            \
        StartCall(&done);                                     \
        NTSTATUS made = call;                                 \
        BOOLEAN pended = made == STATUS_PENDING;              \
        made = EndCall(&done, made);                          \
        if (!NT_SUCCESS(made)) { *(out) = NULL; return made; } \
        if (pended) *(out) = done.Object;                     \
    } while (0)

// Every table but the adapter's begins with close.
NTSTATUS CloseObject(PVOID object)
{
    CALL call;
    if (!object) return STATUS_SUCCESS;
    StartCall(&call);
    return EndCall(&call, ((NDK_CQ *)object)->Dispatch->Close(object, CloseDone, &call));
}

// ---- completions --------------------------------------------------------------------------

static void Keep(END *end, const NDK_RESULT *result)
{
    KLOCK_QUEUE_HANDLE handle;
    RESULT *entry = ExAllocateFromNPagedLookasideList(&Results);
    if (!entry) return;
    entry->Result = *result;
    entry->Next = NULL;
    KeAcquireInStackQueuedSpinLock(&end->Lock, &handle);
    *end->Last = entry;
    end->Last = &entry->Next;
    KeReleaseInStackQueuedSpinLock(&handle);
    KeSetEvent(&end->Arrived, 0, FALSE);
}

static BOOLEAN IsExtended(END *end)
{
    return end->Adapter->Header.Version.Minor >= 2;
}

// Receives of NDK 1.2 and later say more.
static ULONG DrainReceives(QUEUE *queue)
{
    NDK_RESULT_EX results[4];
    ULONG count = queue->Cq->Dispatch->NdkGetCqResultsEx(queue->Cq, results, 4);
    for (ULONG at = 0; at < count; at++) {
        NDK_RESULT_EX *found = &results[at];
        NDK_RESULT result = {found->Status, found->Bytes, found->QPContext, found->RequestContext};
        if (found->Type == NdkOperationTypeReceiveAndInvalidate) queue->End->Invalidated = (ULONG)found->Output;
        Keep(queue->End, &result);
    }
    return count;
}

static ULONG Drain(QUEUE *queue)
{
    NDK_RESULT results[4];
    if (queue == &queue->End->Receives && IsExtended(queue->End)) return DrainReceives(queue);
    ULONG count = queue->Cq->Dispatch->NdkGetCqResults(queue->Cq, results, 4);
    for (ULONG at = 0; at < count; at++) Keep(queue->End, &results[at]);
    return count;
}

// Takes what is there and arms: what came in between satisfies the arm at once.
static void Notified(PVOID context, NTSTATUS status)
{
    QUEUE *queue = context;
    if (!NT_SUCCESS(status) || KeGetCurrentIrql() > DISPATCH_LEVEL) return;
    if (!ExAcquireRundownProtection(&Callbacks)) return;
    while (Drain(queue)) {
    }
    queue->Cq->Dispatch->NdkArmCq(queue->Cq, NDK_CQ_NOTIFY_ANY);
    ExReleaseRundownProtection(&Callbacks);
}

// The first arm counts what has completed before.
void Arm(END *end)
{
    end->Receives.Cq->Dispatch->NdkArmCq(end->Receives.Cq, NDK_CQ_NOTIFY_ANY);
    end->Initiators.Cq->Dispatch->NdkArmCq(end->Initiators.Cq, NDK_CQ_NOTIFY_ANY);
}

// The completion of `context`, if it is there; any, when that is 0.
static RESULT *Take(END *end, ULONG_PTR context)
{
    KLOCK_QUEUE_HANDLE handle;
    RESULT **at, *entry;
    KeAcquireInStackQueuedSpinLock(&end->Lock, &handle);
    for (at = &end->First; (entry = *at) != NULL; at = &entry->Next) {
        if (!context || (ULONG_PTR)entry->Result.RequestContext == context) break;
    }
    if (entry) {
        *at = entry->Next;
        if (!entry->Next) end->Last = at;
    } else {
        KeClearEvent(&end->Arrived);
    }
    KeReleaseInStackQueuedSpinLock(&handle);
    return entry;
}

// Waits for the completion of `context`. Those of the two queues come in any order.
NTSTATUS WaitResult(END *end, ULONG_PTR context)
{
    RESULT *entry;
    while (!(entry = Take(end, context))) {
        if (!NT_SUCCESS(WaitFor(&end->Arrived))) return STATUS_IO_TIMEOUT;
    }
    NDK_RESULT result = entry->Result;
    ExFreeToNPagedLookasideList(&Results, entry);
    return result.QPContext == end ? result.Status : STATUS_DATA_ERROR;
}

// ---- an end -------------------------------------------------------------------------------

static NTSTATUS CreateQueue(END *end, QUEUE *queue)
{
    NDK_ADAPTER *adapter = end->Adapter;
    queue->End = end;
    CREATE(&queue->Cq, adapter->Dispatch->NdkCreateCq(adapter, 32, Notified, queue, NULL, CreateDone, &done, &queue->Cq));
    return STATUS_SUCCESS;
}

static NTSTATUS CreateQueues(END *end)
{
    NDK_ADAPTER *adapter = end->Adapter;
    CREATE(&end->Pd, adapter->Dispatch->NdkCreatePd(adapter, CreateDone, &done, &end->Pd));
    NTSTATUS status = CreateQueue(end, &end->Receives);
    if (NT_SUCCESS(status)) status = CreateQueue(end, &end->Initiators);
    if (!NT_SUCCESS(status)) return status;
    CREATE(&end->Qp, end->Pd->Dispatch->NdkCreateQp(end->Pd, end->Receives.Cq, end->Initiators.Cq, end, 8, 8, 1, 1, 0,
                                                    CreateDone, &done, &end->Qp));
    return STATUS_SUCCESS;
}

NTSTATUS CreateConnector(END *end)
{
    NDK_ADAPTER *adapter = end->Adapter;
    CREATE(&end->Connector, adapter->Dispatch->NdkCreateConnector(adapter, CreateDone, &done, &end->Connector));
    return STATUS_SUCCESS;
}

NTSTATUS CreateListener(END *end, NDK_CONNECT_EVENT *event)
{
    NDK_ADAPTER *adapter = end->Adapter;
    CREATE(&end->Listener, adapter->Dispatch->NdkCreateListener(adapter, event, end, CreateDone, &done, &end->Listener));
    return STATUS_SUCCESS;
}

NTSTATUS OpenEnd(END *end, const char *name, ULONG index)
{
    NDK_VERSION version = {1, 0};
    ULONG size = sizeof(end->Info);
    ULONGLONG luid;
    WCHAR alias[64];
    zero(end, sizeof(*end));
    end->Name = name;
    end->Last = &end->First;
    KeInitializeEvent(&end->Arrived, 0, FALSE);
    KeInitializeEvent(&end->Connected, 0, FALSE);
    KeInitializeEvent(&end->Disconnected, 0, FALSE);
    NTSTATUS status = ConvertInterfaceIndexToLuid(index, &luid);
    if (NT_SUCCESS(status)) status = ConvertInterfaceLuidToAlias(&luid, alias, 64);
    if (NT_SUCCESS(status)) status = Ndk.WskOpenNdkAdapter(Client, version, index, &end->Adapter);
    if (!NT_SUCCESS(status)) return status;
    DbgPrint("ndk-consumer: %s: interface %u, '%ws', NDK %u.%u\n", name, index, alias,
             end->Adapter->Header.Version.Major, end->Adapter->Header.Version.Minor);
    status = end->Adapter->Dispatch->NdkQueryAdapterInfo(end->Adapter, &end->Info, &size);
    if (NT_SUCCESS(status)) status = CreateQueues(end);
    if (NT_SUCCESS(status)) status = MakeBuffer(&end->Message, PAGE_SIZE);
    if (NT_SUCCESS(status)) status = MakeBuffer(&end->Payload, BUFFER_SIZE);
    if (NT_SUCCESS(status))
        status = Register(end, &end->Messages, &end->Message, PAGE_SIZE,
                          NDK_MR_FLAG_ALLOW_LOCAL_WRITE | NDK_MR_FLAG_RDMA_READ_SINK);
    return status;
}

static void FreeBuffer(BUFFER *buffer)
{
    if (buffer->Mdl) IoFreeMdl(buffer->Mdl);
    if (buffer->Memory) ExFreePoolWithTag(buffer->Memory, TAG);
}

static void CloseMr(NDK_MR *mr)
{
    CALL call;
    if (!mr) return;
    StartCall(&call);
    EndCall(&call, mr->Dispatch->NdkDeregisterMr(mr, RequestDone, &call));
    CloseObject(mr);
}

// In the order in which NDKPI wants successors before antecedents.
void CloseEnd(END *end)
{
    RESULT *entry;
    if (end->Listener) end->Listener->Dispatch->NdkControlConnectEvents(end->Listener, TRUE);
    if (end->Qp) end->Qp->Dispatch->NdkFlush(end->Qp);
    CloseObject(end->Connector);
    CloseObject(end->Listener);
    CloseObject(end->Qp);
    CloseObject(end->Data);
    CloseMr(end->Messages);
    if (end->LamBuilt) end->Adapter->Dispatch->NdkReleaseLAM(end->Adapter, end->Lam);
    if (end->Lam) ExFreePoolWithTag(end->Lam, TAG);
    CloseObject(end->Receives.Cq);
    CloseObject(end->Initiators.Cq);
    CloseObject(end->Pd);
    if (end->Adapter) Ndk.WskCloseNdkAdapter(Client, end->Adapter);
    FreeBuffer(&end->Message);
    FreeBuffer(&end->Payload);
    while ((entry = Take(end, 0)) != NULL) ExFreeToNPagedLookasideList(&Results, entry);
}

// ---- memory and messages ------------------------------------------------------------------

// Blocks of a page or more begin at a page.
NTSTATUS MakeBuffer(BUFFER *buffer, ULONG size)
{
    buffer->Memory = ExAllocatePoolWithTagPriority(POOL_NX | POOL_ZERO_ALLOCATION, size, TAG, NormalPoolPriority);
    if (!buffer->Memory) return STATUS_INSUFFICIENT_RESOURCES;
    if ((ULONG_PTR)buffer->Memory % PAGE_SIZE) return STATUS_DATA_ERROR;
    buffer->Mdl = IoAllocateMdl(buffer->Memory, size, FALSE, FALSE, NULL);
    if (!buffer->Mdl) return STATUS_INSUFFICIENT_RESOURCES;
    MmBuildMdlForNonPagedPool(buffer->Mdl);
    return STATUS_SUCCESS;
}

NTSTATUS Register(END *end, NDK_MR **mr, BUFFER *buffer, ULONG size, ULONG flags)
{
    CALL call;
    CREATE(mr, end->Pd->Dispatch->NdkCreateMr(end->Pd, FALSE, CreateDone, &done, mr));
    StartCall(&call);
    return EndCall(&call, (*mr)->Dispatch->NdkRegisterMr(*mr, buffer->Mdl, size, flags, RequestDone, &call));
}

// The pages of a buffer as the adapter sees them, and a region that is registered with a work request.
NTSTATUS BuildLam(END *end, ULONG *fbo)
{
    CALL call;
    ULONG size = 0;
    NTSTATUS status = end->Adapter->Dispatch->NdkBuildLAM(end->Adapter, end->Payload.Mdl, BUFFER_SIZE, RequestDone,
                                                          &call, NULL, &size, fbo);
    if (status != STATUS_BUFFER_TOO_SMALL) return NT_SUCCESS(status) ? STATUS_UNSUCCESSFUL : status;
    end->Lam = ExAllocatePoolWithTagPriority(POOL_NX, size, TAG, NormalPoolPriority);
    if (!end->Lam) return STATUS_INSUFFICIENT_RESOURCES;
    StartCall(&call);
    status = EndCall(&call, end->Adapter->Dispatch->NdkBuildLAM(end->Adapter, end->Payload.Mdl, BUFFER_SIZE,
                                                                RequestDone, &call, end->Lam, &size, fbo));
    end->LamBuilt = NT_SUCCESS(status);
    return status;
}

NTSTATUS CreateFastRegisterMr(END *end)
{
    CALL call;
    CREATE(&end->Data, end->Pd->Dispatch->NdkCreateMr(end->Pd, TRUE, CreateDone, &done, &end->Data));
    StartCall(&call);
    return EndCall(&call, end->Data->Dispatch->NdkInitializeFastRegisterMr(end->Data, BUFFER_SIZE / PAGE_SIZE, TRUE,
                                                                           RequestDone, &call));
}

static NDK_SGE MessageSge(END *end, ULONG offset)
{
    NDK_SGE sge;
    sge.VirtualAddress = end->Message.Memory + offset;
    sge.Length = MESSAGE_SIZE;
    sge.Token = end->Messages->Dispatch->NdkGetLocalTokenFromMr(end->Messages);
    return sge;
}

NTSTATUS PostReceive(END *end, ULONG_PTR context, ULONG offset)
{
    NDK_SGE sge = MessageSge(end, offset);
    return end->Qp->Dispatch->NdkReceive(end->Qp, (PVOID)context, &sge, 1);
}

// With a token to invalidate, which NDK 1.2 can.
NTSTATUS SendMessage(END *end, ULONG_PTR context, ULONG offset, ULONG flags, ULONG invalidate)
{
    NDK_SGE sge = MessageSge(end, offset);
    if (invalidate && IsExtended(end))
        return end->Qp->Dispatch->NdkSendAndInvalidate(end->Qp, (PVOID)context, &sge, 1, flags, invalidate);
    return end->Qp->Dispatch->NdkSend(end->Qp, (PVOID)context, &sge, 1, flags);
}
