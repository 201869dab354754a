import { InvalidInputError } from '../../../domain/errors.js';
import { type RowSource, RowSources } from '../../row-source.js';
import { openRowSource } from './open-row-source.js';

/** Connections by name, each a URL like `DATABASE_URL`. */
export class NamedRowSources extends RowSources {
  constructor(private readonly urls: Readonly<Record<string, string>>) {
    super();
  }

  mustHave(connection: string): void {
    this.urlOf(connection);
  }

  async open(connection: string): Promise<RowSource> {
    return openRowSource(connection, this.urlOf(connection));
  }

  private urlOf(connection: string): string {
    const url = Object.hasOwn(this.urls, connection) ? this.urls[connection] : undefined;
    if (url !== undefined) return url;
    const known = Object.keys(this.urls).sort().join(', ');
    throw new InvalidInputError(
      `connection: management's setting connections has no "${connection}"; it has ${known || 'none'}.`,
    );
  }
}
