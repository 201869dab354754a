import { youngest } from '../input-age.js';
import type { OwnerSession, Presence, SessionKind } from '../machine-sensors.js';
import { known, unknown, type Sensed } from '../sensed.js';
import type { DeviceInput } from './input-watch.js';
import type { LogindSession } from './logind.js';
import type { Terminal } from './terminals.js';

/** All that can be seen on Linux of who is there. */
export interface LinuxEvidence {
  /** Null where no logind runs. */
  readonly logind: readonly LogindSession[] | null;
  readonly terminals: readonly Terminal[];
  readonly devices: DeviceInput;
  /** By display: what X says, seconds. */
  readonly xAges: ReadonlyMap<string, number>;
  /** The wall clock, in which terminals and logind count: milliseconds since 1970. */
  readonly wallMs: number;
}

/**
 * Puts the evidence together. A machine's input is as young as the youngest of
 * - its sessions, each by what knows best (see `sessionAge`);
 * - its terminals;
 * - its keyboards and mice. Where they are there and can't be listened to, nobody knows who types at a login screen or in a
 *   session that does not say: that is unknown, unless a session at the machine's own screen answers for them.
 *
 * A machine with none of these (a server without keyboard, mouse and logins) has never had input. That is known, not unknown.
 */
export function linuxPresence(evidence: LinuxEvidence): Presence {
  const sessions = evidence.logind
    ? evidence.logind.map((session) => sessionOf(session, evidence))
    : evidence.terminals.map((terminal) => sessionAtTerminal(terminal, evidence.wallMs));
  const ages = [
    ...sessions.map(({ inputAgeSeconds }) => inputAgeSeconds),
    ...evidence.terminals.map(({ accessedAtMs }) => known((evidence.wallMs - accessedAtMs) / 1000)),
    deviceAge(evidence.devices, sessions),
  ];
  return { sessions, inputAgeSeconds: youngest(ages) };
}

function deviceAge(
  { ageSeconds, unreadable }: DeviceInput,
  sessions: readonly OwnerSession[],
): Sensed<number> {
  const heard = known(ageSeconds ?? Infinity);
  if (unreadable.length === 0 || sessions.some(({ kind }) => kind === 'console')) return heard;
  return unknown(
    `${unreadable.join(', ')} in /dev/input can't be read: that takes root or the group "input"`,
  );
}

function sessionOf(session: LogindSession, evidence: LinuxEvidence): OwnerSession {
  const kind = kindOf(session);
  return {
    id: session.id,
    user: session.user,
    kind,
    // xrdp and VNC keep their sessions when nobody looks at them, and logind does not know.
    connected: true,
    locked: known(session.locked),
    inputAgeSeconds: sessionAge(session, kind, evidence),
  };
}

/** Screens shared elsewhere are known by the service that opened them, or by having neither a seat nor a terminal here. */
export function kindOf({ type, service, remote, seat }: LogindSession): SessionKind {
  if (/rdp|vnc|remote-desktop/i.test(service)) return 'remote-desktop';
  if (!['x11', 'wayland', 'mir'].includes(type)) return 'terminal';
  return remote || seat === '' ? 'remote-desktop' : 'console';
}

/**
 * A session's input age by what knows best: X itself; the machine's devices, for who sits at it; the terminal; last the desktop's
 * idle hint, which is set after minutes without input and, by some desktops, never: without the hint the session counts as used.
 */
function sessionAge(session: LogindSession, kind: SessionKind, evidence: LinuxEvidence): Sensed<number> {
  const xAge = evidence.xAges.get(session.display);
  if (xAge !== undefined) return known(xAge);
  const { ageSeconds, unreadable } = evidence.devices;
  if (kind === 'console' && ageSeconds !== null && unreadable.length === 0) return known(ageSeconds);
  if (kind === 'terminal') return known(terminalAge(session, evidence));
  return known(session.idle ? (evidence.wallMs - session.idleSinceMs) / 1000 : 0);
}

/** A session without a terminal (a file transfer, a remote command) has nothing to type at. */
function terminalAge({ terminal }: LogindSession, { terminals, wallMs }: LinuxEvidence): number {
  const found = terminals.find(({ name }) => name === terminal);
  return found ? (wallMs - found.accessedAtMs) / 1000 : Infinity;
}

function sessionAtTerminal({ name, userId, accessedAtMs }: Terminal, wallMs: number): OwnerSession {
  return {
    id: name,
    user: `uid ${userId}`,
    kind: 'terminal',
    connected: true,
    locked: known(false),
    inputAgeSeconds: known((wallMs - accessedAtMs) / 1000),
  };
}
