import { newId } from '#shared/domain/ids.js';
import { openStores } from '#shared/store/kysely/open-stores.js';
import { items } from '../samples.js';

/**
 * A process that records progress until it is killed. Arguments: the database's URL, a run, its chunk. Each call records
 * the chunk's next 500 lines; a line on standard output says so afterwards.
 */
const [, , databaseUrl = '', runId = '', chunkId = ''] = process.argv;
const stores = await openStores({ databaseUrl });
const machineId = newId();
for (let from = 1; ; from += 500) {
  const progress = { runId, chunkId, fence: 1001, machineId, items: items(from, from + 499), done: false };
  await stores.batches.recordProgress([progress]);
  process.stdout.write(`${from + 499}\n`);
}
