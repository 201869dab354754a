/** Deeper frames say how the code was reached, not what failed. */
const FRAMES = 3;
/** What a stack may be to be looked at. */
const STACK_CHARS = 16_000;

/** Frames of a language's own runtime, of libraries, and of the host that called the function. */
const NOT_THE_USERS =
  /node:internal|\(node:|^node:|[\\/]node_modules[\\/]|<anonymous>$|[\\/]language-worker[\\/]|azure_functions_worker|[\\/]site-packages[\\/]|[\\/]lib[\\/]python\d|^(?:System|Microsoft)\.|^(?:java|javax|jdk|sun|com\.sun|com\.microsoft\.azure\.functions)\./;

/**
 * The top frames of the user's own code, without lines and columns: a fix above them moves those, and the error is the same one.
 * Knows the stacks of JavaScript, .NET, Java, Python (whose top frame is the last) and PowerShell; others have no frames.
 */
export function userFrames(stack: string | undefined): readonly string[] {
  if (stack === undefined) return [];
  const lines = stack.slice(0, STACK_CHARS).split('\n');
  const isPython = lines.some((line) => line.startsWith('Traceback (most recent call last)'));
  const frames = (isPython ? lines.toReversed() : lines).flatMap((line) => {
    const frame = frameOf(line.trim());
    return frame === null || NOT_THE_USERS.test(frame) ? [] : [shortened(frame)];
  });
  return frames.slice(0, FRAMES);
}

/** What a line of a stack says of a frame, as text; null for a line that is no frame. */
function frameOf(line: string): string | null {
  const python = /^File "([^"]+)", line \d+, in (.+)$/.exec(line);
  if (python) return `${python[2]} (${python[1]})`;
  return /^at (.+)$/.exec(line)?.[1] ?? null;
}

/** `fn (file:///home/site/wwwroot/process/index.js:3:9)` → `fn (process/index.js)` */
function shortened(frame: string): string {
  return (
    frame
      // " in C:\src\Orders.cs:line 7", as .NET puts it, and ": line 7" of PowerShell.
      .replace(/:\s?line \d+/g, '')
      .replace(/(?::\d+){1,2}(?=\)?$)/, '')
      // Machines and versions unpack the same app to different places: a file is known by its folder and name.
      .replace(/(?:[a-z]+:\/\/)?[^\s(]*?([^\\/\s(]+)[\\/]([^\\/\s()]+)(?=\)?$)/i, '$1/$2')
  );
}
