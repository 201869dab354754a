import type { Stores } from '#shared/store/kysely/open-stores.js';
import { Catalogue } from '../../apps/management/src/catalogue/catalogue.js';
import type { DispatchSettings } from '../../apps/management/src/dispatch/dispatch-settings.js';
import { MachineBook } from '../../apps/management/src/placement/machine-book.js';
import { Matchmaker } from '../../apps/management/src/placement/matchmaker.js';

type NeededStores = Pick<Stores, 'catalogue' | 'placements' | 'machines' | 'policies'>;

/**
 * Management's matchmaker over real stores.
 * @param catalogue one that follows the stores; absent: one that knows no placement
 */
export function matchmakerOver(
  stores: NeededStores,
  settings: DispatchSettings,
  catalogue = new Catalogue(stores.catalogue, stores.placements),
): Matchmaker {
  const book = new MachineBook(stores.machines, stores.policies);
  return new Matchmaker(settings, catalogue, stores.placements, book);
}
