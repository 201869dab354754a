import { Worker } from 'bullmq';

// The bare baseline's worker process: a no-op processor. Arguments: Redis' URL, the queue's name, the concurrency.
const [redisUrl = '', queueName = '', concurrency = '1'] = process.argv.slice(2);

const worker = new Worker(queueName, () => Promise.resolve(), {
  connection: { url: redisUrl, maxRetriesPerRequest: null },
  concurrency: Number(concurrency),
  // A result that is asked for after its job was removed is an error: some thousands are kept.
  removeOnComplete: { count: 10_000 },
  removeOnFail: { count: 0 },
});
worker.on('error', (error) => console.error(error));
await worker.waitUntilReady();
process.send?.('ready');
process.on('disconnect', () => process.exit(0));
