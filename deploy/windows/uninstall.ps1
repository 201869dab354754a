#Requires -Version 5.1
#Requires -RunAsAdministrator
<#
.SYNOPSIS
  Removes Nightjar's services, programs and firewall rule. Data, secrets and logs stay, unless -RemoveData is given.
#>
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param(
  [string] $InstallFolder = (Join-Path $env:ProgramFiles 'Nightjar'),
  [string] $DataFolder = (Join-Path $env:ProgramData 'Nightjar'),
  [switch] $RemoveData
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

if (-not $PSCmdlet.ShouldProcess($env:COMPUTERNAME, 'Remove Nightjar')) { return }

foreach ($name in @('nightjar-worker', 'nightjar-management')) {
  if ($null -eq (Get-Service -Name $name -ErrorAction SilentlyContinue)) { continue }
  Stop-Service -Name $name
  & (Join-Path $InstallFolder "services\$name.exe") uninstall | Out-Null
  if ($LASTEXITCODE -ne 0) { throw "$name could not be uninstalled (exit code $LASTEXITCODE)." }
}
Remove-NetFirewallRule -Name 'nightjar-worker-channel' -ErrorAction SilentlyContinue
if (Test-Path $InstallFolder) { Remove-Item $InstallFolder -Recurse -Force }
if ($RemoveData -and (Test-Path $DataFolder)) { Remove-Item $DataFolder -Recurse -Force }
Write-Output 'Nightjar is removed.'
