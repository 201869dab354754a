import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { KernelVerdict } from '../../exit-cause.js';

/** The kernel's own log, one record a read. Readable by root, by others where `kernel.dmesg_restrict` is 0. */
const KERNEL_LOG = '/dev/kmsg';
/** Longer than any record. */
const RECORD_BYTES = 8192;
/** More than any kernel keeps: ends the reading of a log to which somebody writes without end. */
const RECORDS_MAX = 100_000;

/**
 * What the kernel's log says of kills for memory in a container: it names the control group whose limit was hit (`oom_memcg`; none
 * when the machine as a whole had no memory left) and that of what was killed (`task_memcg`). Control groups are named after the
 * engine's ids, so the log of another machine's kernel never matches.
 * Source: Linux, mm/oom_kill.c, dump_oom_summary.
 */
export function judgeKernelLog(records: readonly string[], engineId: string): KernelVerdict {
  const kill = records.findLast((record) => groupIn(record, 'task_memcg')?.includes(engineId));
  if (kill === undefined) return 'unknown';
  return groupIn(kill, 'oom_memcg')?.includes(engineId) ? 'ownLimit' : 'otherLimit';
}

/** Never rejects: a log that can't be read says nothing. */
export async function askKernel(engineId: string, path = KERNEL_LOG): Promise<KernelVerdict> {
  try {
    const log = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return judgeKernelLog(await memoryKills(log), engineId);
    } finally {
      await log.close();
    }
  } catch {
    return 'unknown';
  }
}

function groupIn(record: string, key: 'task_memcg' | 'oom_memcg'): string | undefined {
  return new RegExp(`[:,]${key}=([^,\\s]*)`).exec(record)?.[1];
}

async function memoryKills(log: FileHandle): Promise<string[]> {
  const buffer = Buffer.alloc(RECORD_BYTES);
  const kills: string[] = [];
  for (let read = 0; read < RECORDS_MAX; read += 1) {
    const record = await nextRecord(log, buffer);
    if (record === undefined) break;
    if (record.includes('oom-kill:')) kills.push(record);
  }
  return kills;
}

/** Undefined at the end. A record that was overwritten while the log was read is an empty one. */
async function nextRecord(log: FileHandle, buffer: Buffer): Promise<string | undefined> {
  try {
    const { bytesRead } = await log.read(buffer, 0, RECORD_BYTES, null);
    return bytesRead === 0 ? undefined : buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EPIPE') return '';
    if (code === 'EAGAIN') return undefined;
    throw error;
  }
}
