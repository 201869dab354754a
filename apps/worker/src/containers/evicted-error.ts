/**
 * Thrown when a container was taken from a function, or was not given to it, for the machine's owner or for the worker's stop: the
 * work goes back to the queue, no attempt is used.
 */
export class EvictedError extends Error {
  constructor(message = 'Its container was taken from it.') {
    super(message);
    this.name = 'EvictedError';
  }
}
