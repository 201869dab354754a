import type { Logger } from '@nestjs/common';
import type { Stores } from '#shared/store/kysely/open-stores.js';
import { DurationBook } from '../capacity/admission/duration-book.js';
import { IdleBook } from '../capacity/admission/idle-book.js';
import { IdleHistoryFile } from '../capacity/admission/idle-history-file.js';
import { Outlook } from '../capacity/admission/outlook.js';
import type { FactsKeeper } from '../capacity/facts-keeper.js';
import type { TrustedClock } from '../capacity/trusted-clock.js';
import type { Watch } from '../capacity/watch.js';
import { Gate, type GateSettings } from '../intake/gate/gate.js';
import { Peers } from '../intake/gate/peers.js';
import type { VersionCache } from '../intake/version-cache.js';

interface AdmissionParts {
  readonly stores: Pick<Stores, 'durations' | 'machines'>;
  readonly versions: VersionCache;
  readonly facts: FactsKeeper;
  readonly clock: TrustedClock;
  readonly described: Pick<ConstructorParameters<typeof Watch>[3]['machine'], 'id' | 'pool' | 'os'>;
}

/** What decides whether work that comes is run here. */
export interface Admission {
  readonly gate: Gate;
  readonly outlook: Outlook;
  readonly durations: DurationBook;
  /** Goes on with what an earlier life of this worker has learnt. Never rejects. */
  open(): Promise<void>;
  /** Keeps what was learnt since. Never rejects. */
  close(): Promise<void>;
}

/** @param folder this worker's own */
export function assembleAdmission(
  { stores, versions, facts, clock, described }: AdmissionParts,
  folder: string,
  settings: GateSettings,
  logger: Logger,
): Admission {
  const warn = (message: string) => (error: unknown) => logger.warn({ err: error }, message);
  const file = new IdleHistoryFile(folder, { onTrouble: (message, error) => warn(message)(error) });
  const idle = new IdleBook((history) => file.write(history));
  const outlook = new Outlook(idle);
  const durations = new DurationBook(
    stores.durations,
    warn('How long functions take could not be shared with SQL; it is tried again.'),
  );
  const peers = new Peers(
    stores.machines,
    described,
    warn('Other machines could not be looked up: work is taken as if there were none.'),
  );
  const knowledge = { outlook, durations, versions, own: facts, peers, now: () => clock.now() };
  return {
    gate: new Gate(knowledge, settings),
    outlook,
    durations,
    open: async () => {
      const history = await file.read();
      if (history) idle.resume(history);
      durations.open();
    },
    close: async () => {
      await Promise.all([durations.close(), file.close()]);
    },
  };
}
