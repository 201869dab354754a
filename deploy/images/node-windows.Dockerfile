# escape=`
# An image of Nightjar's Node language worker for Windows containers, for the worker's setting `containerImage`: Nano Server,
# Node and the language worker. WINDOWS is ltsc2022 or ltsc2025: with process isolation it must be the machine's own Windows,
# or ltsc2022 on a machine with Windows Server 2025.
#
# Build on a machine with a Windows engine, from the unpacked archive of `npm run package`:
#   docker build -f deploy/images/node-windows.Dockerfile --build-arg WINDOWS=ltsc2022 -t registry.example/nightjar-node:ltsc2022 .
ARG WINDOWS=ltsc2022

# Nano Server has no PowerShell to download with.
FROM mcr.microsoft.com/windows/servercore:${WINDOWS} AS node
ARG NODE_VERSION=22.17.0
SHELL ["powershell", "-NoProfile", "-Command", "$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue';"]
RUN $name = 'node-v{0}-win-x64.zip' -f $env:NODE_VERSION; `
    $from = 'https://nodejs.org/dist/v{0}' -f $env:NODE_VERSION; `
    Invoke-WebRequest -UseBasicParsing \"$from/$name\" -OutFile C:\node.zip; `
    $sums = (Invoke-WebRequest -UseBasicParsing \"$from/SHASUMS256.txt\").Content -split \"`n\"; `
    $wanted = ($sums | Where-Object { $_.EndsWith(\"  $name\") }).Substring(0, 64); `
    if ((Get-FileHash C:\node.zip -Algorithm SHA256).Hash -ne $wanted) { throw 'The download of Node is not what nodejs.org says.' }; `
    Expand-Archive C:\node.zip -DestinationPath C:\unpacked; `
    Move-Item (Join-Path C:\unpacked ($name -replace '.zip$', '')) C:\nodejs

FROM mcr.microsoft.com/windows/nanoserver:${WINDOWS}
# Only to write below C:\; functions never run as an administrator.
USER ContainerAdministrator
COPY --from=node C:/nodejs C:/nodejs
# Where the worker's table of language workers says that they are.
COPY dist/language-worker/ C:/nightjar/language-worker/
RUN mkdir C:\home\site\wwwroot
USER ContainerUser
WORKDIR C:/home/site/wwwroot
ENTRYPOINT ["C:\\nodejs\\node.exe"]
