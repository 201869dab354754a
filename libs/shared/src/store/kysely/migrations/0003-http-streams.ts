import type { Kysely } from 'kysely';
import type { ColumnTypes } from './column-types.js';

/** Whether a version's HTTP functions stream. Null: the version was indexed before this was asked, and does not. */
export async function addHttpStreams({ schema }: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await schema.alterTable('app_versions').addColumn('streams_http', types.flag).execute();
}
