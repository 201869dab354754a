import { type DatabaseIntrospector, type Kysely, type SchemaMetadata, sql, type TableMetadata } from 'kysely';

/**
 * As much introspection as migrations need: which tables there are. From the standard's views, which more servers have
 * than have SQL Server's own in full.
 */
export class TableNames implements DatabaseIntrospector {
  constructor(private readonly database: Kysely<unknown>) {}

  async getSchemas(): Promise<SchemaMetadata[]> {
    return [{ name: 'dbo' }];
  }

  async getTables(): Promise<TableMetadata[]> {
    const { rows } = await sql<{ name: string }>`
      select [TABLE_NAME] as [name] from [INFORMATION_SCHEMA].[TABLES] where [TABLE_SCHEMA] = 'dbo'
    `.execute(this.database);
    return rows.map(({ name }) => ({ name, schema: 'dbo', isView: false, isForeign: false, columns: [] }));
  }
}
