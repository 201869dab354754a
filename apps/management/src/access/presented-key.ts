type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The key of an API or publishing request: `x-functions-key`, else the password of Basic or the token of Bearer authentication. */
export function adminKeyOf(headers: Headers): string | undefined {
  const header = headers['x-functions-key'];
  if (typeof header === 'string') return header;
  const { scheme, credentials } = authorizationOf(headers);
  if (scheme === 'bearer') return credentials;
  // The user name is not looked at: deployment clients send `$app`, or zeros before a bearer token.
  if (scheme === 'basic') return passwordOf(credentials);
  return undefined;
}

export function bearerTokenOf(headers: Headers): string | undefined {
  const { scheme, credentials } = authorizationOf(headers);
  return scheme === 'bearer' ? credentials : undefined;
}

const CALLER_MAX_LENGTH = 128;

/**
 * Who says to be calling, for the record of changes: the user name of Basic authentication. There are no users yet, and whoever
 * has the admin key may call himself what he likes.
 */
export function callerOf(headers: Headers): string {
  const { scheme, credentials } = authorizationOf(headers);
  const name = scheme === 'basic' ? Buffer.from(credentials, 'base64').toString('utf8').split(':')[0] : '';
  return name ? name.slice(0, CALLER_MAX_LENGTH) : 'an administrator';
}

function authorizationOf(headers: Headers): { scheme: string; credentials: string } {
  const value = headers['authorization'];
  const match = typeof value === 'string' ? /^(\S+) +(\S.*)$/.exec(value) : null;
  return { scheme: match?.[1]?.toLowerCase() ?? '', credentials: match?.[2] ?? '' };
}

function passwordOf(credentials: string): string | undefined {
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : text.slice(colon + 1);
}
