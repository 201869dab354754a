import type {
  ContainerOutputLine,
  RunningContainer,
} from '../../../apps/worker/src/containers/container-runtime.js';

/** All lines of a container from now on, and those that waited for a listener. */
export function collectOutput(container: RunningContainer): { readonly lines: ContainerOutputLine[] } {
  const lines: ContainerOutputLine[] = [];
  container.onOutput((line) => lines.push(line));
  return { lines };
}

/** The first line of JSON that the acting worker prints; fails with its last words when it ends without one. */
export function firstAnswer(container: RunningContainer): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    container.onOutput(({ stream, text }) => {
      if (stream === 'stdout') resolve(JSON.parse(text) as Record<string, unknown>);
    });
    void container.exited.then((exit) => reject(new Error(`No answer: ${JSON.stringify(exit)}`)));
  });
}
