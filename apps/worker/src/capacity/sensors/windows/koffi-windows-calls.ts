import { promisify } from 'node:util';
import { SensorBlindError } from '../machine-sensors.js';
import { POWER_STATUS_BYTES, SESSION_ENTRY_BYTES } from './windows-structures.js';
import type { WindowsCalls } from './windows-calls.js';

/** Members of WTS_INFO_CLASS (wtsapi32.h). */
const INFO_CLASS = { clientProtocolType: 16, sessionInfoEx: 25 } as const;
/** WTSTypeSessionInfoLevel1 of WTS_TYPE_CLASS. */
const SESSION_INFO_LEVEL_1 = 2;
/** WTS_CURRENT_SERVER_HANDLE. */
const THIS_MACHINE = null;

/** A call on one of koffi's threads, so that one that hangs does not stop the worker. */
type Call = (...args: unknown[]) => Promise<number>;

/**
 * Opens the Windows libraries through koffi, which is loaded only here: it has native parts that no other system needs.
 * Calls fail with `SensorBlindError`. Must not be called on other systems than Windows.
 * @param libraries which files to load
 */
export async function openWindowsCalls(
  libraries = { wtsapi: 'wtsapi32.dll', kernel: 'kernel32.dll' },
): Promise<WindowsCalls> {
  const { default: koffi } = await import('koffi');
  const wtsapi = koffi.load(libraries.wtsapi);
  const kernel = koffi.load(libraries.kernel);
  const asynchronous = (call: { async: (...args: unknown[]) => unknown }): Call =>
    promisify(call.async) as unknown as Call;
  const enumerate = asynchronous(
    wtsapi.func(
      'int __stdcall WTSEnumerateSessionsExW(void *server, _Inout_ uint32_t *level, uint32_t filter, _Out_ void **sessions, _Out_ uint32_t *count)',
    ),
  );
  const freeSessions = wtsapi.func(
    'int __stdcall WTSFreeMemoryExW(int typeClass, void *memory, uint32_t count)',
  );
  const query = asynchronous(
    wtsapi.func(
      'int __stdcall WTSQuerySessionInformationW(void *server, uint32_t sessionId, int infoClass, _Out_ void **buffer, _Out_ uint32_t *bytes)',
    ),
  );
  const free = wtsapi.func('void __stdcall WTSFreeMemory(void *memory)');
  const getPowerStatus = asynchronous(
    kernel.func('int __stdcall GetSystemPowerStatus(_Out_ uint8_t *status)'),
  );
  /** A copy: Windows' own memory is freed after it. */
  const copyOf = (pointer: unknown, length: number): Uint8Array =>
    Uint8Array.from(koffi.decode(pointer, 'uint8_t', length) as Iterable<number>);

  const querySession = async (sessionId: number, infoClass: number): Promise<Uint8Array | null> => {
    const buffer: unknown[] = [null];
    const bytes = [0];
    if ((await query(THIS_MACHINE, sessionId, infoClass, buffer, bytes)) === 0) return null;
    try {
      return copyOf(buffer[0], bytes[0] ?? 0);
    } finally {
      free(buffer[0]);
    }
  };

  return {
    async enumerateSessions() {
      const sessions: unknown[] = [null];
      const counted = [0];
      if ((await enumerate(THIS_MACHINE, [1], 0, sessions, counted)) === 0)
        throw new SensorBlindError('WTSEnumerateSessionsExW failed');
      const count = counted[0] ?? 0;
      try {
        return { bytes: copyOf(sessions[0], count * SESSION_ENTRY_BYTES), count };
      } finally {
        freeSessions(SESSION_INFO_LEVEL_1, sessions[0], count);
      }
    },
    sessionInfo: (sessionId) => querySession(sessionId, INFO_CLASS.sessionInfoEx),
    clientProtocol: (sessionId) => querySession(sessionId, INFO_CLASS.clientProtocolType),
    async powerStatus() {
      const status = Buffer.alloc(POWER_STATUS_BYTES);
      if ((await getPowerStatus(status)) === 0) throw new SensorBlindError('GetSystemPowerStatus failed');
      return status;
    },
  };
}
