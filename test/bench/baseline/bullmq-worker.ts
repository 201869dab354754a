import { Worker } from 'bullmq';

// The bare baseline's worker process: a no-op processor. Arguments: Redis' URL, the queue's name, the concurrency.
const [redisUrl = '', queueName = '', concurrency = '1'] = process.argv.slice(2);

const worker = new Worker(queueName, () => Promise.resolve(), {
  connection: { url: redisUrl, maxRetriesPerRequest: null },
  concurrency: Number(concurrency),
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
});
worker.on('error', (error) => console.error(error));
await worker.waitUntilReady();
process.send?.('ready');
process.on('disconnect', () => process.exit(0));
