# Pester 5 tests of the module's decisions and of what its commands would do; they need no driver and change nothing.
#   Invoke-Pester inf/Softrnic.Tests.ps1

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Softrnic.psd1') -Force
}

Describe 'Resolve-FrameVerdict' {
    It 'is <Verdict> for neighbour <State>, <Unicast> unicast, <Broadcast> broadcast, <Sent> sent, shared <Shared>' -ForEach @(
        @{ State = 'Reachable'; Unicast = 0; Broadcast = 0; Sent = 3; Shared = $false; Verdict = 'Passed' }
        @{ State = 'Incomplete'; Unicast = 2; Broadcast = 0; Sent = 3; Shared = $false; Verdict = 'Passed' }
        @{ State = 'Unreachable'; Unicast = 0; Broadcast = 9; Sent = 3; Shared = $false; Verdict = 'ForeignAddressDropped' }
        @{ State = 'Unreachable'; Unicast = 0; Broadcast = 0; Sent = 3; Shared = $false; Verdict = 'Silent' }
        @{ State = 'Unreachable'; Unicast = 0; Broadcast = 9; Sent = 3; Shared = $true; Verdict = 'NoAnswer' }
        @{ State = 'None'; Unicast = 0; Broadcast = 9; Sent = 0; Shared = $false; Verdict = 'NothingSent' }
    ) {
        InModuleScope Softrnic -Parameters $_ {
            Resolve-FrameVerdict -NeighborState $State -ReceivedUnicast $Unicast -ReceivedBroadcast $Broadcast -Sent $Sent -SharedAddress $Shared |
                Should -Be $Verdict
        }
    }
}

Describe 'Resolve-Platform' {
    It 'takes <Manufacturer> <Model> for <Platform>, and knows its setting' -ForEach @(
        @{ Manufacturer = 'Microsoft Corporation'; Model = 'Virtual Machine'; Tag = ''; Platform = 'HyperV'; Setting = 'MacAddressSpoofing' }
        @{ Manufacturer = 'Microsoft Corporation'; Model = 'Virtual Machine'; Tag = '7783-7084-3265-9085-8269-3286-77'; Platform = 'Azure'; Setting = 'no other address' }
        @{ Manufacturer = 'VMware, Inc.'; Model = 'VMware7,1'; Tag = ''; Platform = 'VMware'; Setting = 'Forged transmits' }
        @{ Manufacturer = 'QEMU'; Model = 'Standard PC (Q35 + ICH9, 2009)'; Tag = ''; Platform = 'KVM'; Setting = 'trustGuestRxFilters' }
        @{ Manufacturer = 'innotek GmbH'; Model = 'VirtualBox'; Tag = ''; Platform = 'VirtualBox'; Setting = 'Allow All' }
        @{ Manufacturer = 'Example'; Model = 'Server 1'; Tag = ''; Platform = 'PhysicalMachine'; Setting = 'port-security' }
    ) {
        InModuleScope Softrnic -Parameters $_ {
            Resolve-Platform -Manufacturer $Manufacturer -Model $Model -ChassisTag $Tag | Should -Be $Platform
            Resolve-SwitchSetting $Platform | Should -Match $Setting
        }
    }
}

Describe 'ConvertTo-PairingKeyword' {
    It 'has NetworkAddress "<Then>" when it was "<Now>" and shared is <Shared>' -ForEach @(
        @{ Shared = $true; Now = ''; Then = '00155D010203' }
        @{ Shared = $true; Now = '020000000001'; Then = '00155D010203' }
        @{ Shared = $false; Now = '00155D010203'; Then = '' }
        @{ Shared = $false; Now = '020000000001'; Then = '020000000001' }
    ) {
        InModuleScope Softrnic -Parameters $_ {
            $found = ConvertTo-PairingKeyword -InterfaceGuid '{1}' -NicAddress '00-15-5D-01-02-03' -SharedAddress $Shared -AddressNow $Now
            $found.NetworkAddress | Should -Be $Then
            $found.SharedAddress | Should -Be ([string][int]$Shared)
            $found.PairedAdapter | Should -Be '{1}'
        }
    }
}

Describe 'ConvertTo-PublishedInf' {
    It 'finds our packages whatever the language of the labels' {
        InModuleScope Softrnic {
            $text = "Microsoft PnP Utility`r`n`r`nPublished Name:     oem3.inf`r`nOriginal Name:      softrnic.inf`r`n`r`n" +
                "Nom publi:          oem4.inf`r`nNom d'origine:      other.inf`r`n`r`n" +
                "Nom publi:          oem12.inf`r`nNom d'origine:      softrnic_protocol.inf`r`n"
            $found = @(ConvertTo-PublishedInf $text)
            $found.Published | Should -Be @('oem3.inf', 'oem12.inf')
            $found.Original | Should -Be @('softrnic.inf', 'softrnic_protocol.inf')
        }
    }
}

Describe 'ConvertTo-FileHashList' {
    It 'reads what sha256sum writes, and nothing else' {
        InModuleScope Softrnic {
            $hash = 'AB' * 32
            $found = @(ConvertTo-FileHashList "$hash  softrnic.sys", '', 'no hash here')
            $found.Count | Should -Be 1
            $found[0].Name | Should -Be 'softrnic.sys'
            $found[0].Hash | Should -Be ('ab' * 32)
        }
    }
}

Describe 'Resolve-Verifier' {
    It 'passes when the driver is verified, and says how to turn it on when not' {
        InModuleScope Softrnic {
            (Resolve-Verifier "Verifier Flags: 0x00000209`r`n`r`nVerified Drivers:`r`n  softrnic.sys").Result | Should -Be 'Pass'
            $off = Resolve-Verifier 'Verifier Flags: 0x00000000'
            $off.Result | Should -Be 'Warn'
            $off.Fix | Should -Match 'verifier /standard /driver softrnic.sys'
        }
    }
}

Describe 'Install-Softrnic' {
    BeforeAll {
        InModuleScope Softrnic {
            Mock Assert-WindowsBuild { return }
            Mock Assert-Administrator { return }
            Mock Assert-Package { return }
            Mock Resolve-PhysicalNic { [pscustomobject]@{ Name = 'Ethernet'; InterfaceGuid = '{0}' } }
            Mock Get-SoftrnicAdapter { return }
            Mock Get-NetAdapterBinding { return }
            Mock Invoke-Program { 0 }
            Mock New-SoftrnicDevice { $false }
        }
    }

    It 'changes nothing with -WhatIf' {
        InModuleScope Softrnic {
            Install-Softrnic -PhysicalAdapter 'Ethernet' -Path $PSScriptRoot -WhatIf
            Should -Invoke Assert-Package -Times 1 -Exactly
            Should -Invoke Invoke-Program -Times 0 -Exactly
            Should -Invoke New-SoftrnicDevice -Times 0 -Exactly
        }
    }
}

Describe 'Assert-Package' {
    It 'names a file that was changed' {
        InModuleScope Softrnic {
            $folder = Join-Path $TestDrive 'changed'
            $null = New-Item -ItemType Directory -Path $folder
            $names = 'softrnic.inf', 'softrnic_protocol.inf', 'softrnic.sys'
            foreach ($name in $names) { Set-Content -LiteralPath (Join-Path $folder $name) -Value 'x' }
            Set-Content -LiteralPath (Join-Path $folder 'SHA256SUMS') -Value ($names | ForEach-Object { "$('00' * 32)  $_" })
            { Assert-Package $folder } | Should -Throw -ErrorId 'Softrnic.FileChanged'
        }
    }

    It 'refuses a folder that is no package' {
        InModuleScope Softrnic {
            { Assert-Package $TestDrive } | Should -Throw -ErrorId 'Softrnic.NoPackage'
        }
    }
}

Describe 'Uninstall-Softrnic' {
    It 'changes nothing with -WhatIf' {
        InModuleScope Softrnic {
            Mock Get-SoftrnicAdapter { [pscustomobject]@{ Name = 'softrnic'; PnPDeviceID = 'ROOT\NET\0000' } }
            Mock Get-NetAdapterBinding { [pscustomobject]@{ Name = 'Ethernet' } }
            Mock Get-DriverService { [pscustomobject]@{ Name = 'softrnic' } }
            Mock Invoke-Program { 0 }
            Mock Invoke-Native { [pscustomobject]@{ Code = 0; Output = "Published Name: oem3.inf`r`nOriginal Name: softrnic.inf" } }
            Uninstall-Softrnic -WhatIf
            Should -Invoke Invoke-Program -Times 0 -Exactly
        }
    }
}
