// What the driver uses of Winsock Kernel and of NDKPI: declarations of its own.
#pragma once
#include "nt.h"

typedef struct { PVOID Dispatch; } WSK_CLIENT;
typedef struct { USHORT Version, Reserved; PVOID WskClientEvent; } WSK_CLIENT_DISPATCH;
typedef struct { PVOID ClientContext; const WSK_CLIENT_DISPATCH *Dispatch; } WSK_CLIENT_NPI;
typedef struct { ULONGLONG State; PVOID Context; ULONGLONG Lock; } WSK_REGISTRATION;
typedef struct {
    USHORT Version, Reserved;
    PVOID WskSocket, WskSocketConnect;
    NTSTATUS (*WskControlClient)(PVOID client, ULONG code, SIZE_T in_size, PVOID in, SIZE_T out_size, PVOID out,
                                 SIZE_T *returned, PVOID irp);
} WSK_PROVIDER_DISPATCH;
typedef struct { PVOID Client; const WSK_PROVIDER_DISPATCH *Dispatch; } WSK_PROVIDER_NPI;

IMPORT NTSTATUS WskRegister(WSK_CLIENT_NPI *client, WSK_REGISTRATION *registration);
IMPORT void WskDeregister(WSK_REGISTRATION *registration);
IMPORT NTSTATUS WskCaptureProviderNPI(WSK_REGISTRATION *registration, ULONG milliseconds, WSK_PROVIDER_NPI *npi);
IMPORT void WskReleaseProviderNPI(WSK_REGISTRATION *registration);
IMPORT NTSTATUS ConvertInterfaceIndexToLuid(ULONG index, ULONGLONG *luid);
IMPORT NTSTATUS ConvertInterfaceLuidToAlias(const ULONGLONG *luid, WCHAR *alias, SIZE_T length);

#define WSK_INFINITE_WAIT 0xFFFFFFFF
#define WSKNDK_GET_WSK_PROVIDER_NDK_DISPATCH 0x4E444B44

#define AF_INET 2
typedef struct { USHORT Family, Port; UCHAR Address[4]; UCHAR Zero[8]; } SOCKADDR_IN;

typedef struct { USHORT Major, Minor; } NDK_VERSION;
typedef struct { NDK_VERSION Version; int ObjectType; PVOID Reserved[4]; } NDK_OBJECT_HEADER;

typedef void NDK_CREATE_COMPLETION(PVOID context, NTSTATUS status, NDK_OBJECT_HEADER *object);
typedef void NDK_REQUEST_COMPLETION(PVOID context, NTSTATUS status);
typedef void NDK_CLOSE_COMPLETION(PVOID context);
typedef void NDK_CQ_NOTIFICATION(PVOID context, NTSTATUS status);
typedef void NDK_DISCONNECT_EVENT(PVOID context);
typedef NTSTATUS NDK_CLOSE(NDK_OBJECT_HEADER *object, NDK_CLOSE_COMPLETION *done, PVOID context);

typedef struct NDK_ADAPTER NDK_ADAPTER;
typedef struct NDK_CQ NDK_CQ;
typedef struct NDK_PD NDK_PD;
typedef struct NDK_MR NDK_MR;
typedef struct NDK_QP NDK_QP;
typedef struct NDK_CONNECTOR NDK_CONNECTOR;
typedef struct NDK_LISTENER NDK_LISTENER;
typedef void NDK_CONNECT_EVENT(PVOID context, NDK_CONNECTOR *connector);

typedef struct {
    NDK_VERSION Version;
    ULONG VendorId, DeviceId;
    ULONGLONG MaxRegistrationSize, MaxWindowSize;
    ULONG FRMRPageCount, MaxInitiatorRequestSge, MaxReceiveRequestSge, MaxReadRequestSge, MaxTransferLength,
        MaxInlineDataSize, MaxInboundReadLimit, MaxOutboundReadLimit, MaxReceiveQueueDepth, MaxInitiatorQueueDepth,
        MaxSrqDepth, MaxCqDepth, LargeRequestThreshold, MaxCallerData, MaxCalleeData, AdapterFlags;
    int RdmaTechnology;
} NDK_ADAPTER_INFO;

typedef struct { union { PVOID VirtualAddress; ULONGLONG LogicalAddress; }; ULONG Length, Token; } NDK_SGE;
typedef struct { NTSTATUS Status; ULONG Bytes; PVOID QPContext, RequestContext; } NDK_RESULT;
typedef struct {
    NTSTATUS Status;
    ULONG Bytes;
    PVOID QPContext, RequestContext;
    int Type;
    ULONG ProviderErrorCode;
    ULONGLONG Output;
} NDK_RESULT_EX;
typedef struct { PVOID AdapterContext; ULONG PageCount; ULONGLONG Pages[1]; } NDK_LAM;

#define NdkOperationTypeReceiveAndInvalidate 0x8001
#define NDK_CQ_NOTIFY_ANY 1
#define NDK_MR_FLAG_ALLOW_LOCAL_WRITE 1
#define NDK_MR_FLAG_RDMA_READ_SINK 8
#define NDK_OP_FLAG_SILENT_SUCCESS 1
#define NDK_OP_FLAG_READ_FENCE 2
#define NDK_OP_FLAG_ALLOW_REMOTE_READ 0x8
#define NDK_OP_FLAG_ALLOW_LOCAL_WRITE 0x10
#define NDK_OP_FLAG_ALLOW_REMOTE_WRITE 0x30
#define NDK_OP_FLAG_DEFER 0x200

typedef struct {
    PVOID QueryExtension;
    NTSTATUS (*NdkQueryAdapterInfo)(NDK_ADAPTER *, NDK_ADAPTER_INFO *, ULONG *size);
    NTSTATUS (*NdkCreateCq)(NDK_ADAPTER *, ULONG depth, NDK_CQ_NOTIFICATION *, PVOID context, PVOID affinity,
                            NDK_CREATE_COMPLETION *, PVOID, NDK_CQ **);
    NTSTATUS (*NdkCreatePd)(NDK_ADAPTER *, NDK_CREATE_COMPLETION *, PVOID, NDK_PD **);
    PVOID CreateSharedEndpoint;
    NTSTATUS (*NdkCreateConnector)(NDK_ADAPTER *, NDK_CREATE_COMPLETION *, PVOID, NDK_CONNECTOR **);
    NTSTATUS (*NdkCreateListener)(NDK_ADAPTER *, NDK_CONNECT_EVENT *, PVOID context, NDK_CREATE_COMPLETION *, PVOID,
                                  NDK_LISTENER **);
    NTSTATUS (*NdkBuildLAM)(NDK_ADAPTER *, MDL *, SIZE_T length, NDK_REQUEST_COMPLETION *, PVOID, NDK_LAM *,
                            ULONG *size, ULONG *fbo);
    void (*NdkReleaseLAM)(NDK_ADAPTER *, NDK_LAM *);
} NDK_ADAPTER_DISPATCH;

typedef struct {
    NDK_CLOSE *Close;
    PVOID QueryExtension, Resize;
    void (*NdkArmCq)(NDK_CQ *, ULONG type);
    ULONG (*NdkGetCqResults)(NDK_CQ *, NDK_RESULT *, ULONG count);
    PVOID ControlCqInterruptModeration;
    ULONG (*NdkGetCqResultsEx)(NDK_CQ *, NDK_RESULT_EX *, ULONG count);
} NDK_CQ_DISPATCH;

typedef struct {
    NDK_CLOSE *Close;
    PVOID QueryExtension;
    NTSTATUS (*NdkCreateMr)(NDK_PD *, BOOLEAN fast, NDK_CREATE_COMPLETION *, PVOID, NDK_MR **);
    PVOID CreateMw, CreateSrq;
    NTSTATUS (*NdkCreateQp)(NDK_PD *, NDK_CQ *receive, NDK_CQ *initiator, PVOID context, ULONG receives,
                            ULONG initiators, ULONG receive_sges, ULONG initiator_sges, ULONG inline_size,
                            NDK_CREATE_COMPLETION *, PVOID, NDK_QP **);
    PVOID CreateQpWithSrq;
    void (*NdkGetPrivilegedMemoryRegionToken)(NDK_PD *, ULONG *token);
} NDK_PD_DISPATCH;

typedef struct {
    NDK_CLOSE *Close;
    PVOID QueryExtension;
    NTSTATUS (*NdkRegisterMr)(NDK_MR *, MDL *, SIZE_T length, ULONG flags, NDK_REQUEST_COMPLETION *, PVOID);
    NTSTATUS (*NdkDeregisterMr)(NDK_MR *, NDK_REQUEST_COMPLETION *, PVOID);
    NTSTATUS (*NdkInitializeFastRegisterMr)(NDK_MR *, ULONG pages, BOOLEAN remote, NDK_REQUEST_COMPLETION *, PVOID);
    ULONG (*NdkGetRemoteTokenFromMr)(NDK_MR *);
    ULONG (*NdkGetLocalTokenFromMr)(NDK_MR *);
} NDK_MR_DISPATCH;

typedef struct {
    NDK_CLOSE *Close;
    PVOID QueryExtension;
    void (*NdkFlush)(NDK_QP *);
    NTSTATUS (*NdkSend)(NDK_QP *, PVOID context, const NDK_SGE *, ULONG count, ULONG flags);
    NTSTATUS (*NdkReceive)(NDK_QP *, PVOID context, const NDK_SGE *, ULONG count);
    PVOID Bind;
    NTSTATUS (*NdkFastRegister)(NDK_QP *, PVOID context, NDK_MR *, ULONG pages, const ULONGLONG *array, ULONG fbo,
                                SIZE_T length, PVOID base, ULONG flags);
    NTSTATUS (*NdkInvalidate)(NDK_QP *, PVOID context, NDK_OBJECT_HEADER *, ULONG flags);
    NTSTATUS (*NdkRead)(NDK_QP *, PVOID context, const NDK_SGE *, ULONG count, ULONGLONG address, ULONG token,
                        ULONG flags);
    NTSTATUS (*NdkWrite)(NDK_QP *, PVOID context, const NDK_SGE *, ULONG count, ULONGLONG address, ULONG token,
                         ULONG flags);
    NTSTATUS (*NdkSendAndInvalidate)(NDK_QP *, PVOID context, const NDK_SGE *, ULONG count, ULONG flags, ULONG token);
} NDK_QP_DISPATCH;

typedef struct {
    NDK_CLOSE *Close;
    PVOID QueryExtension;
    NTSTATUS (*NdkConnect)(NDK_CONNECTOR *, NDK_QP *, const SOCKADDR_IN *source, ULONG, const SOCKADDR_IN *target, ULONG,
                           ULONG inbound, ULONG outbound, const void *data, ULONG length, NDK_REQUEST_COMPLETION *,
                           PVOID);
    PVOID ConnectWithSharedEndpoint;
    NTSTATUS (*NdkCompleteConnect)(NDK_CONNECTOR *, NDK_DISCONNECT_EVENT *, PVOID event_context,
                                   NDK_REQUEST_COMPLETION *, PVOID);
    NTSTATUS (*NdkAccept)(NDK_CONNECTOR *, NDK_QP *, ULONG inbound, ULONG outbound, const void *data, ULONG length,
                          NDK_DISCONNECT_EVENT *, PVOID event_context, NDK_REQUEST_COMPLETION *, PVOID);
    PVOID Reject;
    NTSTATUS (*NdkGetConnectionData)(NDK_CONNECTOR *, ULONG *inbound, ULONG *outbound, PVOID data, ULONG *length);
    PVOID GetLocalAddress;
    NTSTATUS (*NdkGetPeerAddress)(NDK_CONNECTOR *, SOCKADDR_IN *, ULONG *length);
} NDK_CONNECTOR_DISPATCH;

typedef struct {
    NDK_CLOSE *Close;
    PVOID QueryExtension;
    NTSTATUS (*NdkListen)(NDK_LISTENER *, const SOCKADDR_IN *, ULONG, NDK_REQUEST_COMPLETION *, PVOID);
    NTSTATUS (*NdkGetLocalAddress)(NDK_LISTENER *, SOCKADDR_IN *, ULONG *);
    void (*NdkControlConnectEvents)(NDK_LISTENER *, BOOLEAN pause);
} NDK_LISTENER_DISPATCH;

struct NDK_ADAPTER { NDK_OBJECT_HEADER Header; const NDK_ADAPTER_DISPATCH *Dispatch; };
struct NDK_CQ { NDK_OBJECT_HEADER Header; const NDK_CQ_DISPATCH *Dispatch; };
struct NDK_PD { NDK_OBJECT_HEADER Header; const NDK_PD_DISPATCH *Dispatch; };
struct NDK_MR { NDK_OBJECT_HEADER Header; const NDK_MR_DISPATCH *Dispatch; };
struct NDK_QP { NDK_OBJECT_HEADER Header; const NDK_QP_DISPATCH *Dispatch; };
struct NDK_CONNECTOR { NDK_OBJECT_HEADER Header; const NDK_CONNECTOR_DISPATCH *Dispatch; };
struct NDK_LISTENER { NDK_OBJECT_HEADER Header; const NDK_LISTENER_DISPATCH *Dispatch; };

typedef struct {
    NTSTATUS (*WskOpenNdkAdapter)(PVOID client, NDK_VERSION version, ULONG index, NDK_ADAPTER **adapter);
    void (*WskCloseNdkAdapter)(PVOID client, NDK_ADAPTER *adapter);
} WSK_PROVIDER_NDK_DISPATCH;
