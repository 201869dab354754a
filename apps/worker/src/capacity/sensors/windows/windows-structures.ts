import { SensorBlindError, type PowerSource } from '../machine-sensors.js';

/*
 * Reads structures as 64-bit Windows lays them out in memory. The documents are Microsoft's pages on WTS_SESSION_INFO_1W,
 * WTSINFOEXW with WTSINFOEX_LEVEL1_W (both wtsapi32.h), and SYSTEM_POWER_STATUS (winbase.h); the lengths of names in them are
 * WINSTATIONNAME_LENGTH 32, USERNAME_LENGTH 20 and DOMAIN_LENGTH 17, each with a zero more.
 */

/** WTS_SESSION_INFO_1W: three numbers, then five pointers, which begin at a multiple of 8. */
export const SESSION_ENTRY_BYTES = 56;
const SESSION_ENTRY = { state: 4, sessionId: 8 } as const;

/** WTSINFOEXW: the level, then at 8 the union, whose times begin at a multiple of 8. */
export const SESSION_INFO_BYTES = 232;
const SESSION_INFO = {
  level: 0,
  state: 12,
  flags: 16,
  userName: 86,
  disconnectTime: 184,
  lastInputTime: 192,
  currentTime: 200,
} as const;
const USER_NAME_BYTES = 2 * 21;

export const POWER_STATUS_BYTES = 12;

/** WTS_CONNECTSTATE_CLASS, as far as people are behind it. */
const ACTIVE = 0;
const DISCONNECTED = 4;
/** Session 0 is for services; nobody can log in to it. */
const SERVICES = 0;

const LOCK_FLAG = { locked: 0, unlocked: 1 } as const;
/** FILETIME counts 100 ns since 1601. */
const TICKS_PER_SECOND = 10_000_000n;

export interface SessionEntry {
  readonly sessionId: number;
  /** Somebody is logged in, at a screen or away from it. Services, listeners and login screens are not. */
  readonly mayHaveUser: boolean;
}

export interface SessionInfo {
  readonly user: string;
  readonly connected: boolean;
  /** Null: Windows does not know. */
  readonly locked: boolean | null;
  /** Null: Windows gives no time. */
  readonly inputAgeSeconds: number | null;
}

export function parseSessionEntries(bytes: Uint8Array, count: number): readonly SessionEntry[] {
  expectBytes('WTS_SESSION_INFO_1W', bytes, count * SESSION_ENTRY_BYTES);
  const view = viewOf(bytes);
  return Array.from({ length: count }, (_, index) => {
    const at = index * SESSION_ENTRY_BYTES;
    const state = view.getInt32(at + SESSION_ENTRY.state, true);
    const sessionId = view.getUint32(at + SESSION_ENTRY.sessionId, true);
    return {
      sessionId,
      mayHaveUser: sessionId !== SERVICES && (state === ACTIVE || state === DISCONNECTED),
    };
  });
}

export function parseSessionInfo(bytes: Uint8Array): SessionInfo {
  expectBytes('WTSINFOEXW', bytes, SESSION_INFO_BYTES);
  const view = viewOf(bytes);
  const level = view.getUint32(SESSION_INFO.level, true);
  if (level !== 1) throw new SensorBlindError(`WTSINFOEXW has level ${level} instead of 1`);
  const flags = view.getInt32(SESSION_INFO.flags, true);
  const connected = view.getInt32(SESSION_INFO.state, true) !== DISCONNECTED;
  return {
    user: textAt(bytes, SESSION_INFO.userName, USER_NAME_BYTES),
    connected,
    locked: flags === LOCK_FLAG.locked ? true : flags === LOCK_FLAG.unlocked ? false : null,
    inputAgeSeconds: inputAge(view, connected),
  };
}

/** Who has disconnected was there until then; Windows then often gives no input time any more. */
function inputAge(view: DataView, connected: boolean): number | null {
  const at = (offset: number): bigint => view.getBigInt64(offset, true);
  const input = at(SESSION_INFO.lastInputTime);
  const disconnected = connected ? 0n : at(SESSION_INFO.disconnectTime);
  const newest = input > disconnected ? input : disconnected;
  const now = at(SESSION_INFO.currentTime);
  return newest === 0n || now === 0n ? null : Number(now - newest) / Number(TICKS_PER_SECOND);
}

/** WTSClientProtocolType: 0 is the machine's own screen, 1 was ICA, 2 is RDP. */
export function parseIsRemote(bytes: Uint8Array): boolean {
  expectBytes('the client protocol type', bytes, 2);
  return viewOf(bytes).getUint16(0, true) !== 0;
}

/** `ACLineStatus`; and where it is not known, `BatteryFlag` 128: there is no battery. Throws `SensorBlindError`. */
export function parsePowerStatus(bytes: Uint8Array): PowerSource {
  expectBytes('SYSTEM_POWER_STATUS', bytes, POWER_STATUS_BYTES);
  const [line, battery = 255] = bytes;
  if (line === 1) return 'mains';
  if (line === 0) return 'battery';
  // 255 is "unknown" and has that bit too.
  if (battery !== 255 && (battery & 128) !== 0) return 'mains';
  throw new SensorBlindError('Windows does not know where its power comes from');
}

function expectBytes(what: string, bytes: Uint8Array, least: number): void {
  if (bytes.byteLength < least)
    throw new SensorBlindError(`${what} has ${bytes.byteLength} bytes instead of ${least}`);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Text of two bytes a character, up to its zero. */
function textAt(bytes: Uint8Array, at: number, length: number): string {
  const text = new TextDecoder('utf-16le').decode(bytes.subarray(at, at + length));
  return text.split('\0', 1)[0] ?? '';
}
