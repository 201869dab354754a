import { v4App, type AppFiles } from '../../support/app-files.js';

/** `functionTimeout` of the app: after it the fork bomb's container is ended. */
export const HOSTILE_TIMEOUT_SECONDS = 10;

const START = `
const { app } = require('@azure/functions');
const http = (name, handler) => app.http(name, { methods: ['GET', 'POST'], authLevel: 'anonymous', handler });
http('hello', () => ({ body: 'hello' }));
`;

const GREEDY = `
const { spawn } = require('node:child_process');
const { writeFileSync } = require('node:fs');

// Each starts two of itself, and tries again when it may not.
const BOMB = \`const { spawn } = require('node:child_process');
const start = () => spawn(process.execPath, ['-e', process.env.BOMB], { stdio: 'ignore' }).on('error', () => {});
start(); start(); setInterval(start, 50);\`;
http('forks', () => {
  spawn(process.execPath, ['-e', BOMB], { stdio: 'ignore', env: { ...process.env, BOMB } }).on('error', () => {});
  return new Promise(() => {});
});

http('fills', () => {
  const block = Buffer.alloc(1024 * 1024, 1);
  const codeOf = (write) => {
    try { return write(), 'done'; } catch (error) { return error.code; }
  };
  let written = 0;
  const end = codeOf(() => { for (; written < 4096; written += 1) writeFileSync('/tmp/' + written, block); });
  const places = ['/', '/home/site/wwwroot/', '/nightjar/', '/etc/', '/dev/', '/proc/', '/sys/'];
  const elsewhere = places.map((place) => codeOf(() => writeFileSync(place + 'fill', block)));
  return { jsonBody: { written, end, elsewhere } };
});

http('hogs', async () => {
  const all = [];
  for (;;) {
    all.push(Buffer.alloc(8 * 1024 * 1024, 1));
    await new Promise((resolve) => setImmediate(resolve));
  }
});
`;

const CURIOUS = `
const { connect, createServer } = require('node:net');
const { connect: connectHttp2 } = require('node:http2');
const { readFileSync } = require('node:fs');
const { networkInterfaces } = require('node:os');

function reach(target) {
  const at = target.lastIndexOf(':');
  const options = target.startsWith('/') ? { path: target } : { host: target.slice(0, at).replace(/[\\[\\]]/g, ''), port: Number(target.slice(at + 1)) };
  return new Promise((resolve) => {
    const socket = connect(options);
    const end = (outcome) => { socket.destroy(); resolve(outcome); };
    socket.setTimeout(5000, () => end('no answer'));
    socket.once('connect', () => end('connected'));
    socket.once('error', (error) => end(error.code));
  });
}

http('reach', async (request) => {
  const targets = await request.json();
  const outcomes = await Promise.all(targets.map(async (target) => [target, await reach(target)]));
  return { jsonBody: Object.fromEntries(outcomes) };
});

http('read', async (request) => {
  const paths = await request.json();
  const read = (path) => {
    try { return readFileSync(path), 'read'; } catch (error) { return error.code; }
  };
  return { jsonBody: Object.fromEntries(paths.map((path) => [path, read(path)])) };
});

http('channel', () => {
  const argument = (name) => process.argv[process.argv.indexOf(name) + 1];
  return { jsonBody: argument('--host') + ':' + argument('--port') };
});

// Opens a stream as a language worker does, with these first bytes, and tells what becomes of it.
http('impersonate', async (request) => {
  const { channel, path, message } = await request.json();
  const session = connectHttp2('http://' + channel);
  session.on('error', () => {});
  const stream = session.request(
    { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' },
    { endStream: false },
  );
  const received = [];
  stream.on('data', (data) => received.push(data));
  stream.write(Buffer.from(message, 'base64'));
  const status = await new Promise((resolve) => {
    stream.once('trailers', (trailers) => resolve(trailers['grpc-status']));
    stream.once('response', (headers) => headers['grpc-status'] && resolve(headers['grpc-status']));
    stream.once('error', (error) => resolve(error.code));
    stream.once('close', () => resolve('closed'));
  });
  session.destroy();
  return { jsonBody: { status: String(status), receivedBytes: Buffer.concat(received).length } };
});

let listening;
http('listen', async () => {
  listening ??= new Promise((resolve) => {
    const server = createServer((socket) => { socket.on('error', () => {}); socket.end(); });
    server.listen(0, '0.0.0.0', () => resolve(server.address().port));
  });
  const own = Object.values(networkInterfaces()).flat().find(({ internal, family }) => !internal && family === 'IPv4');
  return { jsonBody: own.address + ':' + (await listening) };
});

http('environment', () => ({ jsonBody: process.env }));
`;

/** Functions that take all that they can get, and `hello`. */
export function greedyApp(): Promise<AppFiles> {
  return appOf(GREEDY, { functionTimeout: `00:00:${HOSTILE_TIMEOUT_SECONDS}` });
}

/** Functions that try what they can reach from inside, and `hello`. */
export function curiousApp(): Promise<AppFiles> {
  return appOf(CURIOUS, {});
}

/** `hello` alone. */
export function neighbourApp(): Promise<AppFiles> {
  return appOf('', {});
}

function appOf(code: string, host: Record<string, unknown>): Promise<AppFiles> {
  return v4App({
    'host.json': JSON.stringify({ version: '2.0', ...host }),
    'package.json': JSON.stringify({ name: 'hostile', main: 'index.js' }),
    'index.js': `${START}${code}`,
  });
}
