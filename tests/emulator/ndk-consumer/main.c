// An NDK consumer: two ends on two adapters of one host talk to each other. The server begins in a work item,
// the client in a system thread; settings come from the registry.
#include "end.h"

#define SECOND 10000000ULL
#define SLOT(n) ((n) * MESSAGE_SIZE)
#define PATTERN(at) ((UCHAR)((at) * 7 + (at) / 251))

WSK_PROVIDER_NDK_DISPATCH Ndk;
PVOID Client;
NPAGED_LOOKASIDE_LIST Results;
EX_RUNDOWN_REF Callbacks;

// What the server tells of its memory.
typedef struct { ULONGLONG Address; ULONG Token, Length; } ADVERT;

typedef struct { ULONG ClientIndex, ServerIndex; SOCKADDR_IN ClientAddress, ServerAddress; } SETTINGS;

static const WSK_CLIENT_DISPATCH ClientDispatch = {0x0100, 0, NULL};
static WSK_REGISTRATION Registration;
static IO_REMOVE_LOCK RemoveLock;
static SETTINGS Settings;
static END ClientEnd, ServerEnd;
static KEVENT Listening, ServerDone;
static PVOID Device, WorkItem, ClientThread;
static NTSTATUS ClientStatus, ServerStatus;

// ---- settings -----------------------------------------------------------------------------

// A value with its data; strings are at most 47 characters.
typedef struct { ULONG TitleIndex, Type, Length; union { ULONG Number; WCHAR Text[48]; }; } VALUE;

static NTSTATUS ReadValue(HANDLE key, const WCHAR *name, VALUE *value)
{
    UNICODE_STRING string;
    ULONG needed;
    zero(value, sizeof(*value));
    RtlInitUnicodeString(&string, name);
    return ZwQueryValueKey(key, &string, 2, value, sizeof(*value) - sizeof(WCHAR), &needed);
}

static NTSTATUS ReadAddress(HANDLE key, const WCHAR *name, SOCKADDR_IN *address)
{
    VALUE value;
    NTSTATUS status = ReadValue(key, name, &value);
    if (!NT_SUCCESS(status)) return status;
    address->Family = AF_INET;
    return RtlIpv4StringToAddressExW(value.Text, TRUE, address->Address, &address->Port);
}

static NTSTATUS ReadIndex(HANDLE key, const WCHAR *name, ULONG *index)
{
    VALUE value;
    NTSTATUS status = ReadValue(key, name, &value);
    *index = value.Number;
    return status;
}

static NTSTATUS ReadSettings(UNICODE_STRING *path)
{
    OBJECT_ATTRIBUTES attributes = {sizeof(attributes), NULL, path, 0x240, NULL, NULL};
    HANDLE key;
    NTSTATUS status = ZwOpenKey(&key, 0x20019, &attributes);
    if (!NT_SUCCESS(status)) return status;
    status = ReadIndex(key, L"ClientIfIndex", &Settings.ClientIndex);
    if (NT_SUCCESS(status)) status = ReadIndex(key, L"ServerIfIndex", &Settings.ServerIndex);
    if (NT_SUCCESS(status)) status = ReadAddress(key, L"ClientAddress", &Settings.ClientAddress);
    if (NT_SUCCESS(status)) status = ReadAddress(key, L"ServerAddress", &Settings.ServerAddress);
    ZwClose(key);
    return status;
}

// ---- the server ---------------------------------------------------------------------------

static void Disconnected(PVOID context)
{
    END *end = context;
    KeSetEvent(&end->Disconnected, 0, FALSE);
}

// Receives are posted once the connection is there: what comes before waits for them.
static NTSTATUS Accept(END *end)
{
    CALL call;
    ULONG inbound, outbound, length = 0;
    const NDK_CONNECTOR_DISPATCH *table = end->Connector->Dispatch;
    NTSTATUS status = table->NdkGetConnectionData(end->Connector, &inbound, &outbound, NULL, &length);
    if (!NT_SUCCESS(status) && status != STATUS_BUFFER_TOO_SMALL) return status;
    StartCall(&call);
    status = EndCall(&call, table->NdkAccept(end->Connector, end->Qp, 1, 1, NULL, 0, Disconnected, end, RequestDone,
                                             &call));
    if (NT_SUCCESS(status)) status = PostReceive(end, 1, SLOT(0));
    if (NT_SUCCESS(status)) Arm(end);
    return status;
}

static void AcceptWork(PVOID object, PVOID context, PVOID item)
{
    END *end = context;
    (void)object;
    end->ConnectStatus = Accept(end);
    IoFreeWorkItem(item);
    KeSetEvent(&end->Connected, 0, FALSE);
}

// The connector is this driver's from here on; accepting waits, so a work item does it.
static void ConnectRequested(PVOID context, NDK_CONNECTOR *connector)
{
    END *end = context;
    SOCKADDR_IN peer;
    ULONG length = sizeof(peer);
    PVOID item = IoAllocateWorkItem(Device);
    end->Connector = connector;
    NTSTATUS status = connector->Dispatch->NdkGetPeerAddress(connector, &peer, &length);
    for (ULONG at = 0; at < 4; at++) {
        if (peer.Address[at] != Settings.ClientAddress.Address[at]) status = STATUS_DATA_ERROR;
    }
    if (item && NT_SUCCESS(status)) {
        IoQueueWorkItemEx(item, AcceptWork, 1, end);
        return;
    }
    if (item) IoFreeWorkItem(item);
    end->ConnectStatus = STATUS_UNSUCCESSFUL;
    KeSetEvent(&end->Connected, 0, FALSE);
}

static NTSTATUS Listen(END *end)
{
    CALL call;
    ULONG length = sizeof(SOCKADDR_IN);
    NTSTATUS status = CreateListener(end, ConnectRequested);
    if (!NT_SUCCESS(status)) return status;
    StartCall(&call);
    status = EndCall(&call, end->Listener->Dispatch->NdkListen(end->Listener, &Settings.ServerAddress, length,
                                                               RequestDone, &call));
    if (NT_SUCCESS(status))
        status = end->Listener->Dispatch->NdkGetLocalAddress(end->Listener, &Settings.ServerAddress, &length);
    return status;
}

// Registers the payload with a work request that nobody hears of, and sends what it is called: one chain.
static NTSTATUS Offer(END *end)
{
    ULONG fbo, flags = NDK_OP_FLAG_ALLOW_REMOTE_READ | NDK_OP_FLAG_ALLOW_REMOTE_WRITE | NDK_OP_FLAG_DEFER |
                       NDK_OP_FLAG_SILENT_SUCCESS;
    ADVERT *advert = (ADVERT *)(end->Message.Memory + SLOT(1));
    NTSTATUS status = CreateFastRegisterMr(end);
    if (NT_SUCCESS(status)) status = BuildLam(end, &fbo);
    if (NT_SUCCESS(status))
        status = end->Qp->Dispatch->NdkFastRegister(end->Qp, (PVOID)2, end->Data, end->Lam->PageCount, end->Lam->Pages,
                                                    fbo, BUFFER_SIZE, end->Payload.Memory, flags);
    if (!NT_SUCCESS(status)) return status;
    advert->Address = (ULONGLONG)end->Payload.Memory;
    advert->Token = end->Data->Dispatch->NdkGetRemoteTokenFromMr(end->Data);
    advert->Length = BUFFER_SIZE;
    status = SendMessage(end, 3, SLOT(1), 0, 0);
    return NT_SUCCESS(status) ? WaitResult(end, 3) : status;
}

static NTSTATUS CheckPattern(const UCHAR *memory, ULONG from, ULONG length)
{
    for (ULONG at = 0; at < length; at++) {
        if (memory[at] != PATTERN(from + at)) return STATUS_DATA_ERROR;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS RunServer(END *end)
{
    NTSTATUS status = OpenEnd(end, "server", Settings.ServerIndex);
    if (NT_SUCCESS(status)) status = Listen(end);
    KeSetEvent(&Listening, 0, FALSE);
    if (NT_SUCCESS(status)) status = WaitFor(&end->Connected);
    if (NT_SUCCESS(status)) status = end->ConnectStatus;
    if (NT_SUCCESS(status)) status = Offer(end);
    if (NT_SUCCESS(status)) status = WaitResult(end, 1);
    if (NT_SUCCESS(status)) status = CheckPattern(end->Payload.Memory, 0, BUFFER_SIZE);
    // The client's message has taken its right to write.
    if (NT_SUCCESS(status) && end->Invalidated != ((ADVERT *)(end->Message.Memory + SLOT(1)))->Token)
        status = STATUS_DATA_ERROR;
    if (NT_SUCCESS(status)) status = SendMessage(end, 4, SLOT(2), 0, 0);
    // The client closes when it has the message: whether this end hears of that first does not matter.
    if (NT_SUCCESS(status)) status = WaitFor(&end->Disconnected);
    CloseEnd(end);
    return status;
}

// Some drivers pass their driver object where a device object goes.
static void ServerWork(PVOID object, PVOID context, PVOID item)
{
    (void)object, (void)item;
    ServerStatus = RunServer(context);
    DbgPrint("ndk-consumer: server: %08x\n", ServerStatus);
    IoReleaseRemoveLockEx(&RemoveLock, ServerWork, sizeof(RemoveLock));
    KeSetEvent(&ServerDone, 0, FALSE);
}

// ---- the client ---------------------------------------------------------------------------

static NTSTATUS Connect(END *end)
{
    CALL call;
    ULONG length = sizeof(SOCKADDR_IN);
    NTSTATUS status = CreateConnector(end);
    if (!NT_SUCCESS(status)) return status;
    StartCall(&call);
    const NDK_CONNECTOR_DISPATCH *table = end->Connector->Dispatch;
    status = EndCall(&call, table->NdkConnect(end->Connector, end->Qp, &Settings.ClientAddress, length,
                                              &Settings.ServerAddress, length, 1, 1, NULL, 0, RequestDone, &call));
    if (!NT_SUCCESS(status)) return status;
    StartCall(&call);
    return EndCall(&call, table->NdkCompleteConnect(end->Connector, Disconnected, end, RequestDone, &call));
}

// Writes a page after the other from logical addresses, in one chain, then reads some of it back.
static NTSTATUS WriteAndRead(END *end, const ADVERT *advert)
{
    NDK_SGE sge;
    ULONG fbo, pages = BUFFER_SIZE / PAGE_SIZE;
    NTSTATUS status = BuildLam(end, &fbo);
    if (NT_SUCCESS(status) && fbo != 0) status = STATUS_DATA_ERROR;
    if (!NT_SUCCESS(status)) return status;
    end->Pd->Dispatch->NdkGetPrivilegedMemoryRegionToken(end->Pd, &sge.Token);
    for (ULONG page = 0; page < pages && NT_SUCCESS(status); page++) {
        sge.LogicalAddress = end->Lam->Pages[page];
        sge.Length = PAGE_SIZE;
        status = end->Qp->Dispatch->NdkWrite(end->Qp, (PVOID)(ULONG_PTR)(10 + page), &sge, 1,
                                             advert->Address + page * PAGE_SIZE, advert->Token,
                                             page + 1 < pages ? NDK_OP_FLAG_DEFER : 0);
    }
    for (ULONG page = 0; page < pages && NT_SUCCESS(status); page++) status = WaitResult(end, 10 + page);
    if (!NT_SUCCESS(status)) return status;
    sge.VirtualAddress = end->Message.Memory + SLOT(4);
    sge.Length = MESSAGE_SIZE;
    sge.Token = end->Messages->Dispatch->NdkGetLocalTokenFromMr(end->Messages);
    status = end->Qp->Dispatch->NdkRead(end->Qp, (PVOID)20, &sge, 1, advert->Address + 5000, advert->Token, 0);
    if (NT_SUCCESS(status)) status = WaitResult(end, 20);
    return NT_SUCCESS(status) ? CheckPattern(end->Message.Memory + SLOT(4), 5000, MESSAGE_SIZE) : status;
}

static NTSTATUS RunClient(END *end)
{
    const ADVERT *advert;
    NTSTATUS status = OpenEnd(end, "client", Settings.ClientIndex);
    if (NT_SUCCESS(status)) status = WaitFor(&Listening);
    if (NT_SUCCESS(status)) status = Connect(end);
    if (NT_SUCCESS(status)) status = PostReceive(end, 1, SLOT(0));
    if (NT_SUCCESS(status)) status = PostReceive(end, 2, SLOT(1));
    if (NT_SUCCESS(status)) Arm(end);
    if (NT_SUCCESS(status)) status = WaitResult(end, 1);
    if (NT_SUCCESS(status)) {
        advert = (const ADVERT *)(end->Message.Memory + SLOT(0));
        for (ULONG at = 0; at < BUFFER_SIZE; at++) end->Payload.Memory[at] = PATTERN(at);
        status = WriteAndRead(end, advert);
        if (NT_SUCCESS(status)) status = SendMessage(end, 30, SLOT(2), 0, advert->Token);
    }
    if (NT_SUCCESS(status)) status = WaitResult(end, 30);
    if (NT_SUCCESS(status)) status = WaitResult(end, 2);
    // The connector is closed as it is: no NdkDisconnect before.
    CloseEnd(end);
    return status;
}

// What needs no call: the thread, the IRQL, the time.
static NTSTATUS CheckInline(void)
{
    ULONGLONG time = KeQuerySystemTime(), exact, ticks = KeQueryTickCount();
    KeQuerySystemTimePrecise(&exact);
    BOOLEAN right = exact - time < 20 * SECOND && KeQueryTickCount() - ticks < 20 * 64 && ticks &&
                    KeGetCurrentThread() == PsGetCurrentThread() && KeGetCurrentIrql() == PASSIVE_LEVEL;
    WriteCr8(DISPATCH_LEVEL);
    right = right && KeGetCurrentIrql() == DISPATCH_LEVEL;
    WriteCr8(PASSIVE_LEVEL);
    right = right && KeGetCurrentIrql() == PASSIVE_LEVEL;
    return right ? STATUS_SUCCESS : STATUS_DATA_ERROR;
}

static void ClientMain(PVOID context)
{
    ClientStatus = CheckInline();
    if (NT_SUCCESS(ClientStatus)) ClientStatus = RunClient(context);
    DbgPrint("ndk-consumer: client: %08x\n", ClientStatus);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

// ---- the driver ---------------------------------------------------------------------------

static NTSTATUS OpenNdk(void)
{
    WSK_CLIENT_NPI npi = {NULL, &ClientDispatch};
    WSK_PROVIDER_NPI provider;
    SIZE_T returned;
    NTSTATUS status = WskRegister(&npi, &Registration);
    if (!NT_SUCCESS(status)) return status;
    status = WskCaptureProviderNPI(&Registration, WSK_INFINITE_WAIT, &provider);
    if (!NT_SUCCESS(status)) {
        WskDeregister(&Registration);
        return status;
    }
    Client = provider.Client;
    return provider.Dispatch->WskControlClient(Client, WSKNDK_GET_WSK_PROVIDER_NDK_DISPATCH, 0, NULL, sizeof(Ndk), &Ndk,
                                               &returned, NULL);
}

static NTSTATUS StartEnds(DRIVER_OBJECT *driver)
{
    HANDLE handle;
    UNICODE_STRING name;
    RtlInitUnicodeString(&name, L"\\Device\\NdkConsumer");
    NTSTATUS status = IoCreateDevice(driver, 0, &name, 0x22, 0, FALSE, &Device);
    if (!NT_SUCCESS(status)) return status;
    WorkItem = IoAllocateWorkItem(driver);
    if (!WorkItem) return STATUS_INSUFFICIENT_RESOURCES;
    status = PsCreateSystemThread(&handle, 0x1FFFFF, NULL, NULL, NULL, ClientMain, &ClientEnd);
    if (!NT_SUCCESS(status)) return status;
    ObReferenceObjectByHandle(handle, 0x1FFFFF, PsThreadType, 0, &ClientThread, NULL);
    ZwClose(handle);
    IoAcquireRemoveLockEx(&RemoveLock, ServerWork, __FILE__, __LINE__, sizeof(RemoveLock));
    IoQueueWorkItemEx(WorkItem, ServerWork, 1, &ServerEnd);
    return STATUS_SUCCESS;
}

// Waits for both ends, and for callbacks that are under way.
static void Unload(DRIVER_OBJECT *driver)
{
    PVOID both[2] = {ClientThread, &ServerDone};
    (void)driver;
    KeWaitForMultipleObjects(2, both, 0, 0, 0, FALSE, NULL, NULL);
    IoAcquireRemoveLockEx(&RemoveLock, Unload, __FILE__, __LINE__, sizeof(RemoveLock));
    IoReleaseRemoveLockAndWaitEx(&RemoveLock, Unload, sizeof(RemoveLock));
    ExWaitForRundownProtectionRelease(&Callbacks);
    ObfDereferenceObject(ClientThread);
    IoFreeWorkItem(WorkItem);
    IoDeleteDevice(Device);
    WskReleaseProviderNPI(&Registration);
    WskDeregister(&Registration);
    ExDeleteNPagedLookasideList(&Results);
    DbgPrint("ndk-consumer: %s\n", ClientStatus | ServerStatus ? "failed" : "passed");
}

NTSTATUS DriverEntry(DRIVER_OBJECT *driver, UNICODE_STRING *path)
{
    NTSTATUS status = ReadSettings(path);
    if (!NT_SUCCESS(status)) return status;
    KeInitializeEvent(&Listening, 0, FALSE);
    KeInitializeEvent(&ServerDone, 0, FALSE);
    ExInitializeRundownProtection(&Callbacks);
    IoInitializeRemoveLockEx(&RemoveLock, TAG, 0, 0, sizeof(RemoveLock));
    status = OpenNdk();
    if (!NT_SUCCESS(status)) return status;
    ExInitializeNPagedLookasideList(&Results, NULL, NULL, POOL_NX, sizeof(RESULT), TAG, 0);
    driver->DriverUnload = Unload;
    return StartEnds(driver);
}
