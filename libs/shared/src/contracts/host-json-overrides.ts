const PREFIX = /^AzureFunctionsJobHost(?:__|:)(.+)$/i;

/**
 * A parsed `host.json` in which the app's settings `AzureFunctionsJobHost__a__b` stand instead of `a.b`.
 * Keys are matched in any case, as .NET's configuration does. The given value stays as it is.
 */
export function withOverrides(json: unknown, settings: Readonly<Record<string, string>>): unknown {
  let result = json;
  for (const [name, value] of Object.entries(settings)) {
    const path = PREFIX.exec(name)?.[1]?.split(/__|:/);
    if (path) result = withValue(result, path, scalarOf(value));
  }
  return result;
}

function withValue(target: unknown, path: readonly string[], value: unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  const parent = isObject(target) ? target : {};
  const key = Object.keys(parent).find((known) => known.toLowerCase() === head.toLowerCase()) ?? head;
  const entries = Object.entries(parent).filter(([known]) => known !== key);
  return Object.fromEntries([...entries, [key, withValue(parent[key], rest, value)]]);
}

/** Settings are text; whole numbers and truth values are meant as such ("2.0" is a version, not a number). */
function scalarOf(text: string): unknown {
  if (/^-?\d+$/.test(text)) return Number(text);
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
