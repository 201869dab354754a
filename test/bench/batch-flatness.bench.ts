import { readFileSync } from 'node:fs';
import { medianOf, resultOf, type Bench, type BenchContext, type BenchResult } from './bench.js';
import { startStack, type Stack } from './support/stack.js';

const FEW = 10_000;
const MANY = 200_000;
const SAMPLE_MS = 100;

interface Measured {
  readonly microsecondsPerItem: number;
  readonly managementMib: number;
  readonly workerMib: number;
}

/** Whether twenty times the items cost twenty times the work and no more memory. */
async function run(context: BenchContext): Promise<BenchResult[]> {
  const stack = await startStack(context);
  try {
    await stack.runBatch('item', FEW);
    const few: Measured[] = [];
    const many: Measured[] = [];
    for (let round = 0; round < context.rounds; round += 1) {
      few.push(await measure(stack, FEW));
      many.push(await measure(stack, MANY));
    }
    const result = (name: string, unit: string, pick: (one: Measured) => number): BenchResult =>
      resultOf({
        name,
        unit,
        goal: '<= 1.2',
        value: medianOf(many.map(pick)),
        baseline: medianOf(few.map(pick)),
      });
    return [
      result('batch-flatness', 'µs/item', (one) => one.microsecondsPerItem),
      result('batch-flatness-management-memory', 'MiB', (one) => one.managementMib),
      result('batch-flatness-worker-memory', 'MiB', (one) => one.workerMib),
    ];
  } finally {
    await stack.stop();
  }
}

async function measure(stack: Stack, items: number): Promise<Measured> {
  let managementMib = 0;
  let workerMib = 0;
  const sampler = setInterval(() => {
    managementMib = Math.max(managementMib, residentMib(stack.management.service.process.pid));
    workerMib = Math.max(workerMib, residentMib(stack.worker.service.process.pid));
  }, SAMPLE_MS);
  const seconds = await stack.runBatch('item', items).finally(() => clearInterval(sampler));
  return { microsecondsPerItem: (seconds * 1e6) / items, managementMib, workerMib };
}

function residentMib(pid: number | undefined): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib ?? 0) / 1024;
}

export default { name: 'batch-flatness', run } satisfies Bench;
