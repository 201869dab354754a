// Stands where a language worker stands, and does what the setting ACT says. Speaks no protocol: it prints what it found.
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import dns from 'node:dns/promises';

const { ACT, SUBJECT = '' } = process.env;

const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const stayAlive = () => setInterval(() => {}, 1000);
const outcomeOf = (promise) =>
  promise.then(
    () => 'done',
    (error) => error.code ?? error.message,
  );

function reach(address) {
  const [host, port] = address.split(':');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    const end = (outcome) => {
      socket.destroy();
      resolve(outcome);
    };
    socket.setTimeout(5000, () => end('no answer'));
    socket.once('connect', () => end('connected'));
    socket.once('error', (error) => end(error.code));
  });
}

const acts = {
  describe: () => {
    const { uid, gid } = process.getuid ? { uid: process.getuid(), gid: process.getgid() } : {};
    say({
      environment: process.env,
      arguments: process.argv.slice(2),
      folder: process.cwd(),
      uid,
      gid,
      home: homedir(),
    });
  },
  exit: () => {
    process.stderr.write('first words\nlast words\n');
    process.exitCode = Number(SUBJECT);
  },
  crash: () => {
    throw new Error('an uncaught failure');
  },
  heap: () => {
    const kept = [];
    for (;;) kept.push({ text: `${kept.length}`.repeat(20) });
  },
  buffers: () => {
    const kept = [];
    setInterval(() => kept.push(Buffer.alloc(8 * 1024 * 1024, 1)), 1);
  },
  fork: () => {
    let alive = 0;
    const start = () => {
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      child.once('spawn', () => ((alive += 1), alive < 1000 && start()));
      child.once('error', (error) => (say({ alive, error: error.code }), process.exit(0)));
      child.once('exit', () => (alive -= 1));
    };
    for (let index = 0; index < 4; index += 1) start();
    setTimeout(() => (say({ alive }), process.exit(0)), 5000);
  },
  print: async () => {
    const megabyte = 'x'.repeat(1024 * 1024);
    const write = (text) => new Promise((resolve) => process.stdout.write(text, resolve));
    for (let index = 0; index < Number(SUBJECT); index += 1) await write(megabyte);
    await write('\nafter\n');
  },
  lines: async () => {
    const write = (text) => new Promise((resolve) => process.stdout.write(text, resolve));
    for (let index = 0; index < Number(SUBJECT); index += 1) await write(`line ${index} ${'y'.repeat(80)}\n`);
  },
  wait: () => {
    stayAlive();
    say({ pid: process.pid });
  },
  burn: () => {
    say({});
    // Not one long turn: what comes to this process, such as a signal, is to be heard.
    const burn = () => {
      const untilMs = performance.now() + 50;
      while (performance.now() < untilMs) Math.sqrt(untilMs);
      setImmediate(burn);
    };
    burn();
  },
  tick: () => {
    setInterval(() => say({ atMs: performance.now() }), 10);
  },
  waitWithChild: () => {
    stayAlive();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    say({ pid: process.pid, child: child.pid });
  },
  files: async () => {
    const [readable, ...writable] = SUBJECT.split(',');
    const read = await readFile(readable, 'utf8').catch((error) => error.code);
    const outcomes = writable.map(async (path) => [path, await outcomeOf(writeFile(path, 'x'))]);
    say({ read, written: Object.fromEntries(await Promise.all(outcomes)), temporary: tmpdir() });
  },
  read: async () => {
    const outcomes = SUBJECT.split(',').map(async (path) => [path, await outcomeOf(readFile(path))]);
    say(Object.fromEntries(await Promise.all(outcomes)));
  },
  fill: async () => {
    const block = Buffer.alloc(1024 * 1024, 1);
    let written = 0;
    const fill = async () => {
      for (; written < 1024; written += 1) await writeFile(`/tmp/${written}`, block);
    };
    say({ outcome: await outcomeOf(fill()), written });
  },
  reach: async () => {
    const outcomes = SUBJECT.split(',').map(async (address) => [address, await reach(address)]);
    say(Object.fromEntries(await Promise.all(outcomes)));
  },
  /** Once the first address can be reached, which it says by waiting so long, all of them. */
  reachOnceOpen: async () => {
    const [first, ...others] = SUBJECT.split(',');
    while ((await reach(first)) !== 'connected') await new Promise((resolve) => setTimeout(resolve, 100));
    const outcomes = others.map(async (address) => [address, await reach(address)]);
    say(Object.fromEntries([[first, 'connected'], ...(await Promise.all(outcomes))]));
  },
  keepReaching: async () => {
    for (;;) {
      say({ [SUBJECT]: await reach(SUBJECT) });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  },
  resolve: async () => say({ outcome: await outcomeOf(dns.lookup(SUBJECT)) }),
  listen: async () => {
    const { createServer } = await import('node:net');
    const { networkInterfaces } = await import('node:os');
    const addresses = Object.values(networkInterfaces()).flat();
    const own = addresses.find(({ internal, family }) => !internal && family === 'IPv4');
    createServer((socket) => socket.end()).listen(7000, () => say({ address: own.address }));
  },
};

await acts[ACT]();
