import type { Kysely, Transaction } from 'kysely';
import type { StoredBlob } from '../blob-store.js';
import type { Engine } from './engine.js';
import type { Schema } from './schema.js';

/** Notes that a file is in use now, also when somebody is removing it. */
export async function noteFile(
  transaction: Transaction<Schema>,
  engine: Engine,
  { digest, sizeBytes }: StoredBlob,
): Promise<void> {
  const noted = await engine.changed(
    transaction
      .updateTable('input_files')
      .set({ used_at: engine.now(), removing_at: null })
      .where('digest', '=', digest),
    ['digest'],
  );
  if (noted.length > 0) return;
  await transaction
    .insertInto('input_files')
    .values({ digest, size_bytes: sizeBytes, used_at: engine.now(), removing_at: null })
    .execute();
}

/**
 * Files whose last use is so long ago and that no run has for its input. A file that is also a package (somebody uploaded the same
 * bytes) belongs to its app.
 */
export function unusedFiles(db: Kysely<Schema>, engine: Engine, unusedForSeconds: number) {
  return db
    .selectFrom('input_files as file')
    .select('file.digest')
    .where('file.used_at', '<=', engine.secondsAgo(unusedForSeconds))
    .where((eb) => {
      const runs = eb.selectFrom('batch_runs').select('batch_runs.id');
      const versions = eb.selectFrom('app_versions').select('app_versions.id');
      const deployments = eb.selectFrom('deployments').select('deployments.id');
      return eb.and([
        eb.not(eb.exists(runs.whereRef('batch_runs.input_digest', '=', 'file.digest'))),
        eb.not(eb.exists(versions.whereRef('app_versions.package_digest', '=', 'file.digest'))),
        eb.not(eb.exists(deployments.whereRef('deployments.package_digest', '=', 'file.digest'))),
      ]);
    })
    .orderBy('file.used_at');
}

/** Whether a definition that holds names the file, or a run whose input is still to be made of it. */
export async function isNamed(db: Kysely<Schema>, engine: Engine, digest: string): Promise<boolean> {
  const naming = `%${digest}%`;
  const versions = await db
    .selectFrom('batch_versions as version')
    .innerJoin('batches as batch', 'batch.id', 'version.batch_id')
    .select('version.version')
    .where('batch.removed_at', 'is', null)
    .where('version.content', 'like', naming)
    .orderBy('version.batch_id')
    .orderBy('version.version')
    .$call(engine.first(1))
    .execute();
  if (versions.length > 0) return true;
  const runs = await db
    .selectFrom('batch_runs')
    .select('id')
    .where('ended_at', 'is', null)
    .where('settings', 'like', naming)
    .orderBy('id')
    .$call(engine.first(1))
    .execute();
  return runs.length > 0;
}
