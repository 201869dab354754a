import { z } from 'zod';

/** What a key may be called. None begins with "_": `_master` is the installation's. */
export const keyNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/,
    'must be 1 to 128 letters, digits, "-" or "_", and begin with a letter or digit',
  );
