/**
 * The relay as a process of its own, for a language worker that has none: it runs beside it, in the same network.
 *
 * Exit codes: 0 when the worker has not wanted it for half a minute, or after SIGTERM; 1 when the arguments are wrong.
 */
import { parseRelayArguments } from './arguments.js';
import { HttpRelay } from './http-relay.js';

const options = parseRelayArguments(process.argv.slice(2));
if (typeof options === 'string') {
  process.stderr.write(`${options}\n`);
  process.exitCode = 1;
} else {
  process.once('SIGTERM', () => process.exit(0));
  new HttpRelay(options, options.serverPort, () => process.exit(0)).start();
}
