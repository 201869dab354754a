type Unit = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The keys of a unit by section; of one that stands several times the last value. Throws `Error` for a line that is none. */
export function keysOfUnit(text: string): Unit {
  const sections: Record<string, Record<string, string>> = {};
  let current: Record<string, string> | undefined;
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const section = /^\[(\w+)\]$/.exec(line)?.[1];
    const pair = /^([A-Z]\w*)=(.*)$/.exec(line);
    if (section !== undefined) current = sections[section] ??= {};
    else if (pair?.[1] !== undefined && current !== undefined) current[pair[1]] = pair[2] ?? '';
    else throw new Error(`"${line}" is no line of a unit.`);
  }
  return sections;
}

/** What is wrong with a small XML file without CDATA; undefined when its elements are in pairs. */
export function xmlProblem(text: string): string | undefined {
  const open: string[] = [];
  const plain = text.replace(/<!--[\s\S]*?-->/g, '').replace(/^<\?xml[^>]*\?>\s*/, '');
  for (const [tag, slash, name = '', selfClosing] of plain.matchAll(
    /<(\/?)([\w:-]+)(?:\s+[\w:-]+="[^"<]*")*\s*(\/?)>/g,
  )) {
    if (selfClosing) continue;
    if (!slash) open.push(name);
    else if (open.pop() !== name) return `${tag} closes nothing.`;
  }
  const rest = plain.replace(/<(\/?)([\w:-]+)(?:\s+[\w:-]+="[^"<]*")*\s*(\/?)>/g, '');
  if (/[<]|&(?!\w+;)/.test(rest)) return 'There is a < or & that belongs to nothing.';
  return open.length === 0 ? undefined : `${open.join(', ')} is never closed.`;
}

const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** What is wrong with the brackets and quotes of a PowerShell script; undefined when they are in pairs. */
export function powerShellProblem(text: string): string | undefined {
  const withoutText = text
    .replace(/<#[\s\S]*?#>/g, '')
    // Strings first: a # in one begins no comment. In double quotes "" and `" are a quote.
    .replace(/'(?:[^'\n]|'')*'|"(?:[^"`\n]|""|`.)*"/g, 'text')
    .replace(/#.*$/gm, '');
  const open: string[] = [];
  for (const character of withoutText) {
    if ('([{'.includes(character)) open.push(character);
    if (character in PAIRS && open.pop() !== PAIRS[character]) return `A ${character} closes nothing.`;
    if (character === '"' || character === "'") return `A quote (${character}) is never closed.`;
  }
  return open.length === 0 ? undefined : `${open.join(' ')} is never closed.`;
}
