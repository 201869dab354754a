import type { EngineFacts } from '../engine-suitability.js';

/** What is known of this machine. */
export interface ThisMachine {
  readonly platform: NodeJS.Platform;
  readonly kernel: string;
  readonly memoryBytes: number;
}

/**
 * Whether containers use this machine's processors and memory: those of an engine that is asked over the network do not. An engine
 * in a virtual machine on this one (Docker Desktop) does, whatever the kernel in it.
 * @param address as the setting has it; undefined is the usual socket or pipe
 */
export function isEngineHere(address: string | undefined): boolean {
  if (address === undefined || !address.startsWith('tcp://')) return true;
  const host = URL.canParse(address) ? new URL(address).hostname : '';
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}

/** Whether containers share this machine's kernel, so that its control groups are theirs. */
export function sharesKernel(address: string | undefined, facts: EngineFacts, machine: ThisMachine): boolean {
  return (
    machine.platform === 'linux' &&
    isEngineHere(address) &&
    facts.OSType !== 'windows' &&
    facts.KernelVersion === machine.kernel &&
    // Two machines may have the same kernel; a virtual one on this has less memory.
    facts.MemTotal === machine.memoryBytes
  );
}
