@{
    RootModule           = 'Softrnic.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '5b0b6c5e-6a0f-4d0e-9c6e-3f3a0f2f7c11'
    Author               = 'The softrnic contributors'
    Description          = 'Installs, pairs, checks and removes softrnic, an RDMA adapter in software.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    FunctionsToExport    = @('Install-Softrnic', 'Get-Softrnic', 'Test-Softrnic', 'Uninstall-Softrnic')
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            LicenseUri = 'https://github.com/softrnic/softrnic/blob/main/LICENSE-MIT'
            ProjectUri = 'https://github.com/softrnic/softrnic'
        }
    }
}
