import { RpcLogCategory, type RpcLog } from '#shared/contracts/function-rpc/messages.js';
import type { LogLevel, LogLine } from '#shared/domain/invocation.js';

/** By the protocol's numbers. */
const LEVELS: readonly LogLevel[] = ['trace', 'debug', 'information', 'warning', 'error', 'critical'];

/** A log line of a language worker; null for a metric, which is none. */
export function logLineOf(log: RpcLog, loggedAt: Date): LogLine | null {
  if (log.logCategory === RpcLogCategory.CustomMetric) return null;
  return {
    loggedAt,
    level: LEVELS[log.level ?? 0] ?? 'information',
    category: log.logCategory === RpcLogCategory.System ? 'system' : 'user',
    message: messageOf(log),
  };
}

function messageOf(log: RpcLog): string {
  const message = log.message ?? '';
  const cause = log.exception?.stackTrace || log.exception?.message || '';
  if (cause === '' || message.includes(cause)) return message;
  return message === '' ? cause : `${message}\n${cause}`;
}
