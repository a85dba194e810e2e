# Installs, pairs, checks and removes softrnic. Windows PowerShell 5.1 and PowerShell 7, on Windows Server 2022 and later.
#
# Functions that decide (Resolve-…, ConvertTo-…) take values and touch nothing, so that Softrnic.Tests.ps1 tests them without a
# driver; those that ask or change Windows are small and named after what they do.

Set-StrictMode -Version 2.0

$script:HardwareId = 'ROOT\SOFTRNIC'
$script:Service = 'softrnic'
$script:Component = 'softrnic_protocol'
$script:NetClass = [Guid]'4d36e972-e325-11ce-bfc1-08002be10318'
$script:OldestBuild = 20348
$script:SmbDirectPort = 5445
$script:PairKeyword = 'PairedAdapter'
$script:SharedKeyword = 'SharedAddress'
$script:TraceProvider = '{cb8113b8-fc0d-5d54-27d9-3d83733bc949}'
$script:AddressKeyword = 'NetworkAddress'

# ---------------------------------------------------------------------------------------------------------------------
# What went wrong, and what to do
# ---------------------------------------------------------------------------------------------------------------------

# An error that says its cause and its cure; Id is what scripts can tell it by.
function New-SoftrnicError {
    param([string] $Id, [string] $Cause, [string] $Fix, [System.Management.Automation.ErrorCategory] $Category = 'InvalidOperation')
    $exception = [System.InvalidOperationException]::new("$Cause $Fix")
    [System.Management.Automation.ErrorRecord]::new($exception, "Softrnic.$Id", $Category, $null)
}

# One line of what Test-Softrnic found. Result is Pass, Fail, Warn or Skip.
function New-Finding {
    param([string] $Check, [string] $Result, [string] $Detail, [string] $Fix = '')
    [pscustomobject]@{ PSTypeName = 'Softrnic.Finding'; Check = $Check; Result = $Result; Detail = $Detail; Fix = $Fix }
}

function Assert-Administrator {
    $identity = [Security.Principal.WindowsIdentity]::GetCurrent()
    $principal = [Security.Principal.WindowsPrincipal]::new($identity)
    if (-not $principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
        throw (New-SoftrnicError 'NotAdministrator' 'This changes drivers, and the session is not elevated.' `
            'Start PowerShell with "Run as administrator".' -Category PermissionDenied)
    }
}

function Assert-WindowsBuild {
    $build = [Environment]::OSVersion.Version.Build
    if ($build -lt $script:OldestBuild) {
        throw (New-SoftrnicError 'WindowsTooOld' "This is build $build of Windows." `
            "softrnic needs build $script:OldestBuild (Windows Server 2022) or later.")
    }
}

# Runs a program of Windows; its exit code, and all that it printed.
function Invoke-Native {
    param([string] $Path, [string[]] $Arguments)
    # Windows PowerShell makes an error of each line on a program's standard error; that alone must not end us.
    $ErrorActionPreference = 'Continue'
    Write-Verbose "$Path $($Arguments -join ' ')"
    $output = & $Path @Arguments 2>&1 | Out-String
    Write-Verbose $output
    [pscustomobject]@{ Code = $LASTEXITCODE; Output = $output.Trim() }
}

# The same, for one that must succeed: its exit code; what it printed is in the error.
function Invoke-Program {
    param([string] $Path, [string[]] $Arguments, [int[]] $Success = @(0), [string] $Id, [string] $Fix)
    $run = Invoke-Native $Path $Arguments
    if ($Success -notcontains $run.Code) {
        throw (New-SoftrnicError $Id "$Path $($Arguments -join ' ') ended with $($run.Code): $($run.Output)" $Fix)
    }
    $run.Code
}

function Get-SystemProgram {
    param([string] $Name)
    Join-Path ([Environment]::SystemDirectory) $Name
}

# ---------------------------------------------------------------------------------------------------------------------
# The package
# ---------------------------------------------------------------------------------------------------------------------

# Lines of SHA256SUMS as objects.
function ConvertTo-FileHashList {
    param([string[]] $Line)
    foreach ($text in $Line) {
        if ($text -match '^(?<Hash>[0-9a-fA-F]{64})\s+\*?(?<Name>\S+)\s*$') {
            [pscustomobject]@{ Name = $Matches.Name; Hash = $Matches.Hash.ToLowerInvariant() }
        }
    }
}

# Every file of the package is there and unchanged, and its catalogs are signed by somebody this machine trusts.
function Assert-Package {
    param([string] $Path)
    $sums = Join-Path $Path 'SHA256SUMS'
    if (-not (Test-Path -LiteralPath $sums)) {
        throw (New-SoftrnicError 'NoPackage' "$Path is no package of softrnic: SHA256SUMS is missing." `
            'Give -Path the folder that cargo dev package printed.' -Category ObjectNotFound)
    }
    $files = @(ConvertTo-FileHashList (Get-Content -LiteralPath $sums))
    foreach ($needed in 'softrnic.inf', 'softrnic_protocol.inf', 'softrnic.sys') {
        if (@($files | ForEach-Object { $_.Name }) -notcontains $needed) {
            throw (New-SoftrnicError 'FileMissing' "$sums does not list $needed." 'Copy the whole package again.' -Category ObjectNotFound)
        }
    }
    foreach ($file in $files) {
        $there = Join-Path $Path $file.Name
        if (-not (Test-Path -LiteralPath $there)) {
            throw (New-SoftrnicError 'FileMissing' "$there is missing." 'Copy the whole package again.' -Category ObjectNotFound)
        }
        $hash = (Get-FileHash -LiteralPath $there -Algorithm SHA256).Hash.ToLowerInvariant()
        if ($hash -ne $file.Hash) {
            throw (New-SoftrnicError 'FileChanged' "$there is not the file that was packaged (SHA-256 $hash)." 'Copy the whole package again.')
        }
    }
    foreach ($name in 'softrnic.cat', 'softrnic_protocol.cat') {
        $catalog = Join-Path $Path $name
        $status = 'missing'
        if (Test-Path -LiteralPath $catalog) {
            $status = [string](Get-AuthenticodeSignature -LiteralPath $catalog).Status
        }
        if ($status -ne 'Valid') {
            throw (New-SoftrnicError 'NotSigned' "The catalog $catalog is $status`: Windows does not load what it cannot verify." `
                ('Make and sign it on Windows with "cargo dev package". On a test machine import softrnic-test.cer into ' +
                 'LocalMachine\Root and LocalMachine\TrustedPublisher, run "bcdedit /set testsigning on" and restart.') -Category SecurityError)
        }
    }
}

# ---------------------------------------------------------------------------------------------------------------------
# Adapters
# ---------------------------------------------------------------------------------------------------------------------

# The driver's service, which Get-Service doesn't show.
function Get-DriverService {
    Get-CimInstance -ClassName Win32_SystemDriver -Filter "Name='$script:Service'" -ErrorAction SilentlyContinue
}

function Get-SoftrnicAdapter {
    Get-NetAdapter -IncludeHidden -ErrorAction SilentlyContinue |
        Where-Object { $_.ComponentID -eq $script:HardwareId }
}

# A keyword of an adapter, or nothing.
function Get-Keyword {
    param([string] $AdapterName, [string] $Keyword)
    $property = Get-NetAdapterAdvancedProperty -Name $AdapterName -RegistryKeyword $Keyword -AllProperties -ErrorAction SilentlyContinue
    if ($property) { @($property.RegistryValue)[0] }
}

function Get-PairedNic {
    param([string] $InterfaceGuid)
    if ($InterfaceGuid) {
        Get-NetAdapter -IncludeHidden -ErrorAction SilentlyContinue | Where-Object { $_.InterfaceGuid -eq $InterfaceGuid } | Select-Object -First 1
    }
}

# The keywords of a pairing, by name; empty is absent. With a shared address the adapter's own must be the NIC's; without, an
# address that was shared before is given up, and one that somebody chose is kept.
function ConvertTo-PairingKeyword {
    param([string] $InterfaceGuid, [string] $NicAddress, [bool] $SharedAddress, [string] $AddressNow)
    $shared = $NicAddress -replace '[-:]', ''
    $address = $AddressNow
    if ($SharedAddress) { $address = $shared } elseif ($AddressNow -eq $shared) { $address = '' }
    @{
        $script:PairKeyword    = $InterfaceGuid
        $script:SharedKeyword  = [string][int]$SharedAddress
        $script:AddressKeyword = $address
    }
}

function Set-Pairing {
    param([string] $Name, $Nic, [bool] $SharedAddress)
    $now = Get-Keyword $Name $script:AddressKeyword
    $keywords = ConvertTo-PairingKeyword -InterfaceGuid $Nic.InterfaceGuid -NicAddress $Nic.MacAddress -SharedAddress $SharedAddress -AddressNow $now
    foreach ($keyword in $keywords.Keys) {
        if ($keywords[$keyword]) {
            Set-NetAdapterAdvancedProperty -Name $Name -RegistryKeyword $keyword -RegistryValue $keywords[$keyword] -NoRestart
        } else {
            Remove-NetAdapterAdvancedProperty -Name $Name -RegistryKeyword $keyword -NoRestart -ErrorAction SilentlyContinue
        }
    }
}

# The adapter, when its link is up, or after a quarter of a minute.
function Wait-Link {
    param([string] $Name)
    $until = (Get-Date).AddSeconds(15)
    do {
        $adapter = Get-NetAdapter -Name $Name
        if ($adapter.Status -eq 'Up') { break }
        Start-Sleep -Milliseconds 500
    } while ((Get-Date) -lt $until)
    $adapter
}

# The NIC that is meant, if it can carry softrnic's frames.
function Resolve-PhysicalNic {
    param([string] $Name)
    $nic = Get-NetAdapter -Name $Name -ErrorAction SilentlyContinue
    if (-not $nic) {
        $names = (Get-NetAdapter | Where-Object { $_.ComponentID -ne $script:HardwareId } | ForEach-Object { $_.Name }) -join ', '
        throw (New-SoftrnicError 'NoSuchNic' "There is no network adapter named '$Name'." "Give -PhysicalAdapter one of: $names." -Category ObjectNotFound)
    }
    if ($nic.ComponentID -eq $script:HardwareId) {
        throw (New-SoftrnicError 'OwnAdapter' "'$Name' is softrnic itself." 'Pair it with the network card the frames should leave through.')
    }
    if ($nic.MediaType -ne '802.3') {
        throw (New-SoftrnicError 'NotEthernet' "'$Name' carries $($nic.MediaType), not Ethernet." 'softrnic needs an Ethernet adapter.')
    }
    $nic
}

# Makes the root-enumerated device and has PnP install the driver for it. Returns whether a restart is needed.
function New-SoftrnicDevice {
    param([string] $InfPath)
    if (-not ('Softrnic.RootDevice' -as [type])) {
        Add-Type -TypeDefinition @'
using System;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace Softrnic {
    public static class RootDevice {
        const uint GenerateId = 1, HardwareId = 1, RegisterDevice = 0x19, Remove = 5, Force = 1;

        [StructLayout(LayoutKind.Sequential)]
        struct Info { public int Size; public Guid Class; public int Instance; public IntPtr Reserved; }

        [DllImport("setupapi.dll", SetLastError = true)]
        static extern IntPtr SetupDiCreateDeviceInfoList(ref Guid classGuid, IntPtr window);
        [DllImport("setupapi.dll", SetLastError = true)]
        static extern bool SetupDiDestroyDeviceInfoList(IntPtr list);
        [DllImport("setupapi.dll", SetLastError = true, CharSet = CharSet.Unicode)]
        static extern bool SetupDiCreateDeviceInfoW(IntPtr list, string name, ref Guid classGuid, string description,
            IntPtr window, uint flags, ref Info info);
        [DllImport("setupapi.dll", SetLastError = true)]
        static extern bool SetupDiSetDeviceRegistryPropertyW(IntPtr list, ref Info info, uint property, byte[] value, int size);
        [DllImport("setupapi.dll", SetLastError = true)]
        static extern bool SetupDiCallClassInstaller(uint function, IntPtr list, ref Info info);
        [DllImport("newdev.dll", SetLastError = true, CharSet = CharSet.Unicode)]
        static extern bool UpdateDriverForPlugAndPlayDevicesW(IntPtr window, string hardwareId, string inf, uint flags, out bool restart);

        static Win32Exception Failed(string call) {
            int code = Marshal.GetLastWin32Error();
            return new Win32Exception(code, call + ": " + new Win32Exception(code).Message + " (0x" + code.ToString("x") + ")");
        }

        // A device that is made but gets no driver is taken away again.
        public static bool Create(Guid classGuid, string hardwareId, string inf) {
            IntPtr list = SetupDiCreateDeviceInfoList(ref classGuid, IntPtr.Zero);
            if (list == new IntPtr(-1)) throw Failed("SetupDiCreateDeviceInfoList");
            try {
                Info info = new Info();
                info.Size = Marshal.SizeOf(typeof(Info));
                if (!SetupDiCreateDeviceInfoW(list, "Net", ref classGuid, null, IntPtr.Zero, GenerateId, ref info))
                    throw Failed("SetupDiCreateDeviceInfo");
                byte[] ids = Encoding.Unicode.GetBytes(hardwareId + "\0\0");
                if (!SetupDiSetDeviceRegistryPropertyW(list, ref info, HardwareId, ids, ids.Length))
                    throw Failed("SetupDiSetDeviceRegistryProperty");
                if (!SetupDiCallClassInstaller(RegisterDevice, list, ref info))
                    throw Failed("DIF_REGISTERDEVICE");
                bool restart;
                if (!UpdateDriverForPlugAndPlayDevicesW(IntPtr.Zero, hardwareId, inf, Force, out restart)) {
                    Win32Exception why = Failed("UpdateDriverForPlugAndPlayDevices");
                    SetupDiCallClassInstaller(Remove, list, ref info);
                    throw why;
                }
                return restart;
            } finally {
                SetupDiDestroyDeviceInfoList(list);
            }
        }
    }
}
'@
    }
    try {
        [Softrnic.RootDevice]::Create($script:NetClass, $script:HardwareId, $InfPath)
    } catch {
        throw (New-SoftrnicError 'DeviceNotInstalled' "The adapter could not be made: $($_.Exception.GetBaseException().Message)" `
            'C:\Windows\INF\setupapi.dev.log says more; an unsigned or untrusted package ends with 0xe0000247 or 0x800b0109.')
    }
}

# ---------------------------------------------------------------------------------------------------------------------
# Networks that drop foreign addresses
# ---------------------------------------------------------------------------------------------------------------------

# What this machine runs on: PhysicalMachine, HyperV, Azure, VMware, VirtualBox, KVM, Xen, AmazonEC2 or GoogleCloud.
function Resolve-Platform {
    param([string] $Manufacturer, [string] $Model, [string] $ChassisTag)
    if ($ChassisTag -eq '7783-7084-3265-9085-8269-3286-77') { return 'Azure' }
    switch -Regex ("$Manufacturer $Model") {
        'Microsoft Corporation Virtual' { return 'HyperV' }
        'VMware' { return 'VMware' }
        'innotek|VirtualBox' { return 'VirtualBox' }
        'Amazon EC2' { return 'AmazonEC2' }
        'Google' { return 'GoogleCloud' }
        'QEMU|KVM|Red Hat|OpenStack|Nutanix|Proxmox' { return 'KVM' }
        'Xen' { return 'Xen' }
    }
    'PhysicalMachine'
}

function Get-Platform {
    $computer = Get-CimInstance -ClassName Win32_ComputerSystem
    $tags = Get-CimInstance -ClassName Win32_SystemEnclosure | ForEach-Object { $_.SMBIOSAssetTag }
    Resolve-Platform -Manufacturer $computer.Manufacturer -Model $computer.Model -ChassisTag "$(@($tags)[0])"
}

# The setting of that platform's switch which lets frames with another address than the NIC's through.
function Resolve-SwitchSetting {
    param([string] $Platform)
    switch ($Platform) {
        'HyperV' { 'On the Hyper-V host: Set-VMNetworkAdapter -VMName <this machine> -MacAddressSpoofing On.' }
        'VMware' { 'In the port group''s security policy set Promiscuous mode, MAC address changes and Forged transmits to Accept (or turn MAC learning on, on a distributed switch).' }
        'VirtualBox' { 'In the machine''s network settings, under Advanced, set Promiscuous Mode to Allow All (VBoxManage modifyvm <this machine> --nicpromisc1 allow-all).' }
        'KVM' { 'A Linux bridge lets them through unless a filter forbids it: remove libvirt''s clean-traffic filter or Proxmox'' MAC filter; for macvtap set trustGuestRxFilters="yes"; in OpenStack add an allowed address pair or turn port security off.' }
        'Xen' { 'On the host, allow the address on the virtual interface (xe vif-param-set locking-mode=unlocked), and promiscuous mode on it.' }
        'Azure' { 'Azure lets no other address through.' }
        'AmazonEC2' { 'EC2 lets no other address through.' }
        'GoogleCloud' { 'Google Cloud lets no other address through.' }
        default { 'On the physical switch: a port-security or MAC limit on this port must allow a second address. Wireless networks never do.' }
    }
}

# What the counters say of frames to an address of softrnic's own. Values are differences over the probe, and the state of the
# neighbour that was asked for.
function Resolve-FrameVerdict {
    param([string] $NeighborState, [long] $ReceivedUnicast, [long] $ReceivedBroadcast, [long] $Sent, [bool] $SharedAddress)
    if (@('Reachable', 'Stale', 'Delay', 'Probe') -contains $NeighborState -or $ReceivedUnicast -gt 0) { return 'Passed' }
    if ($Sent -eq 0) { return 'NothingSent' }
    if ($SharedAddress) { return 'NoAnswer' }
    if ($ReceivedBroadcast -gt 0) { return 'ForeignAddressDropped' }
    'Silent'
}

function Get-FrameCounter {
    param([string] $Name)
    $counters = Get-NetAdapterStatistics -Name $Name
    [pscustomobject]@{
        ReceivedUnicast   = [long]$counters.ReceivedUnicastPackets
        ReceivedBroadcast = [long]$counters.ReceivedBroadcastPackets + [long]$counters.ReceivedMulticastPackets
        Sent              = [long]$counters.SentUnicastPackets + [long]$counters.SentBroadcastPackets + [long]$counters.SentMulticastPackets
    }
}

function New-DroppedFinding {
    param([string] $MacAddress)
    $setting = Resolve-SwitchSetting (Get-Platform)
    New-Finding 'Frames' 'Fail' "Broadcasts arrive, answers to $MacAddress do not: the network drops frames for addresses other than the NIC's." `
        "$setting Or use the NIC's address: Install-Softrnic -PhysicalAdapter <NIC> -SharedAddress."
}

# Where nobody can be asked, since there is no address or no gateway: what came since the adapter started. DHCP that gets no answer
# looks like this.
function Get-UnaskedFinding {
    param($Adapter, $Counter, [bool] $SharedAddress)
    $verdict = Resolve-FrameVerdict -NeighborState 'None' -ReceivedUnicast $Counter.ReceivedUnicast `
        -ReceivedBroadcast $Counter.ReceivedBroadcast -Sent $Counter.Sent -SharedAddress $SharedAddress
    if ($verdict -eq 'ForeignAddressDropped') { return New-DroppedFinding $Adapter.MacAddress }
    New-Finding 'Frames' 'Skip' "'$($Adapter.Name)' has no address yet, or no gateway to ask for." 'Give it an address, and -Peer another on its network.'
}

# Asks the network for a neighbour through the adapter, and says whether the answer, which is sent to the adapter's own address,
# comes. Without -Peer it asks for the gateway.
function Test-Frame {
    param($Adapter, [string] $Peer, [bool] $SharedAddress)
    if ($Adapter.Status -ne 'Up') {
        return New-Finding 'Frames' 'Skip' "'$($Adapter.Name)' is $($Adapter.Status)."
    }
    $target = $Peer
    if (-not $target) {
        $route = Get-NetRoute -InterfaceIndex $Adapter.ifIndex -DestinationPrefix '0.0.0.0/0' -ErrorAction SilentlyContinue | Select-Object -First 1
        if ($route) { $target = $route.NextHop }
    }
    $before = Get-FrameCounter $Adapter.Name
    $source = Get-NetIPAddress -InterfaceIndex $Adapter.ifIndex -AddressFamily IPv4 -ErrorAction SilentlyContinue |
        Where-Object { $_.IPAddress -notlike '169.254.*' } | Select-Object -First 1
    if (-not $source -or -not $target -or $target -eq '0.0.0.0') {
        return Get-UnaskedFinding -Adapter $Adapter -Counter $before -SharedAddress $SharedAddress
    }
    Remove-NetNeighbor -InterfaceIndex $Adapter.ifIndex -IPAddress $target -Confirm:$false -ErrorAction SilentlyContinue
    $null = Invoke-Native (Get-SystemProgram 'ping.exe') @('-n', '3', '-w', '1000', '-S', $source.IPAddress, $target)
    $neighbor = Get-NetNeighbor -InterfaceIndex $Adapter.ifIndex -IPAddress $target -ErrorAction SilentlyContinue
    $state = 'None'
    if ($neighbor) { $state = [string]$neighbor.State }
    $after = Get-FrameCounter $Adapter.Name
    $verdict = Resolve-FrameVerdict -NeighborState $state -SharedAddress $SharedAddress `
        -ReceivedUnicast ($after.ReceivedUnicast - $before.ReceivedUnicast) `
        -ReceivedBroadcast ($after.ReceivedBroadcast - $before.ReceivedBroadcast) -Sent ($after.Sent - $before.Sent)
    switch ($verdict) {
        'Passed' { New-Finding 'Frames' 'Pass' "$target answers to $($Adapter.MacAddress)." }
        'ForeignAddressDropped' { New-DroppedFinding $Adapter.MacAddress }
        'NothingSent' { New-Finding 'Frames' 'Fail' 'Nothing was sent: the adapter is not joined to its NIC.' 'See the checks of the binding and the NIC.' }
        'NoAnswer' { New-Finding 'Frames' 'Warn' "$target does not answer." 'Give -Peer the address of a machine that is on.' }
        default { New-Finding 'Frames' 'Warn' "$target does not answer, and nothing else was heard meanwhile." 'Give -Peer the address of a machine that is on; check the NIC''s cable and VLAN.' }
    }
}

# ---------------------------------------------------------------------------------------------------------------------
# Install-Softrnic
# ---------------------------------------------------------------------------------------------------------------------

function Install-Softrnic {
    <#
    .SYNOPSIS
    Installs softrnic, or pairs the adapter that is there with another network card.

    .DESCRIPTION
    Checks the package (every hash, and the catalogs' signatures), adds it to the driver store, makes the adapter, installs the
    protocol for the lower edge, pairs the adapter with a network card and binds the protocol to it. Whatever is there already is
    kept, so that the command can be repeated after something was mended.

    At the end the network is asked whether it carries frames for an address of the adapter's own. Most hypervisors' switches
    do not unless told to: the output then names the setting, and -SharedAddress does without it.

    .PARAMETER PhysicalAdapter
    The network card whose cable the frames use, by its name in Get-NetAdapter.

    .PARAMETER Path
    The package's folder. By default the one this module is in.

    .PARAMETER SharedAddress
    The adapter uses the network card's own address instead of one of its own: for networks that drop foreign addresses.

    .PARAMETER Name
    What the adapter is called.

    .EXAMPLE
    Install-Softrnic -PhysicalAdapter 'Ethernet'

    .EXAMPLE
    Install-Softrnic -PhysicalAdapter 'Ethernet' -SharedAddress -WhatIf

    Says what would be done in a virtual machine whose switch drops foreign addresses, and does nothing.

    .OUTPUTS
    The adapter, as Get-Softrnic gives it.
    #>
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'Medium')]
    [OutputType('Softrnic.Adapter')]
    param(
        [Parameter(Mandatory, Position = 0)] [ValidateNotNullOrEmpty()] [string] $PhysicalAdapter,
        [ValidateNotNullOrEmpty()] [string] $Path = $PSScriptRoot,
        [switch] $SharedAddress,
        [ValidateNotNullOrEmpty()] [string] $Name = 'softrnic'
    )
    $ErrorActionPreference = 'Stop'
    Assert-WindowsBuild
    if (-not $WhatIfPreference) { Assert-Administrator }
    $folder = (Resolve-Path -LiteralPath $Path).ProviderPath
    Assert-Package $folder
    $nic = Resolve-PhysicalNic $PhysicalAdapter
    $adapterInf = Join-Path $folder 'softrnic.inf'
    $protocolInf = Join-Path $folder 'softrnic_protocol.inf'
    $restart = $false

    # 259: nothing newer to do; 3010: done, restart to finish.
    if ($PSCmdlet.ShouldProcess($adapterInf, 'Add to the driver store')) {
        $code = Invoke-Program (Get-SystemProgram 'pnputil.exe') @('/add-driver', $adapterInf, '/install') -Success 0, 259, 3010 `
            -Id 'PackageNotAdded' -Fix 'C:\Windows\INF\setupapi.dev.log says more.'
        $restart = $restart -or $code -eq 3010
    }
    $adapter = Get-SoftrnicAdapter | Select-Object -First 1
    if (-not $adapter) {
        if ($PSCmdlet.ShouldProcess($script:HardwareId, 'Make the adapter')) {
            $restart = (New-SoftrnicDevice $adapterInf) -or $restart
            $adapter = Get-SoftrnicAdapter | Select-Object -First 1
            if (-not $adapter) {
                throw (New-SoftrnicError 'NoAdapter' 'The device was made, but Windows shows no adapter for it.' `
                    'Look at the device''s problem code: Get-PnpDevice -Class Net | Format-List FriendlyName, Problem, Status.')
            }
        }
    }
    if (-not (Get-NetAdapterBinding -ComponentID $script:Component -AllBindings -ErrorAction SilentlyContinue)) {
        if ($PSCmdlet.ShouldProcess($protocolInf, 'Install the protocol')) {
            $null = Invoke-Program (Get-SystemProgram 'netcfg.exe') @('-v', '-l', $protocolInf, '-c', 'p', '-i', $script:Component) `
                -Id 'ProtocolNotInstalled' -Fix 'C:\Windows\INF\setupapi.dev.log and "netcfg -s n" say more.'
        }
    }
    if ($PSCmdlet.ShouldProcess("$Name and $($nic.Name)", 'Pair')) {
        if ($adapter.Name -ne $Name) {
            Rename-NetAdapter -Name $adapter.Name -NewName $Name
        }
        Set-Pairing -Name $Name -Nic $nic -SharedAddress ([bool]$SharedAddress)
        Disable-NetAdapterBinding -Name $Name -ComponentID $script:Component -ErrorAction SilentlyContinue
        Enable-NetAdapterBinding -Name $nic.Name -ComponentID $script:Component
        Restart-NetAdapter -Name $Name
        Enable-NetAdapterRdma -Name $Name -ErrorAction SilentlyContinue
        $frames = Test-Frame -Adapter (Wait-Link $Name) -SharedAddress ([bool]$SharedAddress)
        if ($frames.Result -ne 'Pass') { Write-Warning "$($frames.Detail) $($frames.Fix)" }
        if ($restart) { Write-Warning 'Windows wants to be restarted to finish the installation.' }
        Get-Softrnic -Name $Name
    }
}

# ---------------------------------------------------------------------------------------------------------------------
# Get-Softrnic
# ---------------------------------------------------------------------------------------------------------------------

function Get-Softrnic {
    <#
    .SYNOPSIS
    Shows the softrnic adapters: what each is paired with, and whether RDMA works.

    .PARAMETER Name
    Only adapters of this name; wildcards may be used.

    .EXAMPLE
    Get-Softrnic | Format-List

    .OUTPUTS
    Objects with Name, Status, LinkSpeed, MacAddress, PairedAdapter, SharedAddress, Rdma, DriverVersion, InterfaceIndex.
    #>
    [CmdletBinding()]
    [OutputType('Softrnic.Adapter')]
    param([Parameter(Position = 0)] [ValidateNotNullOrEmpty()] [string] $Name = '*')
    foreach ($adapter in Get-SoftrnicAdapter | Where-Object { $_.Name -like $Name }) {
        $guid = Get-Keyword $adapter.Name $script:PairKeyword
        $nic = Get-PairedNic $guid
        $pair = $guid
        if ($nic) { $pair = $nic.Name }
        $rdma = Get-NetAdapterRdma -Name $adapter.Name -ErrorAction SilentlyContinue
        [pscustomobject]@{
            PSTypeName     = 'Softrnic.Adapter'
            Name           = $adapter.Name
            Status         = [string]$adapter.Status
            LinkSpeed      = $adapter.LinkSpeed
            MacAddress     = $adapter.MacAddress
            PairedAdapter  = $pair
            SharedAddress  = (Get-Keyword $adapter.Name $script:SharedKeyword) -eq '1'
            Rdma           = [bool]($rdma -and $rdma.Enabled)
            DriverVersion  = $adapter.DriverVersion
            InterfaceIndex = $adapter.ifIndex
        }
    }
}

# ---------------------------------------------------------------------------------------------------------------------
# Test-Softrnic
# ---------------------------------------------------------------------------------------------------------------------

# A finding of one condition.
function Test-Condition {
    param([string] $Check, [bool] $Holds, [string] $Detail, [string] $Otherwise, [string] $Fix)
    if ($Holds) { New-Finding $Check 'Pass' $Detail } else { New-Finding $Check 'Fail' $Otherwise $Fix }
}

function Test-Pairing {
    param($Adapter)
    $guid = Get-Keyword $Adapter.Name $script:PairKeyword
    $nic = Get-PairedNic $guid
    if (-not $nic) {
        return New-Finding 'Pairing' 'Fail' "No network card has the GUID '$guid' that the adapter is paired with." `
            'Install-Softrnic -PhysicalAdapter <NIC> pairs it again.'
    }
    New-Finding 'Pairing' 'Pass' "Paired with '$($nic.Name)'."
    Test-Condition 'NIC' ($nic.Status -eq 'Up') "'$($nic.Name)' is up, $($nic.LinkSpeed)." "'$($nic.Name)' is $($nic.Status)." `
        'Mend the cable, the switch or the card first.'
    $binding = Get-NetAdapterBinding -Name $nic.Name -ComponentID $script:Component -ErrorAction SilentlyContinue
    Test-Condition 'Binding' ([bool]($binding -and $binding.Enabled)) "The protocol is bound to '$($nic.Name)'." `
        "The protocol is not bound to '$($nic.Name)'." "Enable-NetAdapterBinding -Name '$($nic.Name)' -ComponentID $script:Component"
    Test-Condition 'Link' ($Adapter.Status -eq 'Up') "'$($Adapter.Name)' is up, $($Adapter.LinkSpeed)." "'$($Adapter.Name)' is $($Adapter.Status)." `
        'With the checks above passed, restart it: Restart-NetAdapter.'
}

function Test-Rdma {
    param($Adapter)
    $rdma = Get-NetAdapterRdma -Name $Adapter.Name -ErrorAction SilentlyContinue
    Test-Condition 'RDMA' ([bool]($rdma -and $rdma.Enabled)) 'Network Direct is enabled on the adapter.' 'Network Direct is disabled on the adapter.' `
        "Enable-NetAdapterRdma -Name '$($Adapter.Name)'; its keywords *NetworkDirect and *NetworkDirectTechnology must both be 1."
    $global = Get-NetOffloadGlobalSetting -ErrorAction SilentlyContinue
    Test-Condition 'Network Direct' ([bool]($global -and [string]$global.NetworkDirect -eq 'Enabled')) 'Network Direct is enabled for the machine.' `
        'Network Direct is disabled for the machine.' 'Set-NetOffloadGlobalSetting -NetworkDirect Enabled'
    $addresses = @(Get-NetIPAddress -InterfaceIndex $Adapter.ifIndex -ErrorAction SilentlyContinue | Where-Object { [string]$_.AddressState -eq 'Preferred' })
    Test-Condition 'Addresses' ($addresses.Count -gt 0) "Addresses: $(($addresses | ForEach-Object { $_.IPAddress }) -join ', ')." 'The adapter has no address.' `
        'Set one with New-NetIPAddress, or mend DHCP.'
    $smb = Get-SmbClientNetworkInterface -ErrorAction SilentlyContinue | Where-Object { $_.InterfaceIndex -eq $Adapter.ifIndex } | Select-Object -First 1
    Test-Condition 'SMB client' ([bool]($smb -and $smb.RdmaCapable)) 'The SMB client takes the adapter for RDMA.' 'The SMB client does not take the adapter for RDMA.' `
        'It looks again when the adapter restarts: Restart-NetAdapter. It needs an address, and a link that is up.'
}

function Test-Firewall {
    $allowed = @(Get-NetFirewallPortFilter -Protocol TCP -ErrorAction SilentlyContinue |
        Where-Object { $_.LocalPort -contains [string]$script:SmbDirectPort } |
        Get-NetFirewallRule | Where-Object { $_.Enabled -eq 'True' -and $_.Direction -eq 'Inbound' -and $_.Action -eq 'Allow' })
    if ($allowed.Count -gt 0) {
        New-Finding 'Firewall' 'Pass' "TCP $script:SmbDirectPort is allowed in: $($allowed[0].DisplayName)."
    } else {
        New-Finding 'Firewall' 'Warn' "No rule of the firewall allows TCP $script:SmbDirectPort in: as an SMB server this machine cannot be reached by RDMA." `
            'Enable-NetFirewallRule -Name FPSSMBD-iWARP-In-TCP'
    }
}

function Test-Softrnic {
    <#
    .SYNOPSIS
    Checks an installation of softrnic, and says of each thing that is wrong how to mend it.

    .DESCRIPTION
    Without -Full nothing is changed: the service, the pairing, the network card, the binding, the link, RDMA, addresses, the SMB
    client's view, the firewall, and whether the network carries the adapter's frames.

    With -Full it is the scripted first run on a machine: Driver Verifier's settings, an NDK ping and an NDK transfer with the
    tools of Windows, a copy over SMB Direct with its hash compared both ways, a trace of softrnic's events and of Windows' own meanwhile, and the
    event logs and small dumps since it began, all in one archive for a report. Packets are not captured. It needs another machine.

    .PARAMETER Name
    The adapter. By default the only one there is.

    .PARAMETER Peer
    The address of another machine on the adapter's network.

    .PARAMETER Full
    Runs the whole first run.

    .PARAMETER Share
    With -Full, a share of the peer that can be written to, \\server\share; its folder gets a file of its own, which is deleted.

    .PARAMETER MegaBytes
    With -Full, the size of the file that is copied.

    .PARAMETER OutputPath
    With -Full, the folder for the archive. By default the folder for temporary files.

    .EXAMPLE
    Test-Softrnic | Where-Object Result -ne Pass | Format-List

    .EXAMPLE
    Test-Softrnic -Full -Peer 192.0.2.7 -Share \\192.0.2.7\test -OutputPath C:\Reports

    .OUTPUTS
    Objects with Check, Result (Pass, Fail, Warn, Skip), Detail and Fix; with -Full the last is the archive's.
    #>
    [CmdletBinding(SupportsShouldProcess, DefaultParameterSetName = 'Check')]
    [OutputType('Softrnic.Finding')]
    param(
        [Parameter(Position = 0)] [string] $Name,
        [string] $Peer,
        [Parameter(Mandatory, ParameterSetName = 'Full')] [switch] $Full,
        [Parameter(ParameterSetName = 'Full')] [ValidatePattern('^\\\\[^\\]+\\[^\\]+')] [string] $Share,
        [Parameter(ParameterSetName = 'Full')] [ValidateRange(1, 65536)] [int] $MegaBytes = 256,
        [Parameter(ParameterSetName = 'Full')] [string] $OutputPath = [IO.Path]::GetTempPath()
    )
    $ErrorActionPreference = 'Stop'
    $adapters = @(Get-SoftrnicAdapter | Where-Object { -not $Name -or $_.Name -eq $Name })
    if ($adapters.Count -ne 1) {
        throw (New-SoftrnicError 'WhichAdapter' "There are $($adapters.Count) softrnic adapters of that name." `
            'Install one with Install-Softrnic, or name one of: Get-Softrnic.' -Category ObjectNotFound)
    }
    $adapter = $adapters[0]
    if (-not $Full) {
        Test-Installation -Adapter $adapter -Peer $Peer
        return
    }
    Assert-Administrator
    if ($PSCmdlet.ShouldProcess($adapter.Name, 'Run every check, with traffic to the peer, and collect logs')) {
        Invoke-FullTest -Adapter $adapter -Peer $Peer -Share $Share -MegaBytes $MegaBytes -OutputPath $OutputPath
    }
}

function Test-Installation {
    param($Adapter, [string] $Peer)
    $service = Get-DriverService
    Test-Condition 'Driver' ([bool]($service -and $service.State -eq 'Running')) "The driver $($Adapter.DriverVersion) runs." 'The driver does not run.' `
        'Get-PnpDevice -Class Net | Format-List FriendlyName, Problem, Status shows why; code 52 is a signature that is not trusted.'
    Test-Pairing $Adapter
    Test-Rdma $Adapter
    Test-Firewall
    Test-Frame -Adapter $Adapter -Peer $Peer -SharedAddress ((Get-Keyword $Adapter.Name $script:SharedKeyword) -eq '1')
}

# ---------------------------------------------------------------------------------------------------------------------
# The first run
# ---------------------------------------------------------------------------------------------------------------------

# Whether Driver Verifier watches the driver, of what "verifier /querysettings" prints.
function Resolve-Verifier {
    param([string] $Text)
    $flags = 0
    if ($Text -match '(?im)(?:flags|0x)\D*?:?\s*0x(?<Flags>[0-9a-f]{8})') { $flags = [Convert]::ToInt64($Matches.Flags, 16) }
    $watched = $Text -match '(?im)\bsoftrnic\.sys\b'
    if ($watched) {
        New-Finding 'Driver Verifier' 'Pass' ('softrnic.sys is verified, flags 0x{0:x}.' -f $flags)
    } else {
        New-Finding 'Driver Verifier' 'Warn' 'Driver Verifier does not watch softrnic.sys.' `
            'On a test machine: "verifier /standard /driver softrnic.sys", restart, and run this again. "verifier /reset" ends it.'
    }
}

# Whether an NDK tool did its work, of what it printed and how it ended.
function Resolve-NdkTool {
    param([string] $Check, [int] $ExitCode, [string] $Output, [string] $Peer, [int] $Port)
    if ($ExitCode -eq 0 -and $Output -notmatch '(?i)\b(error|fail)') {
        return New-Finding $Check 'Pass' (($Output.Trim() -split "`r?`n")[-1])
    }
    New-Finding $Check 'Fail' "It ended with $ExitCode`: $($Output.Trim())" `
        "The other end must run it as a server first: NdkPerfCmd.exe -S -ServerAddr ${Peer}:$Port -ServerIf <its interface index> -TestType <rping or rperf> -W 60"
}

function Test-Ndk {
    param($Adapter, [string] $Peer, [string] $Folder)
    $tool = Get-SystemProgram 'NdkPerfCmd.exe'
    if (-not (Test-Path -LiteralPath $tool)) {
        return New-Finding 'NDK' 'Skip' "$tool is not on this edition of Windows." 'Windows Server has it.'
    }
    $source = Get-NetIPAddress -InterfaceIndex $Adapter.ifIndex -AddressFamily IPv4 -ErrorAction SilentlyContinue | Select-Object -First 1
    if (-not $Peer -or -not $source) {
        return New-Finding 'NDK' 'Skip' 'There is no -Peer, or the adapter has no IPv4 address.' 'Give -Peer the address of the other end.'
    }
    foreach ($test in @(@{ Check = 'NDK ping'; Type = 'rping'; Port = 9000 }, @{ Check = 'NDK transfer'; Type = 'rperf'; Port = 9001 })) {
        $arguments = '-C', '-ServerAddr', "${Peer}:$($test.Port)", '-ClientAddr', $source.IPAddress, '-ClientIf', $Adapter.ifIndex, '-TestType', $test.Type
        $run = Invoke-Native $tool $arguments
        Set-Content -LiteralPath (Join-Path $Folder "$($test.Type).txt") -Value "$tool $($arguments -join ' ')`r`n$($run.Output)"
        Resolve-NdkTool -Check $test.Check -ExitCode $run.Code -Output $run.Output -Peer $Peer -Port $test.Port
    }
}

# Copies a file of random bytes to the share and back; all three must be the same, and the connection must have used RDMA.
function Test-SmbDirect {
    param([string] $Share, [int] $MegaBytes, [string] $Folder)
    if (-not $Share) {
        return New-Finding 'SMB Direct' 'Skip' 'There is no -Share.' 'Give -Share \\server\share, which can be written to.'
    }
    $name = "softrnic-$([Guid]::NewGuid().ToString('n')).bin"
    $here = Join-Path $Folder $name
    $back = Join-Path $Folder "back-$name"
    $there = Join-Path $Share $name
    try {
        $random = [Security.Cryptography.RandomNumberGenerator]::Create()
        $stream = [IO.File]::Create($here)
        try {
            $block = New-Object byte[] 1MB
            foreach ($unused in 1..$MegaBytes) {
                $random.GetBytes($block)
                $stream.Write($block, 0, $block.Length)
            }
        } finally {
            $stream.Dispose()
            $random.Dispose()
        }
        Copy-Item -LiteralPath $here -Destination $there
        Copy-Item -LiteralPath $there -Destination $back
        $hashes = @($here, $back | ForEach-Object { (Get-FileHash -LiteralPath $_ -Algorithm SHA256).Hash } | Select-Object -Unique)
        Test-Condition 'SMB copy' ($hashes.Count -eq 1) "$MegaBytes MB there and back, SHA-256 $($hashes[0])." 'The file that came back is another.' `
            'Keep both machines as they are, and report it with the archive.'
        $server = ([Uri]$Share).Host
        $connections = @(Get-SmbMultichannelConnection -ServerName $server -ErrorAction SilentlyContinue)
        $connections | Format-List * | Out-File -LiteralPath (Join-Path $Folder 'smb-multichannel.txt')
        $direct = @($connections | Where-Object { $_.ClientRdmaCapable -and $_.ServerRdmaCapable })
        Test-Condition 'SMB Direct' ($direct.Count -gt 0) "$($direct.Count) of $($connections.Count) connections can use RDMA at both ends." `
            "None of $($connections.Count) connections can use RDMA at both ends." 'See docs/troubleshoot.md: the copy went over TCP.'
    } catch {
        New-Finding 'SMB copy' 'Fail' $_.Exception.Message 'Check that the share can be written to from here.'
    } finally {
        Remove-Item -LiteralPath $here, $back, $there -Force -ErrorAction SilentlyContinue
    }
}

# What this machine is, in files.
function Save-Facts {
    param($Adapter, [string] $Folder)
    $facts = @{
        'adapter.txt'     = { Get-Softrnic | Format-List * }
        'advanced.txt'    = { Get-NetAdapterAdvancedProperty -Name $Adapter.Name -AllProperties | Format-Table DisplayName, RegistryKeyword, RegistryValue -AutoSize }
        'adapters.txt'    = { Get-NetAdapter -IncludeHidden | Format-List Name, InterfaceDescription, ComponentID, Status, LinkSpeed, MacAddress, DriverVersion, InterfaceGuid }
        'bindings.txt'    = { Get-NetAdapterBinding -Name * -AllBindings | Format-Table Name, ComponentID, Enabled -AutoSize }
        'rdma.txt'        = { Get-NetAdapterRdma | Format-List *; Get-SmbClientNetworkInterface | Format-Table -AutoSize }
        'addresses.txt'   = { Get-NetIPAddress | Format-Table InterfaceAlias, IPAddress, PrefixLength, AddressState -AutoSize }
        'statistics.txt'  = { Get-NetAdapterStatistics -Name $Adapter.Name | Format-List * }
        'counters.txt'    = { (Get-Counter -Counter '\RDMA Activity(*)\*' -ErrorAction SilentlyContinue).CounterSamples | Format-Table Path, CookedValue -AutoSize }
        'machine.txt'     = { Get-CimInstance Win32_OperatingSystem | Format-List Caption, Version, BuildNumber, LastBootUpTime; Get-Platform }
    }
    foreach ($file in $facts.Keys) {
        try {
            & $facts[$file] | Out-File -LiteralPath (Join-Path $Folder $file) -Width 250
        } catch {
            $_.Exception.Message | Out-File -LiteralPath (Join-Path $Folder $file)
        }
    }
}

# The event logs since $Since, and the small dumps; the large dump is named, not copied.
function Save-Log {
    param([string] $Folder, [datetime] $Since)
    $milliseconds = [long]((Get-Date) - $Since).TotalMilliseconds
    $query = "*[System[TimeCreated[timediff(@SystemTime) <= $milliseconds]]]"
    foreach ($log in 'System', 'Microsoft-Windows-SMBClient/Connectivity', 'Microsoft-Windows-SMBServer/Connectivity', 'Microsoft-Windows-SMBDirect/Admin') {
        $file = Join-Path $Folder "$($log -replace '[^\w-]', '_').evtx"
        $null = Invoke-Native (Get-SystemProgram 'wevtutil.exe') @('epl', $log, $file, "/q:$query", '/ow:true')
    }
    $dumps = @(Get-ChildItem -Path (Join-Path $env:SystemRoot 'Minidump') -Filter '*.dmp' -ErrorAction SilentlyContinue | Where-Object { $_.LastWriteTime -ge $Since.AddDays(-7) })
    $dumps | Copy-Item -Destination $Folder -ErrorAction SilentlyContinue
    $large = Get-Item -LiteralPath (Join-Path $env:SystemRoot 'MEMORY.DMP') -ErrorAction SilentlyContinue
    if ($large) { "$($large.FullName), $($large.Length) bytes, $($large.LastWriteTime)" | Set-Content -LiteralPath (Join-Path $Folder 'memory-dump.txt') }
    if ($dumps.Count -gt 0) {
        New-Finding 'Dumps' 'Warn' "$($dumps.Count) small dumps of the last week are in the archive." 'docs/debugging.md says how to read them.'
    } else {
        New-Finding 'Dumps' 'Pass' 'No small dump of the last week.'
    }
}

function Invoke-FullTest {
    param($Adapter, [string] $Peer, [string] $Share, [int] $MegaBytes, [string] $OutputPath)
    $since = Get-Date
    $stamp = $since.ToString('yyyyMMdd-HHmmss')
    $folder = Join-Path ([IO.Path]::GetTempPath()) "softrnic-report-$stamp"
    $null = New-Item -ItemType Directory -Path $folder
    $netsh = Get-SystemProgram 'netsh.exe'
    $trace = Join-Path $folder 'trace.etl'
    $start = 'trace', 'start', 'capture=no', 'report=disabled', "provider=$script:TraceProvider", 'keywords=0xf', 'level=5', 'provider=Microsoft-Windows-SMBDirect', 'provider=Microsoft-Windows-NDIS', "tracefile=$trace"
    $tracing = (Invoke-Native $netsh $start).Code -eq 0
    $findings = [Collections.Generic.List[object]]::new()
    $add = { param($Finding) foreach ($one in $Finding) { $findings.Add($one); $one } }
    try {
        & $add (Resolve-Verifier (Invoke-Native (Get-SystemProgram 'verifier.exe') @('/querysettings')).Output)
        & $add (Test-Installation -Adapter $Adapter -Peer $Peer)
        & $add (Test-Ndk -Adapter $Adapter -Peer $Peer -Folder $folder)
        & $add (Test-SmbDirect -Share $Share -MegaBytes $MegaBytes -Folder $folder)
    } finally {
        if ($tracing) { $null = Invoke-Native $netsh @('trace', 'stop') }
    }
    if (-not $tracing) { & $add (New-Finding 'Trace' 'Warn' 'The trace could not be started: another may be running.' 'netsh trace stop') }
    Save-Facts -Adapter $Adapter -Folder $folder
    & $add (Save-Log -Folder $folder -Since $since)
    $findings | ConvertTo-Json | Set-Content -LiteralPath (Join-Path $folder 'findings.json')
    if (-not (Test-Path -LiteralPath $OutputPath)) { $null = New-Item -ItemType Directory -Path $OutputPath }
    $archive = Join-Path $OutputPath "softrnic-report-$stamp.zip"
    Compress-Archive -Path (Join-Path $folder '*') -DestinationPath $archive
    Remove-Item -LiteralPath $folder -Recurse -Force
    New-Finding 'Report' 'Pass' $archive 'It has names and addresses of this machine: look before you send it.'
}

# ---------------------------------------------------------------------------------------------------------------------
# Uninstall-Softrnic
# ---------------------------------------------------------------------------------------------------------------------

# The published names (oem12.inf) of our INFs, of what "pnputil /enum-drivers" prints. The labels are in Windows' language, so
# that names are known by their form: a block has one published name and one original name.
function ConvertTo-PublishedInf {
    param([string] $Text)
    foreach ($block in $Text -split '(?:\r?\n){2,}') {
        if ($block -match '\b(?<Published>oem\d+\.inf)\b') {
            $published = $Matches.Published
            if ($block -match '(?i)\b(?<Original>softrnic(?:_protocol)?\.inf)\b') {
                [pscustomobject]@{ Published = $published; Original = $Matches.Original.ToLowerInvariant() }
            }
        }
    }
}

function Uninstall-Softrnic {
    <#
    .SYNOPSIS
    Removes softrnic: its adapters, the protocol, the driver packages and the service.

    .DESCRIPTION
    Connections over the adapters end; SMB goes on over its other connections. Settings of the adapters are lost.

    .EXAMPLE
    Uninstall-Softrnic -WhatIf

    .EXAMPLE
    Uninstall-Softrnic -Confirm:$false
    #>
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    [OutputType([void])]
    param()
    $ErrorActionPreference = 'Stop'
    if (-not $WhatIfPreference) { Assert-Administrator }
    $pnputil = Get-SystemProgram 'pnputil.exe'
    $restart = $false
    foreach ($adapter in @(Get-SoftrnicAdapter)) {
        if ($PSCmdlet.ShouldProcess($adapter.Name, 'Remove the adapter')) {
            $code = Invoke-Program $pnputil @('/remove-device', $adapter.PnPDeviceID) -Success 0, 3010 `
                -Id 'AdapterNotRemoved' -Fix 'Close what uses it, or restart and try again.'
            $restart = $restart -or $code -eq 3010
        }
    }
    if (Get-NetAdapterBinding -ComponentID $script:Component -AllBindings -ErrorAction SilentlyContinue) {
        if ($PSCmdlet.ShouldProcess($script:Component, 'Remove the protocol')) {
            $null = Invoke-Program (Get-SystemProgram 'netcfg.exe') @('-u', $script:Component) `
                -Id 'ProtocolNotRemoved' -Fix 'Restart and try again.'
        }
    }
    $drivers = Invoke-Native $pnputil @('/enum-drivers')
    foreach ($package in ConvertTo-PublishedInf $drivers.Output) {
        if ($PSCmdlet.ShouldProcess("$($package.Published) ($($package.Original))", 'Delete from the driver store')) {
            $code = Invoke-Program $pnputil @('/delete-driver', $package.Published) -Success 0, 3010 `
                -Id 'PackageNotDeleted' -Fix 'An adapter may still use it: Get-PnpDevice -Class Net.'
            $restart = $restart -or $code -eq 3010
        }
    }
    if (Get-DriverService) {
        if ($PSCmdlet.ShouldProcess($script:Service, 'Delete the service')) {
            # 1072: it goes with the next restart.
            $code = Invoke-Program (Get-SystemProgram 'sc.exe') @('delete', $script:Service) -Success 0, 1072 `
                -Id 'ServiceNotDeleted' -Fix 'Restart and try again.'
            $restart = $restart -or $code -eq 1072
        }
    }
    if ($restart) { Write-Warning 'Windows wants to be restarted to finish the removal.' }
}

Export-ModuleMember -Function 'Install-Softrnic', 'Get-Softrnic', 'Test-Softrnic', 'Uninstall-Softrnic'
