import { describe, expect, it } from '@jest/globals';
import { known } from '../sensed.js';
import { kindOf, linuxPresence, type LinuxEvidence } from './linux-presence.js';
import type { LogindSession } from './logind.js';

const NOW_MS = 1_764_450_000_000;

const session = (more: Partial<LogindSession> = {}): LogindSession => ({
  id: '2',
  userId: 1000,
  user: 'ada',
  type: 'wayland',
  sessionClass: 'user',
  remote: false,
  service: 'gdm-password',
  display: '',
  terminal: 'tty2',
  seat: 'seat0',
  state: 'active',
  locked: false,
  idle: false,
  idleSinceMs: 0,
  ...more,
});
const ssh = session({ id: '5', type: 'tty', service: 'sshd', remote: true, seat: '', terminal: 'pts/0' });
const typed = (name: string, secondsAgo: number) => ({
  name,
  userId: 1000,
  accessedAtMs: NOW_MS - secondsAgo * 1000,
});

const evidence = (more: Partial<LinuxEvidence> = {}): LinuxEvidence => ({
  logind: [],
  terminals: [],
  devices: { ageSeconds: null, unreadable: [] },
  xAges: new Map(),
  wallMs: NOW_MS,
  ...more,
});
const UNREADABLE = { ageSeconds: null, unreadable: ['event3'] };
const idle = (secondsAgo: number) => ({ idle: true, idleSinceMs: NOW_MS - secondsAgo * 1000 });

describe('linuxPresence', () => {
  it.each<[string, Partial<LinuxEvidence>, number]>([
    ['a server with nothing to press and nobody logged in', {}, Infinity],
    ['the same without logind', { logind: null }, Infinity],
    ['a server with a keyboard that nobody uses', { devices: { ageSeconds: 7000, unreadable: [] } }, 7000],
    ['an ssh login', { logind: [ssh], terminals: [typed('pts/0', 40)] }, 40],
    ['a file transfer', { logind: [session({ ...ssh, terminal: '' })] }, Infinity],
    ['a terminal window of nobody’s session', { terminals: [typed('pts/7', 12), typed('pts/8', 900)] }, 12],
    ['a desktop in use', { logind: [session()], devices: { ageSeconds: 3, unreadable: [] } }, 3],
    ['the login screen in use', { devices: { ageSeconds: 2, unreadable: [] } }, 2],
    ['a desktop whose devices can’t be read, not idle', { logind: [session()], devices: UNREADABLE }, 0],
    [
      'a desktop whose devices can’t be read, idle',
      { logind: [session(idle(600))], devices: UNREADABLE },
      600,
    ],
    [
      'X that knows better than the devices',
      {
        logind: [session({ display: ':0' })],
        devices: { ageSeconds: 500, unreadable: [] },
        xAges: new Map([[':0', 4]]),
      },
      4,
    ],
    [
      'a remote desktop that sets no hint, while the machine’s own keyboard rests',
      {
        logind: [session({ service: 'xrdp-sesman', seat: '' })],
        devices: { ageSeconds: 500, unreadable: [] },
      },
      0,
    ],
    [
      'a terminal used by a desktop’s owner',
      { logind: [session(idle(600))], terminals: [typed('pts/1', 8)] },
      8,
    ],
  ])('%s', (_, seen, age) => {
    expect(linuxPresence(evidence(seen)).inputAgeSeconds).toEqual(known(age));
  });

  it('does not know who types where nobody answers for a keyboard that can’t be read', () => {
    const { inputAgeSeconds } = linuxPresence(evidence({ logind: [ssh], devices: UNREADABLE }));
    expect(inputAgeSeconds).toEqual({ known: false, why: expect.stringContaining('event3') });
  });

  it('says of each session who, how, locked and since when', () => {
    const { sessions } = linuxPresence(
      evidence({ logind: [session({ locked: true, ...idle(90) }), ssh], terminals: [typed('pts/0', 40)] }),
    );
    const common = { user: 'ada', connected: true };
    expect(sessions).toEqual([
      { ...common, id: '2', kind: 'console', locked: known(true), inputAgeSeconds: known(90) },
      { ...common, id: '5', kind: 'terminal', locked: known(false), inputAgeSeconds: known(40) },
    ]);
  });

  it('takes terminals for sessions where there is no logind', () => {
    const { sessions } = linuxPresence(evidence({ logind: null, terminals: [typed('tty1', 5)] }));
    expect(sessions).toMatchObject([{ id: 'tty1', user: 'uid 1000', kind: 'terminal' }]);
  });
});

describe('kindOf', () => {
  it.each<[string, Partial<LogindSession>, string]>([
    ['gdm at the screen', {}, 'console'],
    ['ssh', ssh, 'terminal'],
    ['a login on a virtual console', { type: 'tty', service: 'login' }, 'terminal'],
    ['xrdp', { type: 'x11', service: 'xrdp-sesman', seat: '' }, 'remote-desktop'],
    ['xrdp that gives no type', { type: 'unspecified', service: 'xrdp-sesman', seat: '' }, 'remote-desktop'],
    ['a VNC server', { type: 'x11', service: 'tigervnc', seat: '' }, 'remote-desktop'],
    ['GNOME’s remote login', { remote: true, seat: '' }, 'remote-desktop'],
    ['a graphical session without a screen here', { seat: '' }, 'remote-desktop'],
  ])('%s', (_, more, kind) => expect(kindOf(session(more))).toBe(kind));
});
