#Requires -Version 5.1
#Requires -RunAsAdministrator
<#
.SYNOPSIS
  Installs a Nightjar worker, management, or both as Windows services, or brings them up to this version.

.DESCRIPTION
  Run from deploy\windows of the unpacked archive of `npm run package`, made on Windows. What is there already is kept: data, secrets, settings.
  Nothing is downloaded: Node (22.17 or newer, the zip for win-x64, unpacked) and WinSW 2.12 (WinSW-x64.exe) are given by path.
  Settings besides those below stand in nightjar.config.yaml in the data folder.

.EXAMPLE
  .\install.ps1 -Role Worker -NodeFolder D:\node-v22.17.0-win-x64 -WinSW D:\WinSW-x64.exe -WorkerKeyFile D:\worker-key
#>
[CmdletBinding(SupportsShouldProcess)]
param(
  [ValidateSet('Worker', 'Management', 'Both')]
  [string] $Role = 'Worker',
  [Parameter(Mandatory)] [string] $NodeFolder,
  [Parameter(Mandatory)] [string] $WinSW,
  # The secret that management and its workers share, one line. Kept when there is one already.
  [string] $WorkerKeyFile,
  # Management only: the secret of its administrators.
  [string] $AdminKeyFile,
  [string] $InstallFolder = (Join-Path $env:ProgramFiles 'Nightjar'),
  [string] $DataFolder = (Join-Path $env:ProgramData 'Nightjar'),
  # The local group whose members may use the engine's named pipe ("group" in the engine's daemon.json).
  [string] $EngineGroup = 'docker-users'
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# By their ids: their names are translated.
$System = '*S-1-5-18'
$Administrators = '*S-1-5-32-544'
$Users = '*S-1-5-32-545'

$source = (Resolve-Path (Join-Path $PSScriptRoot '..\..')).Path
$version = (Get-Content (Join-Path $source 'VERSION') -TotalCount 1).Trim()
$app = Join-Path $InstallFolder "app-$version"
$node = Join-Path $InstallFolder 'node'
$services = Join-Path $InstallFolder 'services'
$roles = if ($Role -eq 'Both') { @('Management', 'Worker') } else { @($Role) }

function Invoke-Program([string] $Program, [string[]] $Parameters) {
  & $Program @Parameters | Out-Null
  if ($LASTEXITCODE -ne 0) { throw "$Program $($Parameters -join ' ') ended with exit code $LASTEXITCODE." }
}

function Test-NodeVersion([string] $Folder) {
  $program = Join-Path $Folder 'node.exe'
  if (-not (Test-Path $program)) { throw "There is no node.exe in $Folder." }
  $found = [version] ((& $program --version).TrimStart('v'))
  if ($found -lt [version] '22.17.0') { throw "Node $found is too old: 22.17 or newer is needed." }
}

function Stop-NightjarService([string] $Name) {
  $service = Get-Service -Name $Name -ErrorAction SilentlyContinue
  if ($null -ne $service -and $service.Status -ne 'Stopped') { Stop-Service -Name $Name }
}

function Copy-Folder([string] $From, [string] $To) {
  # robocopy copies paths of more than 260 characters, which node_modules has. Exit codes below 8 are success.
  & robocopy $From $To /MIR /NFL /NDL /NJH /NJS /NP | Out-Null
  if ($LASTEXITCODE -ge 8) { throw "$From could not be copied to $To (robocopy: $LASTEXITCODE)." }
  $global:LASTEXITCODE = 0
}

function New-LockedFolder([string] $Folder, [string[]] $Grants) {
  New-Item -ItemType Directory -Force -Path $Folder | Out-Null
  $always = @("${System}:(OI)(CI)F", "${Administrators}:(OI)(CI)F")
  Invoke-Program 'icacls.exe' (@($Folder, '/inheritance:r', '/grant:r') + $always + $Grants)
}

function Copy-Secret([string] $From, [string] $Name) {
  $target = Join-Path $DataFolder "secrets\$Name"
  if ($From) { Copy-Item $From $target -Force }
  if (-not (Test-Path $target)) { throw "$target is missing: name a file for it (-WorkerKeyFile, -AdminKeyFile)." }
}

function Install-NightjarService([string] $Name) {
  $program = Join-Path $services "$Name.exe"
  Copy-Item $WinSW $program -Force
  $places = @{ '@NODE@' = Join-Path $node 'node.exe'; '@APP@' = $app; '@DATA@' = $DataFolder }
  $definition = Get-Content (Join-Path $PSScriptRoot "$Name.xml") -Raw -Encoding UTF8
  foreach ($place in $places.Keys) {
    $definition = $definition.Replace($place, [Security.SecurityElement]::Escape($places[$place]))
  }
  Set-Content (Join-Path $services "$Name.xml") $definition -Encoding UTF8
  if ($null -eq (Get-Service -Name $Name -ErrorAction SilentlyContinue)) {
    Invoke-Program $program @('install')
  }
  # An account of the service's own, without a password and with no rights but those that are given to it here.
  Invoke-Program 'sc.exe' @('config', $Name, 'obj=', "NT SERVICE\$Name", 'password=', '""')
  Invoke-Program 'sc.exe' @('sidtype', $Name, 'unrestricted')
}

function Add-EngineAccess {
  if ($null -eq (Get-LocalGroup -Name $EngineGroup -ErrorAction SilentlyContinue)) {
    New-LocalGroup -Name $EngineGroup -Description 'May use the container engine.' | Out-Null
    Write-Warning "The group $EngineGroup was made. Name it as ""group"" in the engine's daemon.json and restart the engine."
  }
  $account = 'NT SERVICE\nightjar-worker'
  $members = @(Get-LocalGroupMember -Group $EngineGroup -ErrorAction SilentlyContinue | ForEach-Object { $_.Name })
  if ($members -notcontains $account) { Add-LocalGroupMember -Group $EngineGroup -Member $account }
}

function Add-ChannelRule {
  # Containers reach the worker on the gateway of the network "nat", and nobody else does by this rule.
  Remove-NetFirewallRule -Name 'nightjar-worker-channel' -ErrorAction SilentlyContinue
  $adapter = Get-NetAdapter -Name 'vEthernet (nat)' -ErrorAction SilentlyContinue
  if ($null -eq $adapter) {
    Write-Warning 'There is no network "nat" yet: start the container engine and run this script again.'
    return
  }
  $rule = @{
    Name = 'nightjar-worker-channel'
    DisplayName = 'Nightjar worker: containers to their host'
    Direction = 'Inbound'
    Action = 'Allow'
    Protocol = 'TCP'
    Program = Join-Path $node 'node.exe'
    InterfaceAlias = $adapter.Name
  }
  New-NetFirewallRule @rule | Out-Null
}

if (-not $PSCmdlet.ShouldProcess($env:COMPUTERNAME, "Install Nightjar $version ($($roles -join ', '))")) { return }

Test-NodeVersion $NodeFolder
$calls = Join-Path $source 'node_modules\@koromix\koffi-win32-x64'
if ($roles -contains 'Worker' -and -not (Test-Path $calls)) {
  throw 'This archive was made on another system: a worker could not see whether this machine is in use. Make it on Windows.'
}
if (-not (Test-Path $WinSW)) { throw "There is no $WinSW." }
foreach ($one in $roles) { Stop-NightjarService "nightjar-$($one.ToLower())" }

Copy-Folder $source $app
Copy-Folder $NodeFolder $node
New-Item -ItemType Directory -Force -Path $services | Out-Null

foreach ($one in $roles) { Install-NightjarService "nightjar-$($one.ToLower())" }
$accounts = @($roles | ForEach-Object { "NT SERVICE\nightjar-$($_.ToLower())" })

New-LockedFolder $DataFolder (@($accounts | ForEach-Object { "${_}:(OI)(CI)RX" }) + @("${Users}:RX"))
New-LockedFolder (Join-Path $DataFolder 'logs') @($accounts | ForEach-Object { "${_}:(OI)(CI)M" })
New-LockedFolder (Join-Path $DataFolder 'secrets') @($accounts | ForEach-Object { "${_}:(OI)(CI)RX" })
Copy-Secret $WorkerKeyFile 'worker-key'

if ($roles -contains 'Management') {
  New-LockedFolder (Join-Path $DataFolder 'management') @('NT SERVICE\nightjar-management:(OI)(CI)M')
  Copy-Secret $AdminKeyFile 'admin-key'
}
if ($roles -contains 'Worker') {
  # Users may read: ContainerUser is one of them where containers share the kernel, and reads the unpacked app.
  New-LockedFolder (Join-Path $DataFolder 'worker') @('NT SERVICE\nightjar-worker:(OI)(CI)M', "${Users}:(OI)(CI)RX")
  Add-EngineAccess
  Add-ChannelRule
}

foreach ($one in $roles) { Start-Service -Name "nightjar-$($one.ToLower())" }
Write-Output "Nightjar $version is installed and started: $($roles -join ', ')."
