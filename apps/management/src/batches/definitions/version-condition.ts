import { InvalidInputError } from '#shared/domain/errors.js';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** What a change says of the version that it was made from (RFC 9110, 13.1): `any` there must be one, 0 there must be none. */
export type VersionCondition = number | 'any' | undefined;

const TAG = /^(?:W\/)?"?(\d{1,9})"?$/;

/** Reads `If-Match: "3"`, `If-Match: *` and `If-None-Match: *`. Throws `InvalidInputError` for any other. */
export function versionCondition(headers: Headers): VersionCondition {
  const [ifMatch, ifNoneMatch] = [textOf(headers['if-match']), textOf(headers['if-none-match'])];
  if (ifMatch !== undefined && ifNoneMatch !== undefined)
    throw new InvalidInputError('If-Match and If-None-Match: send one of them, not both.');
  if (ifNoneMatch !== undefined) return noneMatch(ifNoneMatch);
  if (ifMatch === undefined) return undefined;
  if (ifMatch === '*') return 'any';
  const version = Number(TAG.exec(ifMatch)?.[1] ?? 0);
  if (version > 0) return version;
  throw new InvalidInputError(
    `If-Match: must be * or one version as the ETag of an answer says it, such as "3"; it is ${ifMatch}.`,
  );
}

export function versionTag(version: number): string {
  return `"${version}"`;
}

function noneMatch(value: string): 0 {
  if (value === '*') return 0;
  throw new InvalidInputError(
    `If-None-Match: must be *, which means that there is none yet; it is ${value}.`,
  );
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value?.trim();
}
