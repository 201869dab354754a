// Started with `node --import`: this process speaks as an earlier version of Nightjar would. It puts no field on a queue and says none
// with a heartbeat that came later, and reads jobs by the contract of then (`older/jobs.mjs`). All else is today's code. What it left
// out is noted in the file OLDER_VERSION_NOTES, a line each.
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const FROZEN = new URL('older/jobs.mjs', import.meta.url).href;

/** What a heartbeat did not say yet. */
const LATER_IN_HEARTBEATS = ['busySeconds', 'attributes', 'capacity', 'busyCores', 'offeredCores', 'page'];

const noted = new Set();

/** @param {string} what */
function note(what) {
  if (noted.has(what)) return;
  noted.add(what);
  appendFileSync(process.env.OLDER_VERSION_NOTES, `${what}\n`);
}

// Both ends of the queue look at jobs through the contract.
registerHooks({
  resolve(specifier, context, nextResolve) {
    const isQueue = /\/queue\/bullmq\/bullmq-work-(queue|source)\.js$/.test(context.parentURL ?? '');
    if (!isQueue || !specifier.endsWith('/contracts/jobs.js')) return nextResolve(specifier, context);
    note(`contract of ${context.parentURL.split('/').at(-1)}`);
    return { url: FROZEN, shortCircuit: true };
  },
});

const { jobSchema } = await import(FROZEN);
const { Queue } = await import('bullmq');

/** @param {object} job */
function asOlder(job) {
  const older = jobSchema.parse(job);
  for (const field of Object.keys(job)) if (!(field in older)) note(`job without ${field}`);
  return older;
}

const { add, addBulk } = Queue.prototype;
Queue.prototype.add = function (name, data, options) {
  return add.call(this, name, asOlder(data), options);
};
Queue.prototype.addBulk = function (jobs) {
  return addBulk.call(
    this,
    jobs.map((job) => ({ ...job, data: asOlder(job.data) })),
  );
};

const machineStore = join(process.cwd(), 'dist/libs/shared/src/store/kysely/kysely-machine-store.js');
const { KyselyMachineStore } = await import(pathToFileURL(machineStore).href);
const { heartbeat } = KyselyMachineStore.prototype;
KyselyMachineStore.prototype.heartbeat = function (report, leaseSeconds) {
  const said = Object.entries(report).filter(([field]) => !LATER_IN_HEARTBEATS.includes(field));
  for (const field of LATER_IN_HEARTBEATS)
    if (report[field] !== undefined) note(`heartbeat without ${field}`);
  return heartbeat.call(this, Object.fromEntries(said), leaseSeconds);
};
