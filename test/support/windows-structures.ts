import { layOut, type Member } from './c-structure.js';

/** The members of Microsoft's structures in the order of its documents (wtsapi32.h, winbase.h). */
const WTS_SESSION_INFO_1W: readonly Member[] = [
  { name: 'ExecEnvId', type: 'dword' },
  { name: 'State', type: 'long' },
  { name: 'SessionId', type: 'dword' },
  { name: 'pSessionName', type: 'pointer' },
  { name: 'pHostName', type: 'pointer' },
  { name: 'pUserName', type: 'pointer' },
  { name: 'pDomainName', type: 'pointer' },
  { name: 'pFarmName', type: 'pointer' },
];

const WTSINFOEX_LEVEL1_W: readonly Member[] = [
  { name: 'SessionId', type: 'dword' },
  { name: 'SessionState', type: 'long' },
  { name: 'SessionFlags', type: 'long' },
  { name: 'WinStationName', type: 'wchars', length: 33 },
  { name: 'UserName', type: 'wchars', length: 21 },
  { name: 'DomainName', type: 'wchars', length: 18 },
  { name: 'LogonTime', type: 'large' },
  { name: 'ConnectTime', type: 'large' },
  { name: 'DisconnectTime', type: 'large' },
  { name: 'LastInputTime', type: 'large' },
  { name: 'CurrentTime', type: 'large' },
  { name: 'IncomingBytes', type: 'dword' },
  { name: 'OutgoingBytes', type: 'dword' },
  { name: 'IncomingFrames', type: 'dword' },
  { name: 'OutgoingFrames', type: 'dword' },
  { name: 'IncomingCompressedBytes', type: 'dword' },
  { name: 'OutgoingCompressedBytes', type: 'dword' },
];

const SYSTEM_POWER_STATUS: readonly Member[] = [
  { name: 'ACLineStatus', type: 'byte' },
  { name: 'BatteryFlag', type: 'byte' },
  { name: 'BatteryLifePercent', type: 'byte' },
  { name: 'SystemStatusFlag', type: 'byte' },
  { name: 'BatteryLifeTime', type: 'dword' },
  { name: 'BatteryFullLifeTime', type: 'dword' },
];

type Values = Readonly<Record<string, number | bigint | string>>;

/** An array of WTS_SESSION_INFO_1W. */
export function sessionEntriesBytes(entries: readonly Values[]): Buffer {
  return Buffer.concat(entries.map((entry) => layOut(WTS_SESSION_INFO_1W, entry)));
}

/** A WTSINFOEXW of level 1. */
export function sessionInfoBytes(values: Values): Buffer {
  // The union begins at a multiple of its largest member's size.
  const level = layOut([{ name: 'Level', type: 'large' }], { Level: 1 });
  return Buffer.concat([level, layOut(WTSINFOEX_LEVEL1_W, values)]);
}

export function powerStatusBytes(values: Values): Buffer {
  return layOut(SYSTEM_POWER_STATUS, values);
}

/** A FILETIME: 100 ns since 1601. */
export function fileTime(iso: string): bigint {
  return (BigInt(Date.parse(iso)) - BigInt(Date.UTC(1601, 0, 1))) * 10_000n;
}
