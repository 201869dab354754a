import { InMemoryWorkQueue } from '../../support/doubles/in-memory-work-queue.js';
import { describeWorkQueue, lane } from './work-queue-contract.js';

describeWorkQueue('in memory', () => {
  const queue = new InMemoryWorkQueue();
  const take = () => {
    const job = queue.take(lane);
    return Promise.resolve(
      job ? { id: job.id, finish: () => Promise.resolve(queue.finish(lane, job.id)) } : null,
    );
  };
  return Promise.resolve({ queue, take, close: () => queue.close() });
});
