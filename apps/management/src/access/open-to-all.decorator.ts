import { SetMetadata, type CustomDecorator } from '@nestjs/common';

export const OPEN_TO_ALL = 'nightjar:open-to-all';

/** Opens a controller or route to callers without a key; everything else asks for one (`AdminGuard`). */
export const OpenToAll = (): CustomDecorator => SetMetadata(OPEN_TO_ALL, true);
