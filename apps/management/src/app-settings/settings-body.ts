import { z } from 'zod';

const MAP_RULE = 'must be a map of names and values';
const text = z.string('must be text: write numbers and true or false in quotes');

/** Names and values. What they may be is said by `decideChange`, which never repeats a value. */
export const settingsMap = z.record(z.string(), text, MAP_RULE);

/** The same, where null takes a setting away. */
export const patchedSettings = z.record(z.string(), text.nullable(), MAP_RULE);
